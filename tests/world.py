"""The one check of the world: nothing lost, charged twice or orphaned. Called after every fault, when all is quiet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Account, AuditEvent
from billing.enums import EntryKind
from billing.models import LedgerEntry
from provisioning.enums import NEVER_GIVES_UP, OperationKind, Status
from provisioning.models import NodeState, Operation, SbcNode
from provisioning.registry import kinds, subject_of
from sbc.client import NodeClient
from trunks.models import HostClaim, Trunk
from trunks.models.trunk import SUBJECT
from trunks.subject import hold_reference


def assert_world_consistent(nodes: Iterable[SbcNode] | None = None, *, orders: Iterable[UUID] = ()) -> None:
    """`nodes` are those that can be read now (all of them if not given); `orders` the trunks that were accepted."""
    reachable = list(SbcNode.objects.all() if nodes is None else nodes)
    _orders_exist(set(orders))
    _money_adds_up()
    _operations_end(reachable)
    _endings_are_proven(reachable)
    _claims_have_one_owner()
    _changes_are_audited()
    for node in reachable:
        _holds_what_is_wanted(node)


def _orders_exist(orders: set[UUID]) -> None:
    assert set(Trunk.objects.filter(pk__in=orders).values_list("pk", flat=True)) == orders
    created = Operation.objects.filter(kind=OperationKind.CREATE, subject_kind=SUBJECT)
    ordered = Counter(created.values_list("subject_id", flat=True))
    assert ordered == Counter(str(pk) for pk in Trunk.objects.values_list("pk", flat=True))


def _money_adds_up() -> None:
    endings = {Status.SUCCESS: {EntryKind.CAPTURE}, Status.FAILED: {EntryKind.RELEASE}, Status.PENDING: set()}
    held = Counter[UUID]()
    for trunk in Trunk.objects.select_related("quote"):
        created = Operation.objects.get(kind=OperationKind.CREATE, subject_id=str(trunk.pk))
        entries = list(LedgerEntry.objects.filter(reference=hold_reference(trunk)))
        expected = {EntryKind.HOLD} | endings[Status(created.status)]
        assert Counter(entry.kind for entry in entries) == Counter(expected), (trunk, created.status, entries)
        by_kind = {entry.kind: entry for entry in entries}
        assert by_kind[EntryKind.HOLD].held_change == trunk.quote.first_charge
        if EntryKind.CAPTURE in by_kind:
            assert by_kind[EntryKind.CAPTURE].balance_change == -trunk.quote.first_charge
        if created.is_pending:
            held[trunk.account_id] += trunk.quote.first_charge
    for account in Account.objects.all():
        sums = account.ledger.aggregate(balance=Sum("balance_change"), held=Sum("held_change"))
        assert (sums["held"] or Decimal(0)) == held[account.pk], f"{account} has {sums['held']} held"
        assert (sums["balance"] or Decimal(0)) >= 0


def _operations_end(reachable: list[SbcNode]) -> None:
    pending = Operation.objects.filter(status=Status.PENDING)
    for subject, count in Counter(pending.values_list("subject_kind", "subject_id")).items():
        assert count == 1, f"{subject} has {count} pending operations"
    for operation in pending:
        if operation.kind in NEVER_GIVES_UP:
            nodes = subject_of(operation.subject_kind).assigned_nodes(operation.subject_id)
            assert set(nodes) - set(reachable), f"{operation} waits for nobody"
        else:
            assert operation.deadline_at is not None
            assert operation.deadline_at + settings.OPERATION_DEADLINE > timezone.now(), f"{operation} is too old"


def _endings_are_proven(reachable: list[SbcNode]) -> None:
    for trunk in Trunk.objects.all():
        newest = Operation.objects.filter(subject_kind=SUBJECT, subject_id=str(trunk.pk)).first()
        assert newest is not None
        assert newest.generation == trunk.generation
        if newest.is_pending:
            continue
        states = {state.node_id: state for state in NodeState.objects.filter(subject_id=str(trunk.pk))}
        for node in trunk.data_centre.nodes.filter(pk__in=[node.pk for node in reachable]):
            state = states[node.pk]
            assert state.verified, f"{newest} is {newest.status}, but {node} is not verified: {state.last_error}"
            assert state.wanted_generation == trunk.generation
        if newest.kind == OperationKind.DELETE:
            assert (newest.status, trunk.gone_at is None) == (Status.SUCCESS, False)


def _claims_have_one_owner() -> None:
    live = list(HostClaim.objects.filter(released_at=None))
    assert all(count == 1 for count in Counter((claim.data_centre_id, claim.address) for claim in live).values())
    for trunk in Trunk.objects.select_related("wanted"):
        over = trunk.gone_at is not None or _create_failed(trunk)
        claimed = {claim.address for claim in live if claim.trunk_id == trunk.pk}
        assert trunk.wanted is not None
        assert claimed == (set() if over else set(trunk.wanted.source_hosts)), f"claims of {trunk}"


def _create_failed(trunk: Trunk) -> bool:
    created = Operation.objects.filter(kind=OperationKind.CREATE, subject_id=str(trunk.pk))
    return created.get().status == Status.FAILED


def _changes_are_audited() -> None:
    lines = Counter(
        (event.action, event.details["operation"])
        for event in AuditEvent.objects.filter(details__has_key="operation").exclude(action__endswith="reconcile")
    )
    expected = Counter[tuple[str, str]]()
    for operation in Operation.objects.all():
        action = f"{operation.subject_kind}.{operation.kind}".lower()
        expected[action, str(operation.pk)] += 1
        if not operation.is_pending:
            expected[f"{action}.{operation.status}".lower(), str(operation.pk)] += 1
    assert lines == expected


def _holds_what_is_wanted(node: SbcNode) -> None:
    """Neither an orphan nor a gap, and every key in the node's own tables as it should be."""
    client = _client(node.agent_url, settings.NODE_TOKEN)
    for kind in kinds():
        held = {entry.id for entry in client.list(kind)}
        states = {state.subject_id: state for state in NodeState.objects.filter(node=node, subject_kind=kind)}
        assert held <= states.keys(), f"{node} has orphans: {held - states.keys()}"
        for subject_id, state in states.items():
            if _is_pending(kind, subject_id):
                continue
            document = subject_of(kind).compile(subject_id)
            assert state.wanted_hash == (document.hash if document else "")
            read = client.read(kind, subject_id)
            assert state.is_met_by(read), f"{node} has {read} of {kind} {subject_id}, wanted {state.fence}"
            assert (subject_id in held) == (document is not None)
    for trunk in Trunk.objects.exclude(withdrawn_at=None):
        read = client.read(SUBJECT, str(trunk.pk))
        gone = read is None or not read.present
        assert gone or _is_pending(SUBJECT, str(trunk.pk)), f"{node} still has {trunk}"


def _is_pending(kind: str, subject_id: str) -> bool:
    return Operation.objects.filter(subject_kind=kind, subject_id=subject_id, status=Status.PENDING).exists()


@cache
def _client(url: str, token: str) -> NodeClient:
    """Patient, unlike the portal's own: a busy machine is not a fault."""
    return NodeClient(url, token, timeout=10)
