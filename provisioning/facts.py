"""Tells what the nodes report about trunks: registrations, answering destinations, calls, and how fresh that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import Max, Sum
from django.utils import timezone

from provisioning.enums import RegistrationStatus
from provisioning.models import DestinationCheck, FailedSignIn, GroupCalls, NodeState, Registration, SbcNode
from sbc.documents import TRUNK

Row = TypeVar("Row", Registration, DestinationCheck)


@dataclass(frozen=True, slots=True)
class NodeRegistrations:
    """A trunk's contacts on one node, the one refreshed last first. `read_at` is when the node was last asked ("seen
    at"), None for never; when it could not be asked lately (`is_known` False) the contacts are the last ones known.
    """

    node: SbcNode
    contacts: tuple[Registration, ...]
    read_at: datetime | None
    is_known: bool

    @property
    def status(self) -> RegistrationStatus:
        if not self.is_known:
            return RegistrationStatus.UNKNOWN
        return RegistrationStatus.REGISTERED if self.contacts else RegistrationStatus.UNREGISTERED

    @property
    def since(self) -> datetime | None:
        """Registered: since when without a gap. Unknown: since when, None for never known. Unregistered: None."""
        if not self.is_known:
            return self.read_at
        return min((contact.since for contact in self.contacts), default=None)


@dataclass(frozen=True, slots=True)
class TrunkRegistration:
    """A trunk's registration over its nodes, primary first; no nodes before the trunk was ever written to one."""

    nodes: tuple[NodeRegistrations, ...]

    @property
    def status(self) -> RegistrationStatus:
        """Registered when it is on any node; unregistered only when every node was asked."""
        statuses = {node.status for node in self.nodes}
        if RegistrationStatus.REGISTERED in statuses:
            return RegistrationStatus.REGISTERED
        only_unregistered = statuses == {RegistrationStatus.UNREGISTERED}
        return RegistrationStatus.UNREGISTERED if only_unregistered else RegistrationStatus.UNKNOWN

    @property
    def since(self) -> datetime | None:
        """The earliest time at which a node says so; None for unregistered and never known."""
        times = [node.since for node in self.nodes if node.status is self.status and node.since]
        return min(times, default=None)

    @property
    def seen_at(self) -> datetime | None:
        """When a node last said so."""
        times = [node.read_at for node in self.nodes if node.status is self.status and node.read_at]
        return max(times, default=None)


@dataclass(frozen=True, slots=True)
class NodeChecks:
    """A trunk's destinations as one node finds them; `read_at` and `is_known` as in NodeRegistrations. A destination
    without a row was not asked yet, or the trunk does not ask for the check.
    """

    node: SbcNode
    checks: tuple[DestinationCheck, ...]
    read_at: datetime | None
    is_known: bool


@dataclass(frozen=True, slots=True)
class GroupUse:
    """Calls up in a channel group over all its nodes. `calls` is None while one of them could not be asked lately;
    `read_at` is when the one asked longest ago was asked, None for never.
    """

    calls: int | None
    read_at: datetime | None


def group_uses(groups: Collection[str], nodes: Collection[SbcNode]) -> list[GroupUse]:
    """Of each group, in one query. No nodes: unknown."""
    read = [node.facts_read_at for node in nodes]
    read_at = None if None in read else min((moment for moment in read if moment), default=None)
    if not nodes or not all(map(_is_known, nodes)):
        return [GroupUse(None, read_at)] * len(groups)
    rows = GroupCalls.objects.filter(subject_id__in=groups, node__in=nodes).order_by().values_list("subject_id")
    calls = dict(rows.annotate(Sum("calls")))
    return [GroupUse(calls.get(group, 0), read_at) for group in groups]


@dataclass(frozen=True, slots=True)
class FailedSignIns:
    """Those of one address on all nodes together, within the last day."""

    source: str
    count: int
    last_at: datetime


def failed_sign_ins_of(trunk_id: str) -> list[FailedSignIns]:
    """Who failed to sign in as the trunk's user, the latest first."""
    lately = FailedSignIn.objects.filter(subject_id=trunk_id, last_at__gt=timezone.now() - timedelta(days=1))
    rows = lately.order_by().values_list("source").annotate(Sum("count"), latest=Max("last_at"))
    return [FailedSignIns(*row) for row in rows.order_by("-latest", "source")]


def registration_of(trunk_id: str, states: Iterable[NodeState] | None = None) -> TrunkRegistration:
    """One trunk's registration. Whoever has the trunk's `states` saves a query."""
    return _registrations({trunk_id: _nodes_of([trunk_id])[trunk_id] if states is None else _wanted_on(states)})[
        trunk_id
    ]


def registrations_of(trunk_ids: Collection[str]) -> dict[str, TrunkRegistration]:
    """The registrations of many trunks, in two queries."""
    return _registrations(_nodes_of(trunk_ids))


def _registrations(nodes_of: dict[str, list[SbcNode]]) -> dict[str, TrunkRegistration]:
    contacts = _by_place(Registration.objects.filter(subject_id__in=nodes_of))
    return {
        trunk_id: TrunkRegistration(
            tuple(
                NodeRegistrations(node, tuple(contacts[trunk_id, node.pk]), node.facts_read_at, _is_known(node))
                for node in nodes
            )
        )
        for trunk_id, nodes in nodes_of.items()
    }


def checks_of(trunk_id: str, states: Iterable[NodeState] | None = None) -> list[NodeChecks]:
    """What came of OPTIONS per node, primary first. `states` as above."""
    nodes = _nodes_of([trunk_id])[trunk_id] if states is None else _wanted_on(states)
    checks = _by_place(DestinationCheck.objects.filter(subject_id=trunk_id))
    return [NodeChecks(node, tuple(checks[trunk_id, node.pk]), node.facts_read_at, _is_known(node)) for node in nodes]


def _nodes_of(trunk_ids: Collection[str]) -> dict[str, list[SbcNode]]:
    """The nodes that must have each trunk, primary first."""
    nodes: dict[str, list[SbcNode]] = {trunk_id: [] for trunk_id in trunk_ids}
    states = NodeState.objects.filter(subject_kind=TRUNK, subject_id__in=trunk_ids).exclude(wanted_hash="")
    for state in states.select_related("node").order_by("-node__role"):
        nodes[state.subject_id].append(state.node)
    return nodes


def _wanted_on(states: Iterable[NodeState]) -> list[SbcNode]:
    return [state.node for state in states if not state.wants_absent]


def _by_place(rows: Iterable[Row]) -> defaultdict[tuple[str, int], list[Row]]:
    """Rows by trunk and node."""
    places: defaultdict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        places[row.subject_id, row.node_id].append(row)
    return places


def _is_known(node: SbcNode) -> bool:
    return node.facts_read_at is not None and timezone.now() - node.facts_read_at < settings.NODE_FACTS_GOOD_FOR
