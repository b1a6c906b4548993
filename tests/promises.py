"""What must be true of one trunk or number by itself at any time, whatever happened; part of `tests.world`."""

from __future__ import annotations

from itertools import pairwise

from provisioning.enums import OperationKind, Status
from provisioning.models import Operation
from routing.models import Number, OrderedNumber
from routing.models.number import SUBJECT as NUMBER
from routing.subject import NumberSubject
from sbc.documents import NumberDocument, TrunkDocument
from trunks.compile import trunk_document
from trunks.enums import AdminStatus, TrunkKind
from trunks.models import Credential, Trunk, TrunkRevision
from trunks.models.trunk import SUBJECT


def assert_promises_about(trunk: Trunk) -> None:
    """The trunk comes with its revisions `wanted` and `live`."""
    operations = list(Operation.objects.filter(subject_kind=SUBJECT, subject_id=str(trunk.pk)))
    newest, created = operations[0], operations[-1]
    _points_at_its_last_good_revision(trunk, newest)
    has_failed = any(operation.status == Status.FAILED for operation in operations)
    _claims_what_it_uses(trunk, newest, is_over=trunk.gone_at is not None or has_failed)
    never_came = created.status == Status.FAILED
    _keeps_only_passwords_in_use(trunk, newest, is_over=trunk.gone_at is not None or never_came)
    _stops_calls_when_it_says_so(trunk, newest)
    _may_only_be_deleted_after_a_failure(trunk, operations)


def _points_at_its_last_good_revision(trunk: Trunk, newest: Operation) -> None:
    """I7: after RESET the nodes' documents are compiled from the last good revision and password."""
    good = [operation.generation for operation in _successes(trunk, OperationKind.CREATE, OperationKind.UPDATE)]
    revisions = TrunkRevision.objects.filter(trunk=trunk, generation__in=good).order_by("-number")
    assert trunk.live == revisions.first()
    if trunk.withdrawn_at is None and newest.status in {Status.SUCCESS, Status.RESET}:
        assert trunk.wanted == trunk.live
        assert trunk.credential_id == trunk.live_credential_id


def _successes(trunk: Trunk, *wanted: OperationKind) -> list[Operation]:
    ended = Operation.objects.filter(subject_id=str(trunk.pk), status=Status.SUCCESS)
    return list(ended.filter(kind__in=wanted))


def _claims_what_it_uses(trunk: Trunk, newest: Operation, *, is_over: bool) -> None:
    """I6: nothing else is claimed, unless it waits for a node; see `tests.world`."""
    claimed = {claim.address for claim in trunk.claims.filter(released_at=None)}
    used = set[str]()
    if not is_over and trunk.wanted:
        used |= set(trunk.wanted.source_hosts)
        asked_for = trunk.revisions.filter(generation=newest.generation) if newest.is_pending else []
        used |= {host for revision in asked_for for host in revision.source_hosts}
        used |= set(trunk.live.source_hosts) if newest.is_pending and trunk.live else set()
    assert used <= claimed, f"claims of {trunk}"
    assert used == claimed or trunk.claims_to_release, f"claims of {trunk}"
    keys = trunk.connects.call_key(trunk.provider_facts), trunk.connects.exclusive_key(trunk.provider_facts)
    held = (trunk.call_key or "", trunk.exclusive_key or "")
    assert held == (("", "") if is_over else keys) or (trunk.claims_to_release and held == keys)


def _keeps_only_passwords_in_use(trunk: Trunk, newest: Operation, *, is_over: bool) -> None:
    known = set(Credential.objects.filter(trunk=trunk, until=None).values_list("pk", flat=True))
    if trunk.kind != TrunkKind.REGISTERED or is_over:
        assert not Credential.objects.filter(trunk=trunk).exists()
        return
    assert trunk.credential_id in known
    if not newest.is_pending:
        assert known == {trunk.credential_id}


def _stops_calls_when_it_says_so(trunk: Trunk, newest: Operation) -> None:
    """I8: the nodes are told of it, and a suspension is one with a reason."""
    document = trunk_document(trunk)
    assert document is None or isinstance(document, TrunkDocument)
    assert (document is None) == (trunk.withdrawn_at is not None)
    assert document is None or document.admin_status == trunk.admin_status
    suspended = trunk.admin_status == AdminStatus.SYSTEM_DISABLED
    assert (bool(trunk.suspension), bool(trunk.suspended_at)) == (suspended, suspended) or newest.is_pending


def _may_only_be_deleted_after_a_failure(trunk: Trunk, operations: list[Operation]) -> None:
    for later, earlier in pairwise(operations):
        assert earlier.status != Status.FAILED or later.kind == OperationKind.DELETE
    if any(operation.status == Status.FAILED for operation in operations):
        assert trunk.withdrawn_at is not None


def assert_promises_about_number(number: Number) -> None:
    """The number comes with its account, trunk, route and order."""
    operations = list(Operation.objects.filter(subject_kind=NUMBER, subject_id=number.pk))
    newest = operations[0] if operations else None
    assert number.action == (newest.status if newest else "")
    assert all(each.status != Status.FAILED for each in operations if each.kind == OperationKind.DELETE)
    _belongs_to_nobody_or_wholly_to_one(number)
    _is_known_while_it_is_owned(number)
    is_leaving = newest is not None and newest.is_pending and (newest.kind == OperationKind.DELETE or newest.undoing)
    assert (number.leaving_at is not None) == is_leaving, f"{number} is leaving since {number.leaving_at}"


def _belongs_to_nobody_or_wholly_to_one(number: Number) -> None:
    if number.account is None:
        assert (number.trunk, number.route, number.order, number.monthly) == (None, None, None, None)
        return
    for theirs in (number.trunk, number.route, number.order):
        assert theirs is None or theirs.account_id == number.account_id, f"{number} leads to a stranger"
    assert number.trunk is None or number.trunk.gone_at is None
    if number.order is not None:
        line = OrderedNumber.objects.filter(order=number.order, number=number).get()
        assert number.monthly == line.monthly


def _is_known_while_it_is_owned(number: Number) -> None:
    """Its document says whose it is and where it leads, also when that is nowhere."""
    document = NumberSubject().compile(number.pk)
    if number.account is None or number.leaving_at is not None:
        assert document is None
        return
    assert isinstance(document, NumberDocument)
    leads_to = document.account_id, document.trunk_id, document.route_id
    assert leads_to == tuple(str(pk or "") for pk in (number.account_id, number.trunk_id, number.route_id))
