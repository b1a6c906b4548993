"""What a trunk's page shows besides its condition: proof per node, what it can be used for, its settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from provisioning.enums import OperationKind
from provisioning.models import NodeState, SbcNode
from trunks.enforcement import is_enforced
from trunks.enums import AdminStatus, Codec, State
from trunks.models import Trunk, TrunkRevision
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

    @property
    def address(self) -> str:
        return show_destination(self.node.static_address, self.node.sip_port)


def node_lines(trunk: Trunk, nodes: Iterable[SbcNode], states: Iterable[NodeState], now: datetime) -> list[NodeLine]:
    """Every node of the trunk's data centre and every other one that was ever asked to have the trunk."""
    by_node = {state.node_id: state for state in states}
    known = {node.pk: node for node in nodes} | {state.node_id: state.node for state in by_node.values()}
    return [_node_line(trunk, node, by_node.get(pk), now) for pk, node in known.items()]


def _node_line(trunk: Trunk, node: SbcNode, state: NodeState | None, now: datetime) -> NodeLine:
    if state is None:
        return NodeLine(node, None, _("Not asked yet"), "ring", _("Nothing yet"), True)
    recent = now - state.wanted_at < RECENT
    if state.wanted_generation < trunk.generation:
        before = _("As before this change")
        return NodeLine(node, state, before, "ring", before if state.verified else _("Not yet confirmed"), recent)
    asked = _("To remove it") if state.wants_absent else revision_words(trunk)
    if not state.verified:
        return NodeLine(node, state, asked, "ring", _("Not yet confirmed"), recent)
    found = _("Removed") if state.wants_absent else revision_words(trunk)
    return NodeLine(node, state, asked, "good", found, recent)


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
    sources = trunk.live.source_hosts if trunk.live else []
    if not sources:
        return Ability("warn", _("You cannot place calls"), _("no address of yours is allowed to call us"))
    return Ability("good", _("You can place calls"), _("from %(addresses)s") % {"addresses": ", ".join(sources)})


def why_unusable(trunk: Trunk) -> str:
    """Why no call passes at all; empty when calls pass. `trunk` comes from `trunks.selectors`, with its annotations."""
    if trunk.withdrawn_at is not None:
        return _("it is taken off the nodes")
    if trunk.live is None:
        return _("it is not on the nodes yet")
    if trunk.admin_status != AdminStatus.ENABLED:
        return _("the trunk is disabled")
    if trunk.state == State.PENDING and trunk.action_kind == OperationKind.ENABLE:  # type: ignore[attr-defined]
        return _("the nodes have not confirmed yet that it is enabled")
    return ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the settings. `enforced` is False where nodes do not act on it yet."""

    label: str
    values: list[str]
    enforced: bool = True
    mono: bool = False


def settings_of(revision: TrunkRevision) -> list[Setting]:
    yes, no = _("Yes"), _("No")
    rows: list[tuple[str, str, list[str]]] = [
        ("channels", _("Channels"), [str(revision.channels)]),
        ("source_hosts", _("Addresses you call us from"), list(revision.source_hosts)),
        ("destinations", _("Where we send your calls"), [show_destination(*pair) for pair in revision.destinations]),
        ("strategy", _("Order of destinations"), [revision.get_strategy_display()]),
        ("codecs", _("Codecs, in order"), [", ".join(str(Codec(code).label) for code in revision.codecs)]),
        ("dtmf", _("DTMF"), [revision.get_dtmf_display()]),
        ("fax", _("Fax"), [revision.get_fax_display()]),
        ("number_format", _("Number format"), [revision.get_number_format_display()]),
        ("privacy", _("Privacy header"), [revision.get_privacy_display()]),
        ("international", _("International calls"), [yes if revision.international else no]),
        ("options", _("Check with SIP OPTIONS"), [yes if revision.options else no]),
    ]
    hosts = {"source_hosts", "destinations"}
    return [
        Setting(label, [str(value) for value in values], is_enforced(field), field in hosts)
        for field, label, values in rows
    ]
