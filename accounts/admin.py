"""Staff pages: people, customer accounts (billing adds the money, the portal registers the page), the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.found import SearchedByIndex, of_accounts, of_person
from accounts.models import Account, AuditEvent, Limits, Member, User
from accounts.new_limits import tell_new_limits
from accounts.selectors import owners_of
from accounts.services import limits_of, lock_account, record
from accounts.staff import Audited, ShowOnly, ShowOnlyPage, actor
from accounts.validators import why_not_step_down

SUSPENSION: tuple[str, ...] = ("suspended_at", "suspension", "suspension_note")
ACCOUNT_FIELDS: tuple[str, ...] = ("name", "currency", "id", "created_at", *SUSPENSION)
ACCOUNT_FACTS: tuple[str, ...] = ("id", "created_at", *SUSPENSION)


class LimitsInline(admin.StackedInline[Limits, Account]):
    model = Limits
    can_delete = False
    min_num = max_num = 1
    verbose_name_plural = _("limits")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Limits]:
        return super().get_queryset(request).select_related("account")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A new account begins with the defaults."""
        return obj is not None and super().has_add_permission(request, obj)


class MemberInline(ShowOnly, admin.TabularInline[Member, Account]):
    """Read-only: roles are given on the person's own page."""

    model = Member
    extra = 0
    fields = ["user", "email", "role"]
    readonly_fields = ["email"]
    verbose_name_plural = _("members")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        return super().get_queryset(request).select_related("user")

    @admin.display(description=_("e-mail"))
    def email(self, member: Member) -> str:
        return member.user.email


class AccountAdmin(Audited[Account]):
    """Without the money; `billing.admin` and `portal.admin` complete and register it."""

    list_display = ["name", "currency", "created_at"]
    search_fields = ["name", "=id", "=members__email"]
    search_help_text = _("Name, id, or the e-mail address of a member")
    fields = ACCOUNT_FIELDS
    readonly_fields = ACCOUNT_FACTS
    inlines = [LimitsInline, MemberInline]

    def account_of(self, obj: Account) -> Any:
        return obj.pk

    def get_fields(self, request: HttpRequest, obj: Account | None = None) -> Any:
        names = super().get_fields(request, obj)
        suspended = obj is not None and obj.suspended_at is not None
        return names if suspended else [name for name in names if name not in SUSPENSION]

    def get_readonly_fields(self, request: HttpRequest, obj: Account | None = None) -> tuple[str, ...]:
        """The currency never changes; the name only by those who may open accounts."""
        fixed = (*super().get_readonly_fields(request, obj), *(("currency",) if obj else ()))
        return fixed if self.has_add_permission(request) else (*fixed, "name")

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Account, form: ModelForm[Account], change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            limits_of(obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The audit line of changed limits names the old and the new figures."""
        super().save_formset(request, form, formset, change)
        if formset.model is not Limits:
            return
        for one in formset.forms:
            if one.changed_data:
                changes = {name: [str(one.initial.get(name)), str(one.cleaned_data[name])] for name in one.changed_data}
                account = form.instance
                about = {"subject_kind": "account", "subject_id": str(account.pk)}
                record("limits.change", account_id=account.pk, actor=actor(request), **about, changes=changes)
                tell_new_limits(account)


class MembershipFormSet(BaseInlineFormSet[Member, User, ModelForm[Member]]):
    def clean(self) -> None:
        """The team page's rule: an account always has an owner. The accounts stay locked until all is saved."""
        super().clean()
        if any(self.errors):
            return
        changes = list(membership_changes(self))
        for account_id in sorted({account_id for _action, account_id, _one, _roles in changes}):
            account = lock_account(account_id)
            lost = next((was for _action, left, _one, (was, now) in changes if left == account_id and was != now), None)
            if lost and (reason := why_not_step_down(lost, owners_of(account_id))):
                raise ValidationError(f"{account}: {reason}.", code="last-owner")


class MembershipInline(admin.TabularInline[Member, User]):
    model = Member
    formset = MembershipFormSet
    extra = 0
    autocomplete_fields = ["account"]
    verbose_name_plural = _("member of")


def membership_changes(formset: Any) -> Iterator[tuple[str, UUID, Any, list[str | None]]]:
    """Action, account, form, and the role before and after; moved to another account means removed and added."""
    for one in formset.forms:
        if not one.has_changed():
            continue
        left, was = (one.initial["account"], one.initial["role"]) if one.instance.pk else (None, None)
        gone = one in formset.deleted_forms
        joined, role = (None, None) if gone else (one.instance.account_id, one.instance.role)
        if left and left == joined:
            yield "member.role", left, one, [was, role]
            continue
        if left:
            yield "member.remove", left, one, [was, None]
        if joined:
            yield "member.add", joined, one, [None, role]


@admin.register(User)
class UserAdmin(Audited[User]):
    """A new person has no password: "Forgot password" on the sign-in page sends the link that sets the first one."""

    list_display = ["email", "first_name", "last_name", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active", "groups"]
    ordering = ["email"]
    search_fields = ["email", "first_name", "last_name"]
    filter_horizontal = ["groups"]
    inlines = [MembershipInline]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "first_name", "last_name", "is_active"]}),
        (_("Staff"), {"fields": ["is_staff", "is_superuser", "groups"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    invitation = [
        (
            None,
            {
                "fields": ["email", "first_name", "last_name"],
                "description": _(
                    "No password is set here. Ask the person to choose Forgot password on the sign-in page: "
                    "the link in that mail sets the first one."
                ),
            },
        )
    ]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.fieldsets if obj else self.invitation

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """The sign-in address is changed by the person; nobody lifts their own rights."""
        fixed = [*self.readonly_fields, "email"] if obj else self.readonly_fields
        return fixed if actor(request).is_superuser else [*fixed, "is_staff", "is_superuser", "groups"]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A superuser is changed by superusers only, or their address would open everything to others."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not obj.is_superuser or actor(request).is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People are closed with "active", never deleted: the audit trail names them."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        if not change:
            obj.email = obj.email.lower()
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            # Verified, because the link that sets the first password goes to this very address.
            EmailAddress.objects.create(user=obj, email=obj.email, verified=True, primary=True)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Each account finds in its own audit trail who of its people was changed."""
        changes = list(membership_changes(formset))
        pks = {id(one): one.instance.pk for one in formset.forms}
        super().save_formset(request, form, formset, change)
        for action, account_id, one, roles in changes:
            about = {"subject_kind": "member", "subject_id": str(pks[id(one)] or one.instance.pk)}
            details = {"name": form.instance.email, "changes": {"role": roles}}
            record(action, account_id=account_id, actor=actor(request), **about, **details)


@admin.register(AuditEvent)
class AuditEventAdmin(SearchedByIndex, ShowOnlyPage[AuditEvent]):
    list_display = ["at", "action", "subject_kind", "subject_id", "account", "who"]
    list_filter = [("at", admin.DateFieldListFilter)]
    list_select_related = ["account", "actor"]
    search_fields = ["action", "subject_id", "actor", "account"]
    search_help_text = _("Action like trunk.change, id of a trunk or account, e-mail of the actor, name of the account")

    def meant_by(self, said: str) -> Q:
        return Q(action=said) | Q(subject_id=said) | of_person(said, "actor") | of_accounts(said)

    @admin.display(description=_("by"))
    def who(self, event: AuditEvent) -> str:
        return str(event.actor) if event.actor else str(_("The system"))


class SuperusersOnly:
    """Pages with which others could give themselves rights or take over a sign-in."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return actor(request).is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor(request).is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return actor(request).is_superuser

    has_change_permission = has_delete_permission = has_view_permission


for _model in (Group, EmailAddress, Authenticator, UserSession):
    _page = type(admin.site.get_model_admin(_model))
    admin.site.unregister(_model)
    admin.site.register(_model, type(_page.__name__, (SuperusersOnly, _page), {}))
