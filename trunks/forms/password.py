"""Questions about the password of a registered trunk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm
from common.widgets import Card, CardsField
from trunks.services.passwords import OVERLAPS

_WORDS: dict[timedelta, tuple[Any, Any]] = dict(
    zip(
        OVERLAPS,
        (
            (
                _("Stop it as soon as the new one is live"),
                _("Choose this when somebody else may know it. Your PBX is signed out until it has the new one."),
            ),
            (_("Keep it for 10 minutes"), _("Enough to change one PBX without a break.")),
            (_("Keep it for 1 hour"), _("For several PBXs, or a change that needs more hands.")),
        ),
        strict=True,
    )
)


class ResetForm(PortalForm):
    """What becomes of the old password."""

    overlap = CardsField(
        label=_("The old password"),
        cards=[Card(str(int(span.total_seconds())), *words) for span, words in _WORDS.items()],
        initial=str(int(OVERLAPS[1].total_seconds())),
        error_messages={
            "required": _("Select what becomes of the old password"),
            "invalid_choice": _("Select what becomes of the old password"),
        },
    )

    def clean_overlap(self) -> timedelta:
        return timedelta(seconds=int(self.cleaned_data["overlap"]))


# In the address of a page: Done was pressed without the tick.
UNSAVED = "unsaved"


class SavedForm(PortalForm):
    """Before the password is forgotten here."""

    saved = forms.BooleanField(
        label=_("I have saved the password"),
        error_messages={"required": _("Save the password first, then tick this box")},
    )

    @classmethod
    def asked(cls, query: Mapping[str, str], *, is_open: bool) -> Self:
        """The question of a page with this query; judged where it was passed over and is still open."""
        return cls({} if is_open and UNSAVED in query else None)
