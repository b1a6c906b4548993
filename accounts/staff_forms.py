"""What staff are asked before they change something of a customer's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.utils.translation import gettext_lazy as _

from accounts.enums import AccountCause

REASON_LEAST, REASON_MOST = 10, 200
# The class is the staff site's own for a long line.
WIDE = {"class": "vLargeTextField", "autocomplete": "off"}


class ReasonField(forms.CharField):
    """Why it is done: for the audit trail, and for the customer where that is shown to them."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {
            "required": _("Enter the reason"),
            "min_length": _("Enter the reason in at least 10 characters"),
            "max_length": _("Enter the reason in at most 200 characters"),
        }
        defaults: dict[str, Any] = {
            "label": _("Reason"),
            "min_length": REASON_LEAST,
            "max_length": REASON_MOST,
            "widget": forms.TextInput(attrs=WIDE),
            "help_text": _("At least 10 characters. In the history of a trunk and about a plan, the customer reads it"),
            "error_messages": messages,
        }
        super().__init__(**defaults | kwargs)


class ReasonForm(forms.Form):
    use_required_attribute = False

    reason = ReasonField()


class SuspendForm(ReasonForm):
    """Why for the customer (`cause`, `note`) and why for us (`reason`)."""

    causes: Any = AccountCause.choices

    cause = forms.ChoiceField(
        label=_("Cause"),
        error_messages={"required": _("Select the cause")},
    )
    note = forms.CharField(
        label=_("Note for the customer"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=WIDE),
        help_text=_("Optional. The customer reads it beside the cause"),
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
