"""What the staff pages of all apps share: who did it, pages that only show, changes that leave an audit line."""

from __future__ import annotations

from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from accounts.staff_forms import ReasonActionForm, ReasonField

M = TypeVar("M", bound=Model)
RECONCILE = "provisioning.change_operation"


def actor(request: HttpRequest) -> User:
    """The member of staff behind a request; the admin lets nobody else in."""
    return cast("User", request.user)


class ShowOnly:
    """A page or inline that nobody adds to, changes or deletes from here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StaffPage(admin.ModelAdmin[M]):
    """Every page of ours. A POST to a list that no action of the person can answer is refused."""

    list_per_page = 50
    show_full_result_count = False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST" and not self.get_actions(request):
            raise PermissionDenied
        return super().changelist_view(request, extra_context)


class ShowOnlyPage(ShowOnly, StaffPage[M]):
    """Pages of rows that only services write."""

    action_form = ReasonActionForm

    def has_reconcile_permission(self, request: HttpRequest) -> bool:
        return may_reconcile(request)


class Audited(StaffPage[M]):
    """Every change made on these pages leaves an audit line, in the same transaction."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record("add", request, obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record("change", request, obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._record("delete", request, obj, [])
        return super().log_deletions(request, queryset)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What protects a row is said before the rights that are missing to delete that too."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set() if protected else lacking, protected

    def account_of(self, obj: Any) -> Any:
        """The id of the account whose audit trail the change belongs to."""
        return None

    def _record(self, verb: str, request: HttpRequest, obj: Any, message: Any) -> None:
        record(
            f"{self.opts.model_name}.{verb}",
            account_id=self.account_of(obj),
            actor=actor(request),
            subject_kind=str(self.opts.model_name),
            subject_id=str(obj.pk),
            name=str(obj),
            changes=message,
        )


def may_reconcile(request: HttpRequest) -> bool:
    """Whether the person may ask for work to be done now instead of when it is due."""
    return actor(request).has_perm(RECONCILE)


def reason_given(request: HttpRequest) -> str:
    """The reason beside the actions of a list. Raises ValidationError when it is missing or too short."""
    return str(ReasonField().clean(request.POST.get("reason", "").strip()))


def with_reason(act: Any) -> Any:
    """Makes an action of a list from one that takes the reason too; without a reason nothing is done."""

    @wraps(act)
    def action(page: Any, request: HttpRequest, rows: Any) -> None:
        try:
            reason = reason_given(request)
        except ValidationError as trouble:
            text = _("Nothing was done. %(trouble)s") % {"trouble": trouble.messages[0]}
            page.message_user(request, text, messages.ERROR)
        else:
            act(page, request, rows, reason)

    return action


def link(obj: Model | None, empty: str = "") -> SafeString | str:
    """A row's staff page, under its own name."""
    if obj is None:
        return empty
    try:
        url = reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])
    except NoReverseMatch:
        return str(obj)
    return format_html('<a href="{}">{}</a>', url, obj)


def link_to_list(name: str, label: str, **query: Any) -> SafeString:
    """A staff list, filtered: `link_to_list("provisioning_operation", "Operations", q=trunk.pk)`."""
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{name}_changelist", query=query), label)
