"""Points numbers at trunks and routes, and gives them to accounts and takes them away on behalf of staff."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Account, User
from accounts.services import lock_account, record, refuse_if_suspended
from common.errors import Conflict
from provisioning.operations import STILL_APPLIED
from provisioning.wanted import nudge_nodes, want
from routing.endings import rest
from routing.loops import validate_no_loop
from routing.models import Number, Route
from routing.models.number import SUBJECT
from routing.services.following import routes_follow
from routing.targets import Target, validate_target
from trunks.models import Trunk


def assign_number(number: Number, target: Target, actor: User | None) -> None:
    """From now on the number's calls go to the trunk or the route, or nowhere. A nudge brings it to the nodes, else the
    sweep. A number of nobody becomes the target's account's.

    Raises Conflict when the target takes no calls, for a number that is being activated or given back (V-OP-1), has
    another account by now, or whose account is suspended.
    """
    with transaction.atomic():
        seen = number.account_id
        number = lock_number(number, target.account_id if target else None)
        if number.account_id != seen:
            raise Conflict(_("This number is not yours any more"))
        if number.account is not None:
            refuse_if_suspended(number.account)
        refuse_while_pending(number)
        if target is not None and number.account is None:
            _give(number, target.account)
        refuse_unfit(number, target)
        lead_to(number, target, actor)


def give_number(number: Number, account: Account | None, target: Target, actor: User | None) -> None:
    """Staff give the number to an account, or take it away (None): nothing is charged and no limit asked. One that is
    taken away rests before it is for sale. Raises Conflict like `assign_number`.
    """
    with transaction.atomic():
        number = lock_number(number, account.pk if account else None)
        refuse_while_pending(number)
        before = number.account_id
        if account is None and before is not None:
            rest(number)
        elif account is not None and account.pk != before:
            _give(number, account)
        refuse_unfit(number, target)
        point(number, target)
        publish(number)
        _record("number.give" if account else "number.take", number, number.account_id or before, actor)


def lock_number(number: Number, *accounts: UUID | None) -> Number:
    """The number's row, locked after its account and the given ones (the lock order): under an account's lock none of
    its trunks and routes can go. Raises Conflict when it went to another account in that moment.
    """
    holder = Number.objects.values_list("account", flat=True).get(pk=number.pk)
    wanted = {account for account in (holder, *accounts) if account}
    for account in sorted(wanted):
        lock_account(account)
    locked = Number.objects.select_for_update().get(pk=number.pk)
    if locked.account_id is not None and locked.account_id not in wanted:
        raise Conflict
    return locked


def refuse_while_pending(number: Number) -> None:
    """Raises Conflict (V-OP-1) while the number is being activated or given back. The number is locked."""
    if number.is_pending:
        raise Conflict(str(STILL_APPLIED), code="V-OP-1")


def refuse_unfit(number: Number, target: Target) -> None:
    """Raises Conflict when the number cannot lead there. The account is locked."""
    if target is not None:
        target = type(target).objects.get(pk=target.pk)
    try:
        validate_target(target, number.account_id, [number.data_centre])
        if isinstance(target, Route):
            validate_no_loop([number], target)
    except ValidationError as trouble:
        raise Conflict(trouble.messages[0]) from None


def unassign_numbers(trunk: Trunk) -> None:
    """The trunk is gone: its numbers lead nowhere until somebody points them elsewhere, also those that are being
    activated.
    """
    lead_nowhere(Number.objects.filter(trunk=trunk))


def lead_nowhere(numbers: QuerySet[Number]) -> None:
    """From now on these lead nowhere, because what they led to is no more. The accounts are locked."""
    for found in numbers.order_by("pk"):
        lead_to(lock_number(found), None, None)


def lead_to(number: Number, target: Target, actor: User | None) -> None:
    """From now on the number's calls go there. The number is locked, and fits."""
    point(number, target)
    publish(number)
    _record("number.assign", number, number.account_id, actor)


def point(number: Number, target: Target) -> None:
    """Without saving it."""
    number.trunk = target if isinstance(target, Trunk) else None
    number.route = None if isinstance(target, Trunk) else target


def publish(number: Number) -> None:
    """Save the number and say what its nodes must have. Inside a transaction, the number's row locked or new."""
    number.generation += 1
    number.save()
    want(SUBJECT, number.pk, generation=number.generation, epoch=1)
    transaction.on_commit(lambda: nudge_nodes(SUBJECT, number.pk), robust=True)


def _give(number: Number, account: Account) -> None:
    number.account, number.for_sale_at = account, None
    number.order = number.monthly = None
    number.save(update_fields=["account"])
    routes_follow(account)


def _record(action: str, number: Number, account_id: UUID | None, actor: User | None) -> None:
    trunk, route = (str(pk) if pk else None for pk in (number.trunk_id, number.route_id))
    about = {"subject_kind": SUBJECT, "subject_id": number.pk}
    record(action, account_id=account_id, actor=actor, **about, trunk=trunk, route=route)
