"""Staff pages: numbers, where they lead, the orders they came with, the inventory."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.found import MOST_MEANT, SearchedByIndex, of_accounts, with_uuid
from accounts.staff import Audited, ShowOnly, ShowOnlyPage, actor, link, link_to_list
from routing import staff_views
from routing.models import Number, NumberOrder, OrderedNumber, Route, RouteRevision
from routing.services import give_number
from routing.staff_forms import NumberForm
from trunks.search import meant_by as trunks_meant_by

# What the nodes are told of; everything else is a note of ours.
LEADS = {"account", "trunk", "route"}


@admin.register(Number)
class NumberAdmin(SearchedByIndex, Audited[Number]):
    """A number is given and pointed by the service, which also tells the nodes."""

    form = NumberForm
    list_display = ["e164", "data_centre", "country", "area", "kind", "rate", "account", "leads_to", "state"]
    list_filter = [
        "data_centre",
        "kind",
        "rate",
        ("account", admin.EmptyFieldListFilter),
        ("trunk", admin.EmptyFieldListFilter),
        ("route", admin.EmptyFieldListFilter),
        "action",
    ]
    list_select_related = ["data_centre", "account", "trunk__wanted", "route"]
    list_per_page = 50
    search_fields = ["e164", "account", "trunk"]
    search_help_text = gettext_lazy("Part of the number, name of the account, name or id of the trunk")
    fields = [
        *("e164", "data_centre", "country", "area", "kind", "rate", "for_sale_at"),
        *("account", "trunk", "route", "see_also"),
    ]
    readonly_fields = ["see_also"]
    autocomplete_fields = ["account", "trunk"]
    raw_id_fields = ["route"]
    change_list_template = "admin/routing/number_list.html"

    def meant_by(self, said: str) -> Q:
        """A union, because each way has an index and all of them in one condition have none."""
        digits = re.sub(r"[\s().+/-]", "", said)
        by_digits = Number.objects.filter(e164__contains=digits) if digits.isdecimal() else Number.objects.none()
        on_trunks = Number.objects.filter(trunk__in=trunks_meant_by(said))
        owned = Number.objects.filter(of_accounts(said))
        return Q(pk__in=by_digits.values("pk").union(on_trunks.values("pk"), owned.values("pk")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Number]:
        return super().get_queryset(request).select_related("trunk__wanted", "route", "account", "data_centre")

    def get_readonly_fields(self, request: HttpRequest, obj: Number | None = None) -> list[str]:
        """The nodes that hold a number are those of its first data centre."""
        return ["e164", "data_centre", *self.readonly_fields] if obj else list(self.readonly_fields)

    def has_delete_permission(self, request: HttpRequest, obj: Number | None = None) -> bool:
        """A number that is given back has no account; its row stays."""
        return False

    def get_urls(self) -> list[URLPattern]:
        load = self.admin_site.admin_view(staff_views.load)
        return [path("load/", load, name="routing_number_load"), *super().get_urls()]

    def account_of(self, obj: Number) -> Any:
        return obj.account_id

    @admin.display(description=gettext_lazy("leads to"))
    def leads_to(self, number: Number) -> Any:
        return link(number.trunk or number.route)

    @admin.display(description=gettext_lazy("state"), ordering="action")
    def state(self, number: Number) -> str:
        if number.is_pending:
            return _("Being given back") if number.leaving_at else _("Being activated")
        if number.account_id is None:
            return _("For sale") if number.rate_id else _("Not for sale: it has no rate")
        return _("In use")

    @admin.display(description=gettext_lazy("see also"))
    def see_also(self, number: Number) -> Any:
        return format_html(
            "{}, {}, {}",
            link_to_list("provisioning_operation", _("Its changes"), q=number.pk),
            link_to_list("provisioning_nodestate", _("What its nodes have"), q=number.pk),
            link_to_list("routing_numberorder", _("Its orders"), q=number.pk),
        )

    def save_model(self, request: HttpRequest, obj: Number, form: Any, change: bool) -> None:
        """What is ours is saved as it is; whose it is and where it leads goes through the service."""
        wanted = obj.account, obj.trunk, obj.route
        if not change:
            obj.account = obj.trunk = obj.route = None
            obj.save()
        elif ours := set(form.changed_data) - LEADS:
            obj.save(update_fields=ours)
        before = Number.objects.get(pk=obj.pk)
        if wanted != (before.account, before.trunk, before.route):
            account, trunk, route = wanted
            give_number(before, account, trunk or route, actor(request))


class OrderedNumberInline(ShowOnly, admin.TabularInline[OrderedNumber, NumberOrder]):
    model = OrderedNumber
    extra = 0
    fields = ["number", "monthly", "first_charge"]


@admin.register(NumberOrder)
class NumberOrderAdmin(SearchedByIndex, ShowOnlyPage[NumberOrder]):
    list_display = ["created_at", "account", "created_by"]
    list_select_related = ["account", "created_by"]
    search_fields = ["id", "lines", "account"]
    search_help_text = gettext_lazy("Its id, one of its numbers, name of the account")
    inlines = [OrderedNumberInline]

    def meant_by(self, said: str) -> Q:
        with_number = OrderedNumber.objects.filter(number=said).values_list("order", flat=True)
        return with_uuid(said) | of_accounts(said) | Q(pk__in=list(with_number[:MOST_MEANT]))


class RouteRevisionInline(ShowOnly, admin.TabularInline[RouteRevision, Route]):
    model = RouteRevision
    extra = 0
    fields = ["number", "name", "tries", "created_by", "created_at"]
    readonly_fields = ["tries", "created_at"]
    ordering = ["-number"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RouteRevision]:
        return super().get_queryset(request).select_related("created_by").prefetch_related("entries__trunk")

    @admin.display(description=gettext_lazy("tries"))
    def tries(self, revision: RouteRevision) -> str:
        return " → ".join(f"{entry} ({entry.ring_seconds} s)" for entry in revision.entries.all())


@admin.register(Route)
class RouteAdmin(SearchedByIndex, ShowOnlyPage[Route]):
    """Customers change them; what the nodes have of one is in its operations."""

    list_display = ["name", "account", "action", "changed_at", "gone_at"]
    list_filter = ["action", ("gone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["account"]
    ordering = ["-changed_at"]
    search_fields = ["id", "account"]
    search_help_text = gettext_lazy("Its id, name of the account")
    fields = ["id", "name", "account", "action", "generation", "created_by", "created_at", "withdrawn_at", "gone_at"]
    readonly_fields = ["id", "action", "created_at"]
    inlines = [RouteRevisionInline]

    def meant_by(self, said: str) -> Q:
        return with_uuid(said) | of_accounts(said)
