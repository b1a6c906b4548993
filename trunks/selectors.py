"""Reads trunks: always of one account, gone ones left out."""

from __future__ import annotations

import ipaddress
from uuid import UUID

from django.conf import settings
from django.db.models import Case, CharField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast
from django.http import Http404

from accounts.models import Account
from accounts.services import limits_of
from provisioning.enums import Status
from provisioning.models import DataCentre, Gateway, NodeState, Operation, SbcNode
from trunks.enums import AdminStatus, State
from trunks.models import Trunk, TrunkDraft
from trunks.models.trunk import SUBJECT
from trunks.validators.ip import HostRules, Network

# Customers of the lab live in the upper half of its /16; nodes and carriers in the lower one.
LAB_CUSTOMERS = 1


def trunks_of(account: Account) -> QuerySet[Trunk]:
    """The account's trunks, see `with_state`."""
    return with_state(Trunk.objects.filter(account=account, gone_at=None))


def with_state(trunks: QuerySet[Trunk]) -> QuerySet[Trunk]:
    """Trunks with the newest operation's words and the consolidated state (see `State`)."""
    newest = Operation.objects.filter(subject_kind=SUBJECT, subject_id=Cast(OuterRef("pk"), CharField())).order_by(
        "-requested_at"
    )
    return (
        trunks.select_related("wanted", "live", "data_centre", "plan")
        .annotate(
            action=Subquery(newest.values("status")[:1]),
            action_kind=Subquery(newest.values("kind")[:1]),
            action_message=Subquery(newest.values("message")[:1]),
            action_at=Subquery(newest.values("requested_at")[:1]),
        )
        .annotate(state=_state())
    )


def _state() -> Case:
    return Case(
        When(action=Status.PENDING, then=Value(State.PENDING)),
        When(Q(withdrawn_at__isnull=False), then=Value(State.FAILED)),
        When(action=Status.FAILED, then=Value(State.FAILED)),
        When(admin_status=AdminStatus.SYSTEM_DISABLED, then=Value(State.SYSTEM_DISABLED)),
        When(action=Status.RESET, then=Value(State.RESET)),
        When(admin_status=AdminStatus.DISABLED, then=Value(State.DISABLED)),
        default=Value(State.LIVE),
        output_field=CharField(),
    )


def by_urgency(trunks: QuerySet[Trunk]) -> QuerySet[Trunk]:
    """What needs attention first, then by name."""
    order = Case(*[When(state=state, then=Value(place)) for place, state in enumerate(State.values)])
    return trunks.order_by(order, "wanted__name")


def trunk_of(account: Account, trunk_id: UUID) -> Trunk:
    """One trunk. Raises Http404 for a stranger's, an unknown and a gone one alike."""
    trunk = trunks_of(account).filter(pk=trunk_id).first()
    if trunk is None:
        raise Http404
    return trunk


def is_gone(account: Account, trunk_id: UUID) -> bool:
    """Whether the account had the trunk once and its deletion is done."""
    return Trunk.objects.filter(account=account, pk=trunk_id, gone_at__isnull=False).exists()


def node_states_of(trunk: Trunk) -> QuerySet[NodeState]:
    """The proof of provisioning, primary first."""
    return (
        NodeState.objects.filter(subject_kind=SUBJECT, subject_id=str(trunk.pk))
        .select_related("node")
        .order_by("-node__role")
    )


def operations_of(trunk: Trunk) -> QuerySet[Operation]:
    """The history, newest first."""
    return Operation.objects.filter(subject_kind=SUBJECT, subject_id=str(trunk.pk)).select_related("requested_by")


def open_drafts_of(account: Account) -> QuerySet[TrunkDraft]:
    """Orders that somebody began and did not pay."""
    return TrunkDraft.objects.filter(account=account, trunk=None).exclude(answers={})


def nodes_of(data_centre: DataCentre) -> QuerySet[SbcNode]:
    """The nodes whose addresses a customer must let through, primary first."""
    return data_centre.nodes.order_by("-role")


def living(account: Account) -> QuerySet[Trunk]:
    """Trunks that count against limits and take names: not withdrawn."""
    return Trunk.objects.filter(account=account, gone_at=None, withdrawn_at=None)


def host_rules(account: Account, data_centre: DataCentre | None) -> HostRules:
    """What the host validators must know about us: our own addresses, the lab, the account's limit."""
    no_ipv6 = data_centre.name if data_centre and not data_centre.supports_ipv6 else ""
    return HostRules(own_networks(), lab_networks(), limits_of(account).hosts_per_direction, no_ipv6)


def own_networks() -> list[Network]:
    """Every address of ours: nodes, gateways, and what is published for data centres."""
    rows = SbcNode.objects.values_list("static_address").union(
        SbcNode.objects.values_list("registered_address"),
        DataCentre.objects.values_list("static_address"),
        DataCentre.objects.values_list("registered_address"),
        Gateway.objects.values_list("host"),
    )
    return [ipaddress.ip_network(address) for (address,) in rows if address]


def lab_networks() -> list[Network]:
    """In the lab, the part of its loopback network where customers live."""
    if not settings.LAB:
        return []
    return [list(settings.LAB_NET.subnets(prefixlen_diff=1))[LAB_CUSTOMERS]]
