"""Staff pages: the account with its money, plans, rates and prices, quotes, the ledger."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import ACCOUNT_FACTS, ACCOUNT_FIELDS, AccountAdmin, LimitsInline, MemberInline
from accounts.found import SearchedByIndex, of_accounts, with_uuid
from accounts.models import Account
from accounts.staff import Audited, ShowOnly, ShowOnlyPage, actor, link, link_to_list
from accounts.staff_pages import ask_reason
from billing import plan_requests, staff_views
from billing.enums import EntryKind
from billing.models import (
    LedgerEntry,
    NumberPrice,
    NumberRate,
    Plan,
    PlanActivation,
    PlanRequest,
    Price,
    Quote,
)
from billing.services import Balance
from billing.staff import credit_once
from billing.staff_forms import CreditForm
from common.errors import Conflict

ZERO = Decimal("0.00")
RECENT = 10
MONEY = ("balance", "held", "available", "see_also")
MAY_CREDIT = "billing.add_ledgerentry"


class PlanActivationInline(admin.TabularInline[PlanActivation, Account]):
    model = PlanActivation
    extra = 0
    fields = ["plan", "activated_by", "activated_at"]
    readonly_fields = ["activated_by", "activated_at"]
    verbose_name_plural = gettext_lazy("plans the account may buy")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanActivation]:
        return super().get_queryset(request).select_related("plan", "account", "activated_by")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An activation is made or taken away, there is nothing in it to change."""
        return False


class RecentLedgerInline(ShowOnly, admin.TabularInline[LedgerEntry, Account]):
    model = LedgerEntry
    extra = 0
    fields = ["at", "kind", "balance_change", "held_change", "description", "created_by"]
    readonly_fields = ["at"]
    verbose_name_plural = gettext_lazy("latest ledger entries")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        account = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        latest = LedgerEntry.objects.filter(account=account).order_by("-id").values("pk")[:RECENT]
        return super().get_queryset(request).filter(pk__in=latest).select_related("created_by")


class AccountWithMoneyAdmin(AccountAdmin):
    """`portal.admin` completes and registers it."""

    list_display = ["name", "currency", "balance", "held", "available", "suspended_at", "created_at"]
    list_filter = [("suspended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["limits"]
    fields = (*ACCOUNT_FIELDS, *MONEY)
    readonly_fields = (*ACCOUNT_FACTS, *MONEY)
    inlines = [LimitsInline, PlanActivationInline, RecentLedgerInline, MemberInline]
    change_form_template = "admin/account_change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return _with_money(super().get_queryset(request).select_related("limits"))

    @admin.display(description=gettext_lazy("balance"), ordering="money_balance")
    def balance(self, account: Any) -> str:
        return _shown(account, _money(account).balance)

    @admin.display(description=gettext_lazy("held"), ordering="money_held")
    def held(self, account: Any) -> str:
        return _shown(account, _money(account).held)

    @admin.display(description=gettext_lazy("available for orders"))
    def available(self, account: Any) -> str:
        return _shown(account, _money(account).available)

    @admin.display(description=gettext_lazy("see also"))
    def see_also(self, account: Account) -> Any:
        return format_html(
            "{}, {}, {}, {}",
            link_to_list("billing_ledgerentry", _("The whole ledger"), account__id__exact=account.pk),
            link_to_list("trunks_trunk", _("Its trunks"), account__id__exact=account.pk),
            link_to_list("billing_planrequest", _("Its plan requests"), q=account.pk),
            link_to_list("accounts_auditevent", _("Its audit trail"), account__id__exact=account.pk),
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is PlanActivation:
            for one in formset.extra_forms:
                one.instance.activated_by = actor(request)
        super().save_formset(request, form, formset, change)
        if formset.model is PlanActivation:
            for activation in formset.new_objects:
                plan_requests.answer_by_activation(activation, actor(request))

    def get_urls(self) -> list[URLPattern]:
        credit = self.admin_site.admin_view(self.credit_view)
        return [path("<path:object_id>/credit/", credit, name="accounts_account_credit"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        person = actor(request)
        context["may_credit"] = person.has_perm(MAY_CREDIT)
        context["may_suspend"] = person.has_perm("accounts.suspend_account")
        context["may_act"] = person.has_perm("accounts.act_for_account")
        return super().render_change_form(request, context, *args, **kwargs)

    def credit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Amount and reason; the form carries a reference, so that sending it twice credits once."""
        if not actor(request).has_perm(MAY_CREDIT):
            raise PermissionDenied
        account = self.get_object(request, unquote(object_id))
        if account is None:
            raise Http404

        def act(answers: dict[str, Any]) -> str:
            amount, reference = answers["amount"], str(answers["reference"])
            if not credit_once(account.pk, amount, answers["reason"], reference, actor(request)):
                raise Conflict(_("This credit was booked before: nothing was added"))
            return _("%(amount)s was credited") % {"amount": _shown(account, amount)}

        return ask_reason(
            request,
            act,
            title=_("Credit balance"),
            about=str(account),
            button=_("Credit balance"),
            back_url=reverse("admin:accounts_account_change", args=[account.pk]),
            explained=_balance_in_words(account),
            form_class=partial(CreditForm, currency=account.currency),
        )


def _balance_in_words(account: Account) -> str:
    money = _money(account)
    words = {name: _shown(account, getattr(money, name)) for name in ("balance", "held", "available")}
    return _("Balance %(balance)s, held %(held)s, available for orders %(available)s.") % words


def _with_money(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """The sums of the ledger beside each account, without a query per row."""
    entries = LedgerEntry.objects.filter(account=OuterRef("pk")).order_by().values("account")
    return accounts.annotate(
        money_balance=Coalesce(Subquery(entries.values(sum=Sum("balance_change"))), ZERO),
        money_held=Coalesce(Subquery(entries.values(sum=Sum("held_change"))), ZERO),
        money_credit=Coalesce(F("limits__credit"), ZERO),
    )


def _money(account: Any) -> Balance:
    return Balance(account.money_balance, account.money_held, account.money_credit)


def _shown(account: Account, amount: Decimal) -> str:
    return f"{amount:,.2f} {account.currency}"


class PriceInline(admin.TabularInline[Price, Plan]):
    model = Price
    extra = 0


@admin.register(Plan)
class PlanAdmin(Audited[Plan]):
    list_display = ["code", "description"]
    inlines = [PriceInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Plan | None = None) -> list[str]:
        return ["code"] if obj else []


class NumberPriceInline(admin.TabularInline[NumberPrice, NumberRate]):
    model = NumberPrice
    extra = 0


@admin.register(NumberRate)
class NumberRateAdmin(Audited[NumberRate]):
    """Numbers without a price in an account's currency are not offered to it."""

    list_display = ["code", "description", "prices"]
    search_fields = ["code", "description"]
    inlines = [NumberPriceInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[NumberRate]:
        return super().get_queryset(request).prefetch_related("prices")

    def get_readonly_fields(self, request: HttpRequest, obj: NumberRate | None = None) -> list[str]:
        return ["code"] if obj else []

    @admin.display(description=gettext_lazy("a month"))
    def prices(self, rate: NumberRate) -> str:
        return ", ".join(f"{price.monthly:,.2f} {price.currency}" for price in rate.prices.all())


@admin.register(PlanRequest)
class PlanRequestAdmin(ShowOnlyPage[PlanRequest]):
    """The inbox: what waits comes first."""

    list_display = ["asked_at", "for_account", "plan", "asked_by", "note", "status", "told", "answer"]
    list_display_links = None
    list_filter = ["status", "plan"]
    list_select_related = ["account", "plan", "asked_by"]
    ordering = ["-status", "asked_at"]
    search_fields = ["account__name", "=account__id", "=asked_by__email"]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:request_id>/activate/", wrap(staff_views.activate), name="billing_planrequest_activate"),
            path("<int:request_id>/decline/", wrap(staff_views.decline), name="billing_planrequest_decline"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=gettext_lazy("account"), ordering="account__name")
    def for_account(self, asked: PlanRequest) -> Any:
        return link(asked.account)

    @admin.display(description=gettext_lazy("note for the customer"))
    def told(self, asked: PlanRequest) -> str:
        return asked.reason

    @admin.display(description=gettext_lazy("answer"))
    def answer(self, asked: PlanRequest) -> Any:
        if not asked.is_open:
            return _("Answered on %(day)s") % {"day": date_format(asked.answered_at)} if asked.answered_at else ""
        activate = reverse("admin:billing_planrequest_activate", args=[asked.pk])
        decline = reverse("admin:billing_planrequest_decline", args=[asked.pk])
        words = _("Activate"), _("Decline")
        return format_html('<a href="{}">{}</a> <a href="{}">{}</a>', activate, words[0], decline, words[1])


@admin.register(Quote)
class QuoteAdmin(SearchedByIndex, ShowOnlyPage[Quote]):
    list_display = ["created_at", "account", "plan", "channels", "monthly", "first_charge", "currency"]
    list_filter = ["plan", ("created_at", admin.DateFieldListFilter)]
    list_select_related = ["account", "plan"]
    search_fields = ["id", "account"]
    search_help_text = gettext_lazy("Its id, name of the account")

    def meant_by(self, said: str) -> Q:
        return with_uuid(said) | of_accounts(said)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(SearchedByIndex, ShowOnlyPage[LedgerEntry]):
    list_display = ["at", "account", "kind", "balance_change", "held_change", "description", "created_by"]
    list_filter = ["kind", ("at", admin.DateFieldListFilter)]
    list_select_related = ["account", "created_by"]
    search_fields = ["account", "reference"]
    search_help_text = gettext_lazy("Name or id of the account, reference")

    def meant_by(self, said: str) -> Q:
        referred = Q(kind__in=EntryKind.values, reference=said)  # the index begins with the kind
        return referred | of_accounts(said) | with_uuid(said, "account")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup == "account__id__exact" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]
