"""Errors that pages and the API answer in the same way, named after facts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _


class Conflict(Exception):
    """What was asked does not fit what has happened meanwhile; the answer is 409 and says what to do."""

    title: Any = _("This was changed meanwhile")
    message: Any = _("This was changed while you looked at it. Go back and check it")

    def __init__(self, message: str = "", *, code: str = "conflict", back_url: str = "") -> None:
        self.message = message or self.message
        self.code = code
        self.back_url = back_url
        super().__init__(str(self.message))


class ChangedMeanwhile(Conflict):
    """Somebody else saved a newer version first."""


class AnotherChangePending(Conflict):
    """One change at a time: the last one is not on the nodes yet."""

    message = _("Another change is being applied. Try again when it is done")
