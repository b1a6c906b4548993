"""The one check of the world: nothing lost, charged twice or orphaned. Called after every fault, when all is quiet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from uuid import UUID

import httpx
from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Account, AuditEvent
from billing.enums import EntryKind
from billing.models import LedgerEntry
from provisioning.enums import NEVER_GIVES_UP, OperationKind, Status
from provisioning.models import NodeState, Operation, SbcNode
from provisioning.registry import kinds, subject_of
from routing.endings import hold_reference as number_reference
from routing.models import Number, OrderedNumber, Route
from routing.models.number import SUBJECT as NUMBER
from sbc.client import NodeClient
from tests.promises import assert_promises_about, assert_promises_about_number
from tests.route_promises import assert_promises_about_route
from trunks.endings import hold_reference
from trunks.models import HostClaim, Trunk, TrunkRevision
from trunks.models.trunk import SUBJECT
from trunks.releasing import release_waiting

MONEY_ENDS = {
    Status.SUCCESS: {EntryKind.CAPTURE},
    Status.FAILED: {EntryKind.RELEASE},
    Status.RESET: {EntryKind.RELEASE},
    Status.PENDING: set(),
}


def assert_world_consistent(nodes: Iterable[SbcNode] | None = None, *, orders: Iterable[UUID] = ()) -> None:
    """`nodes` are those that can be read now (all of them if not given); `orders` the trunks that were accepted."""
    reachable = list(SbcNode.objects.all() if nodes is None else nodes)
    _orders_exist(set(orders))
    _money_adds_up()
    _operations_end(reachable)
    _endings_are_proven(reachable)
    _claims_have_one_owner()
    _claims_are_given_back(reachable)
    for trunk in Trunk.objects.select_related("wanted", "live"):
        assert_promises_about(trunk)
    for route in Route.objects.select_related("wanted", "live"):
        assert_promises_about_route(route, reachable)
    for number in Number.objects.select_related("account", "trunk", "route", "order"):
        assert_promises_about_number(number)
    _numbers_are_proven(reachable)
    _changes_are_audited()
    for node in reachable:
        _holds_what_is_wanted(node)
    for node in SbcNode.objects.all():
        _lets_in_only_who_claims(node)


def _orders_exist(orders: set[UUID]) -> None:
    """I11."""
    assert set(Trunk.objects.filter(pk__in=orders).values_list("pk", flat=True)) == orders
    created = Operation.objects.filter(kind=OperationKind.CREATE, subject_kind=SUBJECT)
    ordered = Counter(created.values_list("subject_id", flat=True))
    assert ordered == Counter(str(pk) for pk in Trunk.objects.values_list("pk", flat=True))


def _money_adds_up() -> None:
    """I1 and I2: every hold is ended once, as its operation ended, and there is nothing else."""
    entries = list(LedgerEntry.objects.exclude(kind=EntryKind.CREDIT))
    held, charged = Counter[UUID](), Counter[UUID]()
    for operation, account, reference, price in [*_priced_operations(), *_bought_numbers()]:
        ours = {entry.kind: entry for entry in entries if entry.reference == reference}
        expected = {EntryKind.HOLD} | MONEY_ENDS[Status(operation.status)]
        assert sum(entry.reference == reference for entry in entries) == len(ours)
        assert ours.keys() == expected, (reference, operation.kind, operation.status, ours)
        assert ours[EntryKind.HOLD].held_change == price
        held[account] += price if operation.is_pending else 0
        charged[account] += price if EntryKind.CAPTURE in ours else 0
        entries = [entry for entry in entries if entry.reference != reference]
    assert not entries, f"money moved for nothing: {entries}"
    for account in Account.objects.all():
        sums = account.ledger.aggregate(balance=Sum("balance_change"), held=Sum("held_change"))
        given = account.ledger.filter(kind=EntryKind.CREDIT).aggregate(sum=Sum("balance_change"))["sum"] or Decimal(0)
        assert (sums["held"] or Decimal(0)) == held[account.pk], f"{account} has {sums['held']} held"
        assert (sums["balance"] or Decimal(0)) == given - charged[account.pk] >= 0


Priced = tuple[Operation, UUID, str, Decimal]


def _bought_numbers() -> Iterator[Priced]:
    """Each line of an order has its operation and its hold."""
    for line in OrderedNumber.objects.select_related("order"):
        operation = Operation.objects.get(subject_kind=NUMBER, subject_id=line.number_id, generation=line.generation)
        assert (operation.kind, operation.account_id) == (OperationKind.CREATE, line.order.account_id)
        reference = number_reference(line.number_id, line.generation)
        yield operation, line.order.account_id, reference, line.first_charge


def _priced_operations() -> Iterator[Priced]:
    """Orders of trunks, and changes that cost something: each agreed on a quote of its own."""
    for trunk in Trunk.objects.select_related("quote"):
        operations = {operation.generation: operation for operation in Operation.objects.filter(subject_id=trunk.pk)}
        created = next(each for each in operations.values() if each.kind == OperationKind.CREATE)
        yield created, trunk.account_id, hold_reference(trunk), trunk.quote.first_charge
        quotes = {trunk.quote_id}
        for revision in TrunkRevision.objects.filter(trunk=trunk).select_related("quote").order_by("number"):
            operation = operations[revision.generation]
            if revision.quote_id not in quotes and revision.quote.first_charge:
                yield operation, trunk.account_id, hold_reference(trunk, operation), revision.quote.first_charge
            quotes.add(revision.quote_id)


def _operations_end(reachable: list[SbcNode]) -> None:
    """I4."""
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
    """I5: what ended was read back from every node that can be reached."""
    for trunk in Trunk.objects.all():
        newest = Operation.objects.filter(subject_kind=SUBJECT, subject_id=str(trunk.pk)).first()
        assert newest is not None
        assert newest.generation == trunk.generation
        assert trunk.action == newest.status
        assert trunk.wanted is not None
        assert trunk.name == trunk.wanted.name
        if newest.is_pending:
            continue
        states = {state.node_id: state for state in NodeState.objects.filter(subject_id=str(trunk.pk))}
        for node in trunk.data_centre.nodes.filter(pk__in=[node.pk for node in reachable]):
            state = states[node.pk]
            assert state.verified, f"{newest} is {newest.status}, but {node} is not verified: {state.last_error}"
            assert state.wanted_generation == trunk.generation
        if newest.kind == OperationKind.DELETE:
            assert (newest.status, trunk.gone_at is None) == (Status.SUCCESS, False)


def _numbers_are_proven(reachable: list[SbcNode]) -> None:
    """I5 and I3: what an account owns was read back from every node of its home that can be reached, and what nobody
    owns from none.
    """
    for number in Number.objects.all():
        states = {state.node_id: state for state in NodeState.objects.filter(subject_kind=NUMBER, subject_id=number.pk)}
        if _is_pending(NUMBER, number.pk):
            continue
        for node in number.data_centre.nodes.filter(pk__in=[node.pk for node in reachable]):
            state = states.get(node.pk)
            assert state is not None or number.account_id is None, f"{node} was never asked for {number}"
            assert state is None or state.verified, f"{number} is not verified on {node}: {state.last_error}"
            assert state is None or state.wants_absent == (number.account_id is None)


def _claims_have_one_owner() -> None:
    """I6. Which trunk claims what is in tests.promises."""
    live = HostClaim.objects.filter(released_at=None).values_list("data_centre", "address")
    assert all(count == 1 for count in Counter(live).values())


def _claims_are_given_back(reachable: list[SbcNode]) -> None:
    """I6: nothing is claimed for ever. What the next sweep would release is released."""
    release_waiting()
    for trunk in Trunk.objects.filter(claims_to_release=True):
        owed = NodeState.objects.filter(subject_id=str(trunk.pk), verified=False).exclude(node__in=reachable)
        assert owed.exists() or _is_pending(SUBJECT, str(trunk.pk)), f"{trunk} waits for nobody"


def _changes_are_audited() -> None:
    """I9."""
    lines = Counter(
        (event.action, event.details["operation"])
        for event in AuditEvent.objects.filter(details__has_key="operation").exclude(action__startswith="operation.")
    )
    expected = Counter[tuple[str, str]]()
    for operation in Operation.objects.all():
        action = f"{operation.subject_kind}.{operation.kind}".lower()
        expected[action, str(operation.pk)] += 1
        if not operation.is_pending:
            expected[f"{action}.{operation.status}".lower(), str(operation.pk)] += 1
    assert lines == expected


def _holds_what_is_wanted(node: SbcNode) -> None:
    """I3 and I8: neither an orphan nor a gap, and every key in the node's own tables as it should be."""
    client = _client(node.agent_url, settings.NODE_TOKEN)
    for kind in kinds():
        held = {entry.id for entry in client.list(kind)}
        states = {state.subject_id: state for state in NodeState.objects.filter(node=node, subject_kind=kind)}
        assert held <= states.keys(), f"{node} has orphans: {held - states.keys()}"
        for subject_id, state in states.items():
            if _is_pending(kind, subject_id):
                continue
            document = subject_of(kind).compile(subject_id)
            # A route may have left the node: none of its trunks is there any more.
            has_left = state.wants_absent and node not in subject_of(kind).assigned_nodes(subject_id)
            assert has_left or state.wanted_hash == (document.hash if document else "")
            read = client.read(kind, subject_id)
            assert state.is_met_by(read), f"{node} has {read} of {kind} {subject_id}, wanted {state.fence}"
            assert (subject_id in held) != state.wants_absent
    for trunk in Trunk.objects.exclude(withdrawn_at=None):
        read = client.read(SUBJECT, str(trunk.pk))
        gone = read is None or not read.present
        assert gone or _is_pending(SUBJECT, str(trunk.pk)), f"{node} still has {trunk}"


def _lets_in_only_who_claims(node: SbcNode) -> None:
    """I6: also a node that the portal does not reach at the moment; one that is really off lets nobody in."""
    try:
        sources = httpx.get(f"{node.agent_url}/v1/sources", headers={"Authorization": f"Bearer {settings.NODE_TOKEN}"})
    except httpx.TransportError:
        return
    if sources.status_code == httpx.codes.NOT_FOUND:  # a real node: calls show whom it lets in
        return
    claims = HostClaim.objects.filter(data_centre=node.data_centre_id, released_at=None)
    owners = {address: str(trunk) for address, trunk in claims.values_list("address", "trunk")}
    for address, trunk_id in sources.raise_for_status().json().items():
        assert owners.get(address) == trunk_id, f"{node} lets {address} in for {trunk_id}"


def _is_pending(kind: str, subject_id: str) -> bool:
    return Operation.objects.filter(subject_kind=kind, subject_id=subject_id, status=Status.PENDING).exists()


@cache
def _client(url: str, token: str) -> NodeClient:
    """Patient, unlike the portal's own: a busy machine is not a fault."""
    return NodeClient(url, token, timeout=10)
