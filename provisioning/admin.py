"""Staff pages: data centres, nodes and gateways; operations and what nodes were read back to have."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, URLField
from django.db.models.functions import Coalesce
from django.forms import ChoiceField
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.found import SearchedByIndex, of_accounts, of_person, with_uuid
from accounts.staff import Audited, M, ShowOnlyPage, actor, link_to_list, may_reconcile, with_reason
from accounts.staff_forms import ReasonActionForm
from provisioning import staff_views
from provisioning.models import DataCentre, Gateway, NodeState, Operation, ProviderSource, SbcNode
from provisioning.reconciling import compare_now, hasten
from provisioning.registry import key_headers, kinds


@admin.register(DataCentre)
class DataCentreAdmin(Audited[DataCentre]):
    list_display = ["name", "place", "is_open", "static_address", "registered_address", "supports_ipv6"]
    list_filter = ["is_open"]
    search_fields = ["name", "code", "place", "=static_address", "=registered_address"]

    def get_readonly_fields(self, request: HttpRequest, obj: DataCentre | None = None) -> list[str]:
        return ["code"] if obj else []


class WithPort(Audited[M]):
    """A port is a name: it gets no thousands separator, also where it cannot be changed."""

    port_name = "port"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = [name for name in super().get_fields(request, obj) if name != "port_as_it_is"]
        if self.has_change_permission(request, obj):
            return names
        return ["port_as_it_is" if name == self.port_name else name for name in names]

    @admin.display(description=gettext_lazy("port"))
    def port_as_it_is(self, row: Any) -> str:
        return str(getattr(row, self.port_name))


@admin.register(SbcNode)
class SbcNodeAdmin(WithPort[SbcNode]):
    port_name = "sip_port"
    list_display = ["name", "data_centre", "role", "static_address", "health", "checked_at", "owed", "compare"]
    list_filter = ["data_centre", "role"]
    list_select_related = ["data_centre"]
    search_fields = ["name", "=static_address", "=registered_address"]
    action_form = ReasonActionForm
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    readonly_fields = [
        "health",
        "boot_id",
        "seen_at",
        "checked_at",
        "failing_since",
        "retry_at",
        "last_error",
        "port_as_it_is",
    ]
    actions = ["reconcile_now"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SbcNode]:
        owed = NodeState.objects.filter(node=OuterRef("pk"), verified=False).order_by().values("node")
        counted = Subquery(owed.values(count=Count("pk")))
        return super().get_queryset(request).annotate(owed_count=Coalesce(counted, 0))

    def get_readonly_fields(self, request: HttpRequest, obj: SbcNode | None = None) -> list[str]:
        """Documents on nodes are filed under the name, and are those of the data centre: both stay."""
        return [*self.readonly_fields, "name", "data_centre"] if obj else list(self.readonly_fields)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:node_id>/drift/", wrap(staff_views.drift), name="provisioning_sbcnode_drift"),
            path("<int:node_id>/resync/", wrap(staff_views.resync), name="provisioning_sbcnode_resync"),
            path("<int:node_id>/resend/", wrap(staff_views.resend), name="provisioning_sbcnode_resend"),
        ]
        return [*own, *super().get_urls()]

    def has_reconcile_permission(self, request: HttpRequest) -> bool:
        return may_reconcile(request)

    @admin.display(description=gettext_lazy("health"))
    def health(self, node: SbcNode) -> str:
        if node.seen_at is None and node.failing_since is None:
            return _("Not called yet")
        return _("Does not answer: %(why)s") % {"why": node.last_error} if node.failing_since else _("Answers")

    @admin.display(description=gettext_lazy("owed"))
    def owed(self, node: Any) -> Any:
        query = {"node__id__exact": node.pk, "verified__exact": 0}
        return link_to_list("provisioning_nodestate", str(node.owed_count), **query) if node.owed_count else "0"

    @admin.display(description=gettext_lazy("differences"))
    def compare(self, node: SbcNode) -> Any:
        url = reverse("admin:provisioning_sbcnode_drift", args=[node.pk])
        return format_html('<a href="{}">{}</a>', url, _("Look"))

    @admin.action(description=gettext_lazy("Resync: compare with what it must have"), permissions=["reconcile"])
    @with_reason
    def reconcile_now(self, request: HttpRequest, nodes: QuerySet[SbcNode], reason: str) -> None:
        count = compare_now(nodes, actor(request), reason)
        text = ngettext("%(n)s node is compared now", "%(n)s nodes are compared now", count) % {"n": count}
        self.message_user(request, text, messages.SUCCESS)


@admin.register(Gateway)
class GatewayAdmin(WithPort[Gateway]):
    """The sweep brings a changed list of gateways to the nodes by itself."""

    list_display = ["name", "data_centre", "position", "host", "port_as_it_is"]
    readonly_fields = ["port_as_it_is"]
    list_filter = ["data_centre"]
    list_select_related = ["data_centre"]
    search_fields = ["name", "=host"]


@admin.register(ProviderSource)
class ProviderSourceAdmin(Audited[ProviderSource]):
    """The sweep brings a changed list to the nodes by itself."""

    list_display = ["provider", "network"]
    list_filter = ["provider"]
    search_fields = ["network"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "provider":
            return ChoiceField(choices=[(code, code) for code in key_headers()])
        return super().formfield_for_dbfield(db_field, request, **options)


@admin.register(Operation)
class OperationAdmin(SearchedByIndex, ShowOnlyPage[Operation]):
    list_display = ["requested_at", "subject_name", "kind", "status", "reason", "attempt", "account", "finished_at"]
    list_filter = ["status", "kind", "undoing", ("requested_at", admin.DateFieldListFilter)]
    list_select_related = ["account"]
    search_fields = ["id", "subject_id", "account", "requested_by"]
    search_help_text = gettext_lazy("Its id, id of the trunk, the number, name of the account, e-mail of who asked")
    readonly_fields = ["see_also"]
    actions = ["reconcile_now"]

    def meant_by(self, said: str) -> Q:
        return with_uuid(said) | _about(said) | of_accounts(said) | of_person(said, "requested_by")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("console/", wrap(staff_views.console), name="provisioning_operation_console"),
            path("<uuid:operation_id>/retry/", wrap(staff_views.retry), name="provisioning_operation_retry"),
            path("<uuid:operation_id>/rollback/", wrap(staff_views.turn_round), name="provisioning_operation_rollback"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=gettext_lazy("see also"))
    def see_also(self, operation: Operation) -> Any:
        subject = reverse("admin:search", query={"q": operation.subject_id})
        states = link_to_list("provisioning_nodestate", _("What its nodes have"), q=operation.subject_id)
        return format_html('<a href="{}">{}</a>, {}', subject, _("What it changes"), states)

    @admin.action(description=gettext_lazy("Retry now: do what is pending at once"), permissions=["reconcile"])
    @with_reason
    def reconcile_now(self, request: HttpRequest, operations: QuerySet[Operation], reason: str) -> None:
        chosen = operations.count()
        pending = hasten(operations, actor(request), reason)
        text = ngettext("%(n)s pending operation is due now", "%(n)s pending operations are due now", pending)
        level = messages.SUCCESS if pending else messages.WARNING
        text = text % {"n": pending} if pending else _("None of these is pending: nothing to do")
        if 0 < pending < chosen:
            text += _(", the others have ended")
        self.message_user(request, text, level)


def _about(said: str) -> Q:
    """Rows about the subject with this id, whatever kind it is: the index begins with the kind."""
    return Q(subject_kind__in=kinds(), subject_id=said)


@admin.register(NodeState)
class NodeStateAdmin(SearchedByIndex, ShowOnlyPage[NodeState]):
    list_display = ["subject_kind", "subject_id", "node", "wanted", "verified", "verified_at", "took", "last_error"]
    list_filter = ["verified", "subject_kind", "node"]
    list_select_related = ["node"]
    ordering = ["-id"]
    search_fields = ["subject_id"]
    search_help_text = gettext_lazy("Id of the trunk, or the number")

    def meant_by(self, said: str) -> Q:
        return _about(said)

    @admin.display(description=gettext_lazy("asked"))
    def wanted(self, state: NodeState) -> str:
        what = _("to be gone") if state.wants_absent else _("to have it")
        return f"{state.wanted_generation}.{state.wanted_epoch}, {what}"

    @admin.display(description=gettext_lazy("took"), ordering="took_ms")
    def took(self, state: NodeState) -> str:
        return "" if state.took_ms is None else _("%(ms).0f ms") % {"ms": state.took_ms}
