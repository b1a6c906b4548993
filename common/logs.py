"""What the log says about ordinary refusals."""

from __future__ import annotations

import logging

from django.core.exceptions import PermissionDenied


class OneLineRefusals(logging.Filter):
    """A 403 is no fault of ours: one line with its reason instead of a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        trouble = record.exc_info[1] if record.exc_info else None
        if isinstance(trouble, PermissionDenied):
            said = str(trouble)
            record.msg = f"{record.getMessage()}: {said}" if said else record.getMessage()
            record.args, record.exc_info, record.exc_text = (), None, None
        return True
