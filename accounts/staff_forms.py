"""What staff are asked before they change something of a customer's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.utils.translation import gettext_lazy as _

from accounts.enums import AccountCause

REASON_LEAST, REASON_MOST = 10, 200
NOTE_MOST = 200
# The class is the staff site's own for a long line.
WIDE = {"class": "vLargeTextField", "autocomplete": "off"}


class ReasonField(forms.CharField):
    """Why it is done, for the audit trail: among us, the customer never reads it."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {
            "required": _("Enter the reason"),
            "min_length": _("Enter the reason in at least 10 characters"),
            "max_length": _("Enter the reason in at most 200 characters"),
        }
        defaults: dict[str, Any] = {
            "label": _("Internal reason"),
            "min_length": REASON_LEAST,
            "max_length": REASON_MOST,
            "widget": forms.TextInput(attrs=WIDE),
            "help_text": _("At least 10 characters. It is kept in the audit trail; the customer does not read it"),
            "error_messages": messages,
        }
        super().__init__(**defaults | kwargs)


class NoteField(forms.CharField):
    """What the customer reads about it."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "label": _("Note for the customer"),
            "required": False,
            "max_length": NOTE_MOST,
            "widget": forms.TextInput(attrs=WIDE),
            "help_text": _("Optional. The customer reads it in the portal and in the mail"),
            "error_messages": {
                "required": _("Enter the note for the customer"),
                "min_length": _("Enter the note in at least 10 characters"),
                "max_length": _("Enter the note in at most 200 characters"),
            },
        }
        super().__init__(**defaults | kwargs)

    def clean(self, value: Any) -> str:
        """Without its last full stop: it becomes part of our own sentences."""
        note: str = super().clean(value)
        return note.removesuffix(".")


class ReasonForm(forms.Form):
    use_required_attribute = False

    reason = ReasonField()


class OptionalNoteForm(forms.Form):
    use_required_attribute = False

    note = NoteField()


class NoteForm(OptionalNoteForm):
    """Where the customer must be told why."""

    note = NoteField(required=True, min_length=REASON_LEAST, help_text=_("The customer reads it"))


class ReleaseForm(ReasonForm):
    """What for the customer (`note`), and why for us (`reason`)."""

    note = NoteField()

    field_order = ["note", "reason"]


class SuspendForm(ReleaseForm):
    """Why for the customer (`cause`, `note`) and why for us (`reason`)."""

    causes: Any = AccountCause.choices

    cause = forms.ChoiceField(
        label=_("Cause"),
        help_text=_("The customer reads it"),
        error_messages={"required": _("Select the cause")},
    )

    field_order = ["cause", "note", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = [("", _("Select the cause")), *self.causes]  # type: ignore[attr-defined]


class ReasonActionForm(ActionForm):
    """Stands beside the actions of a staff list."""

    reason = forms.CharField(
        label=_("Reason:"),
        required=False,
        max_length=REASON_MOST,
        widget=forms.TextInput(attrs={"size": 40, "autocomplete": "off"}),
    )
