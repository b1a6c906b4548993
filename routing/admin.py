"""Staff pages: numbers, and the trunks that take their calls."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.staff import Audited, actor
from routing.models import Number
from routing.services import assign_number, lock_number
from trunks.models import Trunk


class NumberForm(forms.ModelForm[Number]):
    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        trunk: Trunk | None = answers.get("trunk")
        if trunk is not None:
            self._check_trunk(trunk, answers)
        return answers

    def _check_trunk(self, trunk: Trunk, answers: dict[str, Any]) -> None:
        data_centre = answers.get("data_centre") or self.instance.data_centre
        account = answers.get("account")
        if trunk.withdrawn_at is not None:
            self.add_error("trunk", _("This trunk takes no calls any more. Choose another one"))
        elif trunk.data_centre_id != data_centre.pk:
            message = _("The number's calls arrive in %(place)s. Choose a trunk there")
            self.add_error("trunk", ValidationError(message, params={"place": data_centre}))
        elif account is not None and account.pk != trunk.account_id:
            message = _("This trunk belongs to %(account)s. Choose that account too, or another trunk")
            self.add_error("trunk", ValidationError(message, params={"account": trunk.account}))


@admin.register(Number)
class NumberAdmin(Audited[Number]):
    """A number is pointed at a trunk by the service, which also tells the nodes."""

    form = NumberForm
    list_display = ["e164", "data_centre", "account", "trunk"]
    list_filter = ["data_centre", ("trunk", admin.EmptyFieldListFilter), ("account", admin.EmptyFieldListFilter)]
    list_select_related = ["data_centre", "account", "trunk__wanted"]
    list_per_page = 50
    search_fields = ["e164", "account__name", "trunk__wanted__name", "=trunk__id"]
    fields = ["e164", "data_centre", "account", "trunk"]
    autocomplete_fields = ["account", "trunk"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Number]:
        return super().get_queryset(request).select_related("trunk__wanted", "account", "data_centre")

    def get_readonly_fields(self, request: HttpRequest, obj: Number | None = None) -> list[str]:
        """The nodes that hold a number are those of its first data centre."""
        return ["e164", "data_centre"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Number | None = None) -> bool:
        """A number that is given back has no account; its row stays."""
        return False

    def account_of(self, obj: Number) -> Any:
        return obj.account_id

    def save_model(self, request: HttpRequest, obj: Number, form: Any, change: bool) -> None:
        wanted = obj.trunk
        before = lock_number(obj, obj.account_id, wanted.account_id if wanted else None) if change else None
        obj.trunk = before.trunk if before else None
        obj.generation = before.generation if before else 0
        obj.save()
        if wanted != obj.trunk or (wanted and "account" in form.changed_data):
            assign_number(obj, wanted, actor(request))
