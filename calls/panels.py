"""What the trunk page says about calls."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from calls.selectors import last_calls_of
from calls.shown import shown
from trunks.models import Trunk
from trunks.panels import Panel

LAST = 10


def last_calls(request: HttpRequest, trunk: Trunk) -> Panel:
    """The newest calls, with a way to all of them. Read when they are shown: polls make panels too."""
    context = {"rows": lambda: shown(last_calls_of(trunk, LAST)), "trunk": trunk}
    return Panel(_("Calls"), "calls/parts/last.html", position=30, context=context)
