"""Staff pages: trunks with their revisions, drafts and claimed source addresses. All of it only shows."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.found import MOST_MEANT, SearchedByIndex, of_accounts, of_person, with_uuid
from accounts.staff import ShowOnly, ShowOnlyPage, actor, link, link_to_list, with_reason
from common.templatetags.ui import NOTHING
from provisioning.reconciling import write_again
from trunks import staff_views
from trunks.enums import State
from trunks.models import HostClaim, Trunk, TrunkDraft, TrunkRevision
from trunks.models.trunk import SUBJECT
from trunks.search import find_trunks
from trunks.selectors import with_state
from trunks.validators.hosts import show_destination

FIND_TRUNK = gettext_lazy("The trunk's name, id, reference (TR-…), source address, account, e-mail of a member")


class StateFilter(admin.SimpleListFilter):
    """Gone trunks are shown when asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*State.choices, ("gone", gettext_lazy("Gone"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Trunk]) -> QuerySet[Trunk]:
        if self.value() == "gone":
            return queryset.filter(gone_at__isnull=False)
        if self.value() in State.values:
            return queryset.filter(gone_at=None, state=self.value())  # type: ignore[misc]  # an annotation
        return queryset


class HostsInWords:
    """Addresses and ports of a revision as people write them."""

    @admin.display(description=gettext_lazy("source hosts"))
    def calls_come_from(self, revision: TrunkRevision) -> str:
        return ", ".join(revision.source_hosts) or NOTHING

    @admin.display(description=gettext_lazy("destinations"))
    def calls_go_to(self, revision: TrunkRevision) -> str:
        return ", ".join(show_destination(host, port) for host, port in revision.destinations) or NOTHING


class RevisionInline(HostsInWords, ShowOnly, admin.TabularInline[TrunkRevision, Trunk]):
    model = TrunkRevision
    extra = 0
    fields = ["number", "name", "channels", "codecs", "calls_come_from", "calls_go_to", "created_by", "created_at"]
    readonly_fields = ["calls_come_from", "calls_go_to", "created_at"]
    ordering = ["-number"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrunkRevision]:
        return super().get_queryset(request).select_related("created_by", "trunk__wanted")


class ClaimInline(ShowOnly, admin.TabularInline[HostClaim, Trunk]):
    model = HostClaim
    extra = 0
    fields = ["address", "data_centre", "released_at"]
    verbose_name_plural = gettext_lazy("claimed source addresses")

    def get_queryset(self, request: HttpRequest) -> QuerySet[HostClaim]:
        return super().get_queryset(request).select_related("data_centre")


@admin.register(Trunk)
class TrunkAdmin(ShowOnlyPage[Trunk]):
    list_display = ["name", "reference", "account", "data_centre", "state", "channels", "plan", "created_at"]
    list_filter = [StateFilter, "data_centre", "plan", ("created_at", admin.DateFieldListFilter)]
    list_select_related = ["account", "data_centre", "plan", "wanted"]
    ordering = ["-created_at"]
    search_fields = ["name"]
    search_help_text = FIND_TRUNK
    readonly_fields = ["reference", "state", "sends_calls_to", "see_also"]
    fieldsets = [
        (None, {"fields": ["reference", "state", "account", "kind", "provider", "provider_facts", "plan"]}),
        (
            gettext_lazy("Where"),
            {"fields": ["data_centre", "tls", "service_address", "username", "sends_calls_to"]},
        ),
        (
            gettext_lazy("Asked for"),
            {"fields": ["admin_status", "suspension", "suspension_note", "suspended_at", "released_at", "generation"]},
        ),
        (
            gettext_lazy("Dates"),
            {"fields": ["id", "quote", "created_by", "created_at", "withdrawn_at", "gone_at", "see_also"]},
        ),
    ]
    inlines = [RevisionInline, ClaimInline]
    actions = ["reconcile_now"]
    change_form_template = "admin/trunk_change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Trunk]:
        related = ("account", "quote", "service_address", "created_by")
        return with_state(super().get_queryset(request)).select_related(*related)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Trunk], search_term: str
    ) -> tuple[QuerySet[Trunk], bool]:
        return find_trunks(queryset, search_term), False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<uuid:trunk_id>/suspend/", wrap(staff_views.suspend), name="trunks_trunk_suspend"),
            path("<uuid:trunk_id>/release/", wrap(staff_views.release), name="trunks_trunk_release"),
        ]
        return [*own, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["may_suspend"] = actor(request).has_perm(staff_views.MAY_SUSPEND)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("channels"), ordering="wanted__channels")
    def channels(self, trunk: Trunk) -> int | None:
        return trunk.wanted.channels if trunk.wanted else None

    @admin.display(description=gettext_lazy("state"))
    def state(self, trunk: Any) -> str:
        return _("Gone") if trunk.gone_at else str(State(trunk.state).label)

    @admin.display(description=gettext_lazy("sends calls to"))
    def sends_calls_to(self, trunk: Trunk) -> str:
        return HostsInWords().calls_go_to(trunk.wanted) if trunk.wanted else NOTHING

    @admin.display(description=gettext_lazy("see also"))
    def see_also(self, trunk: Trunk) -> Any:
        operations = link_to_list("provisioning_operation", _("Its operations"), q=trunk.pk)
        states = link_to_list("provisioning_nodestate", _("What its nodes have"), q=trunk.pk)
        audit = link_to_list("accounts_auditevent", _("Its audit trail"), q=trunk.pk)
        return format_html("{}, {}, {}", operations, states, audit)

    @admin.action(
        description=gettext_lazy("Reconcile now: write to the nodes and read back again"), permissions=["reconcile"]
    )
    @with_reason
    def reconcile_now(self, request: HttpRequest, trunks: QuerySet[Trunk], reason: str) -> None:
        there = [trunk for trunk in trunks if trunk.gone_at is None]
        gone = trunks.count() - len(there)
        for trunk in there:
            write_again(SUBJECT, str(trunk.pk), actor(request), reason, trunk.account_id)
        if there:
            text = ngettext("%(n)s trunk is written again now", "%(n)s trunks are written again now", len(there))
            self.message_user(request, text % {"n": len(there)}, messages.SUCCESS)
        if gone:
            text = ngettext("%(n)s trunk is gone: nothing to write", "%(n)s trunks are gone: nothing to write", gone)
            self.message_user(request, text % {"n": gone}, messages.WARNING)


def _of_trunks(said: str) -> Q:
    """Rows of the trunks that the words may mean."""
    return Q(trunk__in=list(find_trunks(Trunk.objects.all(), said).values_list("pk", flat=True)[:MOST_MEANT]))


@admin.register(TrunkRevision)
class TrunkRevisionAdmin(HostsInWords, SearchedByIndex, ShowOnlyPage[TrunkRevision]):
    list_display = ["name", "number", "of", "channels", "calls_come_from", "created_by", "created_at"]
    exclude = ["source_hosts", "destinations"]
    readonly_fields = ["calls_come_from", "calls_go_to"]
    list_select_related = ["trunk__wanted", "created_by"]
    ordering = ["-id"]
    search_fields = ["trunk"]
    search_help_text = FIND_TRUNK

    def meant_by(self, said: str) -> Q:
        return _of_trunks(said)

    @admin.display(description=gettext_lazy("trunk"))
    def of(self, revision: TrunkRevision) -> Any:
        return link(revision.trunk)


@admin.register(TrunkDraft)
class TrunkDraftAdmin(SearchedByIndex, ShowOnlyPage[TrunkDraft]):
    list_display = ["name", "account", "created_by", "saved_at", "became"]
    list_filter = [("trunk", admin.EmptyFieldListFilter), ("saved_at", admin.DateFieldListFilter)]
    list_select_related = ["account", "created_by", "trunk__wanted"]
    search_fields = ["id", "account", "created_by"]
    search_help_text = gettext_lazy("Its id, name of the account, e-mail of who ordered")

    def meant_by(self, said: str) -> Q:
        return with_uuid(said) | of_accounts(said) | of_person(said, "created_by")

    @admin.display(description=gettext_lazy("became"))
    def became(self, draft: TrunkDraft) -> Any:
        return link(draft.trunk)


@admin.register(HostClaim)
class HostClaimAdmin(SearchedByIndex, ShowOnlyPage[HostClaim]):
    list_display = ["address", "data_centre", "of", "account", "released_at"]
    list_filter = [("released_at", admin.EmptyFieldListFilter), "data_centre"]
    list_select_related = ["data_centre", "trunk__wanted", "trunk__account"]
    ordering = ["-id"]
    search_fields = ["trunk"]
    search_help_text = FIND_TRUNK

    def meant_by(self, said: str) -> Q:
        return _of_trunks(said)

    @admin.display(description=gettext_lazy("trunk"))
    def of(self, claim: HostClaim) -> Any:
        return link(claim.trunk)

    @admin.display(description=gettext_lazy("account"))
    def account(self, claim: HostClaim) -> Any:
        return link(claim.trunk.account)
