"""The three statuses of a trunk, independent of each other: administrative, registration, action; and its use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import AuditEvent
from provisioning.enums import CheckCode, OperationKind, RegistrationStatus, Status
from provisioning.facts import (
    FailedSignIns,
    GroupUse,
    checks_of,
    failed_sign_ins_of,
    group_uses,
)
from provisioning.models import DestinationCheck, NodeState, Operation, Registration, SbcNode
from trunks.enums import AdminStatus
from trunks.groups import group_id_of, shared_channels
from trunks.models import Trunk
from trunks.models.trunk import SUBJECT
from trunks.selectors import operations_of
from trunks.services.suspending import RELEASED
from trunks.services.switching import cause_of
from trunks.validators.hosts import show_destination
from trunks.validators.ip import looks_like_ip

_SWITCHES = (OperationKind.CREATE, OperationKind.ENABLE, OperationKind.DISABLE, OperationKind.RELEASE)
_REGISTRATION_TONES = {
    RegistrationStatus.REGISTERED: "good",
    RegistrationStatus.UNREGISTERED: "ring",
    RegistrationStatus.UNKNOWN: "none",
}
FAILURES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Administrative:
    """What was asked for, by the customer or by us; `meaning` says what that does to calls."""

    tone: str
    word: str
    meaning: str
    since: datetime | None


def administrative(trunk: Trunk) -> Administrative:
    status = AdminStatus(trunk.admin_status)
    if status is AdminStatus.SYSTEM_DISABLED:
        meaning = _("%(cause)s. Once that is settled we release it, and you can enable it") % {
            "cause": capfirst(cause_of(trunk))
        }
        return Administrative("bad", str(status.label), meaning, trunk.suspended_at)
    if status is AdminStatus.DISABLED:
        meaning = _("Calls are not processed, registered phones are signed out")
        meaning = meaning if trunk.registers else _("Calls are not processed")
        if trunk.released_at is not None:
            meaning = _released(trunk)
        return Administrative("off", str(status.label), meaning, _switched_at(trunk))
    off_the_nodes = trunk.withdrawn_at is not None
    meaning = _("No calls all the same: the trunk is taken off the nodes") if off_the_nodes else _("Calls are allowed")
    return Administrative("good", str(status.label), meaning, _switched_at(trunk))


def _released(trunk: Trunk) -> str:
    """We had disabled it and released it; nobody has enabled it since."""
    event = AuditEvent.objects.filter(subject_kind=SUBJECT, subject_id=str(trunk.pk), action=RELEASED).first()
    note = event.details.get("note", "") if event else ""
    words = _("Our support released it. Calls are not processed until you enable it")
    return f"{words}. {note}" if note else words


def _switched_at(trunk: Trunk) -> datetime | None:
    """When it was last created, enabled, disabled or released; None while that is not done yet."""
    switches = operations_of(trunk).filter(kind__in=_SWITCHES, status__in=[Status.PENDING, Status.SUCCESS])
    return switches.values_list("finished_at", flat=True).first()


class ContactShown(NamedTuple):
    """From where and with what somebody registered; `claimed` is the Contact where it says another address, as behind a
    NAT. Calls go to the source all the same.
    """

    source: str
    equipment: str
    claimed: str


@dataclass(frozen=True, slots=True)
class NodeRegistration:
    """One node's word; `seen_at` is when the node was last asked."""

    role: str
    tone: str
    word: str
    since: datetime | None
    seen_at: datetime | None
    contacts: list[ContactShown]


@dataclass(frozen=True, slots=True)
class RegistrationShown:
    tone: str
    word: str
    since: datetime | None
    nodes: list[NodeRegistration]
    failures: list[FailedSignIns]  # the latest few
    more_failures: int  # from how many more addresses


def registration(trunk: Trunk) -> RegistrationShown | None:
    """None where nobody registers."""
    if not trunk.registers:
        return None
    found = trunk.registration
    nodes = [
        NodeRegistration(
            str(node.node.get_role_display()),
            _REGISTRATION_TONES[node.status],
            str(node.status.label),
            node.since,
            node.read_at,
            [_contact(contact) for contact in node.contacts],
        )
        for node in found.nodes
    ]
    failures = failed_sign_ins_of(str(trunk.pk))
    return RegistrationShown(
        _REGISTRATION_TONES[found.status],
        str(found.status.label),
        found.since,
        nodes,
        failures[:FAILURES_SHOWN],
        len(failures[FAILURES_SHOWN:]),
    )


def _contact(found: Registration) -> ContactShown:
    host_port = re.sub(r"^(.*@|sips?:)|[;?].*", "", found.contact)
    claimed = "" if host_port == found.source else found.contact
    return ContactShown(found.source, found.user_agent, claimed)


@dataclass(frozen=True, slots=True)
class ChannelsShown:
    """How many channels are in use; `seen_at` is None when that was never known."""

    tone: str
    words: str
    seen_at: datetime | None


def channels(trunk: Trunk, states: Iterable[NodeState]) -> list[ChannelsShown]:
    """One line; two where calls in and calls out have limits of their own; empty while nothing is live."""
    if trunk.live is None:
        return []
    nodes = [state.node for state in states if not state.wants_absent]
    if not trunk.connects.shares_channels:
        [use] = group_uses([str(trunk.pk)], nodes)
        return [_channels(use, trunk.live.channels, _("%(calls)s of %(channels)s channels in use"))]
    own, shared = group_uses([str(trunk.pk), group_id_of(trunk)], nodes)
    if own.calls is None:
        return [_channels(own, 0, "")]
    together = _("%(calls)s of %(channels)s in use by calls going out, over all your %(provider)s trunks in %(place)s")
    words = {"provider": trunk.connects.label, "place": trunk.data_centre.name}
    return [
        _channels(own, trunk.live.channels, _("%(calls)s of %(channels)s channels in use by calls coming in")),
        _channels(shared, shared_channels(trunk), together, words),
    ]


def _channels(use: GroupUse, limit: int, text: str, words: Mapping[str, Any] = MappingProxyType({})) -> ChannelsShown:
    if use.calls is None:
        return ChannelsShown("none", _("Unknown: a node could not be asked lately"), use.read_at)
    text %= {"calls": use.calls, "channels": limit, **words}
    return ChannelsShown("good" if use.calls < limit else "warn", text, use.read_at)


@dataclass(frozen=True, slots=True)
class CheckLine:
    """What came of asking one destination from one node; `asked_at` is None before the first time."""

    destination: str
    node: str
    tone: str
    word: str
    detail: str
    asked_at: datetime | None


def checks(trunk: Trunk, states: Iterable[NodeState]) -> list[CheckLine]:
    """Result and time of SIP OPTIONS per destination and node. Where the trunk does not ask for the check only those
    are in it that cannot be called because of their names.
    """
    if trunk.live is None:
        return []
    hosts = [(host, port) for host, port in trunk.live.destinations]
    has_names = any(not looks_like_ip(host) for host, _port in hosts)
    if not hosts or not (trunk.live.options or has_names):
        return []
    lines = []
    for found in checks_of(str(trunk.pk), states):
        by_host = {(check.host, check.port): check for check in found.checks}
        lines += [
            _check_line(host, port, found.node, by_host.get((host, port)), found.is_known)
            for host, port in hosts
            if trunk.live.options or _is_misnamed(by_host.get((host, port)))
        ]
    return sorted(lines, key=lambda line: hosts_order(hosts, line))


def _is_misnamed(check: DestinationCheck | None) -> bool:
    return check is not None and check.code in (CheckCode.NAME_LOST, CheckCode.NAME_REFUSED)


def hosts_order(hosts: list[tuple[str, int]], line: CheckLine) -> int:
    return [show_destination(*host) for host in hosts].index(line.destination)


def _check_line(host: str, port: int, node: SbcNode, check: DestinationCheck | None, is_known: bool) -> CheckLine:
    where, role = show_destination(host, port), str(node.get_role_display())
    if check is None or check.alive is None:
        asked_at = check.tried_at if check else None
        word = _("Waiting for the answer") if asked_at else _("Not asked yet")
        return CheckLine(where, role, "none", word, "", asked_at)
    stale = "" if is_known else _("The node could not be asked lately. ")
    if check.alive:
        detail = _("%(stale)sin %(ms)s ms") % {"stale": stale, "ms": check.round_trip_ms}
        return CheckLine(where, role, "good" if is_known else "none", _("Answers"), detail, check.answered_at)
    ours = check.code in CheckCode.values
    words = CheckCode(check.code).label if ours else _("answered %(code)s") % {"code": check.code}
    word = _("Cannot be called") if _is_misnamed(check) else _("Does not answer")
    return CheckLine(where, role, "bad", word, f"{stale}{words}", check.tried_at)


def can_try_again(operation: Operation | None) -> bool:
    """New settings came to nothing, and nothing has happened since: they can be tried again."""
    return operation is not None and (operation.kind, operation.status) == (OperationKind.UPDATE, Status.RESET)


def can_undo(operation: Operation | None) -> bool:
    """The last thing that happened is that new settings went live."""
    return operation is not None and (operation.kind, operation.status) == (OperationKind.UPDATE, Status.SUCCESS)
