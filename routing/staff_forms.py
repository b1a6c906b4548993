"""What staff are asked about numbers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from provisioning.operations import STILL_APPLIED
from routing.models import Number
from routing.targets import Target, validate_target

LARGEST_FILE = 20 * 1024 * 1024


class NumberForm(forms.ModelForm[Number]):
    """Says beside the question what `give_number` would refuse."""

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        target: Target = answers.get("trunk") or answers.get("route")
        if answers.get("trunk") and answers.get("route"):
            raise ValidationError(_("A number leads to a trunk or to a route, not to both"))
        self._check_pending()
        if target is not None:
            self._check_target(target, answers)
        return answers

    def _check_pending(self) -> None:
        if self.instance.is_pending and {"account", "trunk", "route"} & set(self.changed_data):
            raise ValidationError(STILL_APPLIED)

    def _check_target(self, target: Target, answers: dict[str, Any]) -> None:
        """A number of nobody goes to the account of what it leads to."""
        name = "trunk" if answers.get("trunk") else "route"
        account = answers.setdefault("account", None) or getattr(target, "account", None)
        place = answers.get("data_centre") or self.instance.data_centre
        if target is not None and account != target.account:
            message = _("This belongs to %(account)s. Choose that account too, or something else")
            self.add_error(name, ValidationError(message, params={"account": target.account}))
            return
        try:
            validate_target(target, account.pk if account else None, [place])
        except ValidationError as trouble:
            self.add_error(name, trouble)
        else:
            answers["account"] = self.instance.account = account


class InventoryForm(forms.Form):
    use_required_attribute = False

    file = forms.FileField(
        label=lazy("File"),
        help_text=lazy("CSV in UTF-8, commas or semicolons"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": lazy("Choose the file"), "empty": lazy("This file is empty")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(_("This file has more than 20 MB. Load it in parts"))
        return file
