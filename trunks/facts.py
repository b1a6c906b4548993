"""What a trunk's page shows besides its condition: proof per node, what it can be used for, what never changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from provisioning.enums import OperationKind
from provisioning.models import NodeState, SbcNode
from trunks.compile import destinations_of
from trunks.connection import node_address
from trunks.enforcement import is_enforced
from trunks.enums import AdminStatus, State, TrunkKind
from trunks.models import Trunk
from trunks.validators.hosts import show_destination

RECENT = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class NodeLine:
    """What one node was asked and what it was read back to have; `state` is None before the first asking."""

    node: SbcNode
    state: NodeState | None
    asked: str
    tone: str
    found: str
    is_recent: bool
    address: str


def node_lines(trunk: Trunk, nodes: Iterable[SbcNode], states: Iterable[NodeState], now: datetime) -> list[NodeLine]:
    """Every node of the trunk's data centre and every other one that was ever asked to have the trunk."""
    by_node = {state.node_id: state for state in states}
    known = {node.pk: node for node in nodes} | {state.node_id: state.node for state in by_node.values()}
    return [_node_line(trunk, node, by_node.get(pk), now) for pk, node in known.items()]


def _node_line(trunk: Trunk, node: SbcNode, state: NodeState | None, now: datetime) -> NodeLine:
    where = node_address(node, trunk.registers, trunk.tls).where
    if state is None:
        return NodeLine(node, None, _("Not asked yet"), "ring", _("Nothing yet"), True, where)
    recent = now - state.wanted_at < RECENT
    if state.wanted_generation < trunk.generation:
        before = _("As before this change")
        found = before if state.verified else _("Not yet confirmed")
        return NodeLine(node, state, before, "ring", found, recent, where)
    asked = _("To remove it") if state.wants_absent else revision_words(trunk)
    if not state.verified:
        return NodeLine(node, state, asked, "ring", _("Not yet confirmed"), recent, where)
    found = _("Removed") if state.wants_absent else revision_words(trunk)
    return NodeLine(node, state, asked, "good", found, recent, where)


def revision_words(trunk: Trunk) -> str:
    number = trunk.wanted.number if trunk.wanted else 1
    if trunk.admin_status == AdminStatus.ENABLED:
        return _("Revision %(number)s") % {"number": number}
    return _("Revision %(number)s, disabled") % {"number": number}


@dataclass(frozen=True, slots=True)
class Ability:
    """One line of "Can this trunk be used?"."""

    tone: str
    words: str
    detail: str = ""


def placing_calls(trunk: Trunk) -> Ability:
    """Whether the customer's equipment can call out through the trunk."""
    if reason := why_unusable(trunk):
        return Ability("warn", _("You cannot place calls"), reason)
    if trunk.kind == TrunkKind.STATIC:
        return _from_addresses(trunk.live.source_hosts if trunk.live else [])
    if trunk.kind == TrunkKind.PROVIDER:
        return Ability("good", _("You can place calls"), _("from %(provider)s") % {"provider": trunk.connects.label})
    detail = _("from any address, with the user name %(name)s") % {"name": trunk.username}
    return Ability("good", _("You can place calls"), detail)


def _from_addresses(sources: list[str]) -> Ability:
    if not sources:
        return Ability("warn", _("You cannot place calls"), _("no address of yours is allowed to call us"))
    return Ability("good", _("You can place calls"), _("from %(addresses)s") % {"addresses": ", ".join(sources)})


def has_somewhere_to_ring(trunk: Trunk) -> bool:
    """A static trunk may have no destination; the others are found by signing in, or through their provider."""
    return trunk.kind != TrunkKind.STATIC or bool(trunk.live and trunk.live.destinations)


def why_unusable(trunk: Trunk) -> str:
    """Why no call passes at all; empty when calls pass. `trunk` comes from `trunks.selectors`, with its annotations."""
    if trunk.withdrawn_at is not None:
        return _("it is taken off the nodes")
    if trunk.live is None:
        return _("it is not on the nodes yet")
    if trunk.admin_status != AdminStatus.ENABLED:
        return _("the trunk is disabled")
    if trunk.tls and not is_enforced("tls"):
        return _("our nodes do not speak TLS yet")
    if trunk.state == State.PENDING and trunk.action_kind == OperationKind.ENABLE:  # type: ignore[attr-defined]
        return _("the nodes have not confirmed yet that it is enabled")
    return ""


@dataclass(frozen=True, slots=True)
class Fact:
    """What was decided when the trunk was ordered; `mono` marks names and codes that machines read."""

    label: str
    value: str
    mono: bool = False


def fixed_facts(trunk: Trunk) -> list[Fact]:
    """Everything that cannot be changed after creation, with what follows from it."""
    provider = trunk.connects
    address = trunk.service_address
    facts = [Fact(_("Provider"), str(provider.label))]
    if len(provider.kinds) > 1:
        facts.append(Fact(_("Type"), str(TrunkKind(trunk.kind).label)))
    facts += [
        Fact(str(question.label), question.words(trunk.provider_facts.get(question.name, "")), not question.options)
        for question in provider.questions
    ]
    if trunk.kind == TrunkKind.PROVIDER:
        facts += [Fact(_("Where we send your calls"), show_destination(*each), True) for each in destinations_of(trunk)]
    if trunk.username:
        facts.append(Fact(_("User name"), trunk.username, True))
    return [
        *facts,
        Fact(_("Data centre"), str(trunk.data_centre)),
        Fact(_("Encryption"), _("TLS and SRTP") if trunk.tls else _("None (UDP)")),
        Fact(_("Plan"), str(trunk.plan)),
        Fact(_("Service address"), str(address) if address else _("None")),
    ]
