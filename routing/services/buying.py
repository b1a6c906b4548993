"""Buys numbers: all of a cart or none, at the price that was shown, each with its hold and its operation."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, User
from accounts.services import limits_of, lock_account, refuse_if_suspended
from billing.errors import NotEnoughCredit
from billing.services import balance_of, hold
from common.errors import Conflict
from provisioning.enums import OperationKind
from provisioning.operations import accept
from routing.endings import hold_reference
from routing.loops import validate_no_loop
from routing.models import Number, NumberOrder, OrderedNumber, Route
from routing.models.number import SUBJECT
from routing.pricing import Line, NumbersOffer, NumbersPriceChanged, offer_for
from routing.services.following import routes_follow
from routing.services.pointing import point
from routing.stock import for_sale
from routing.targets import Target, validate_target

MOST_AT_ONCE = 10


class NumbersTaken(Exception):
    """Somebody else was quicker with these; nothing changed."""

    def __init__(self, taken: list[str]) -> None:
        super().__init__(", ".join(taken))
        self.taken = taken


class Cart(NamedTuple):
    """What one Pay now asks for. `order_id` was made with the page, so that a second attempt finds the first; `seen` is
    the fingerprint of the price on it.
    """

    order_id: UUID
    numbers: Collection[str]
    target: Target
    seen: str


def buy_numbers(account_id: UUID, cart: Cart, actor: User) -> tuple[NumberOrder, bool]:
    """The cart's order, and whether this call placed it.

    Raises AccountSuspended, ValidationError, NumbersTaken, NumbersPriceChanged, billing's NotEnoughCredit; then nothing
    changed.
    """
    with transaction.atomic():
        account = lock_account(account_id)
        if placed := NumberOrder.objects.filter(pk=cart.order_id).first():
            return _own(placed, account), False
        refuse_if_suspended(account)
        validate_cart(account, cart.numbers)
        numbers = _locked(account, cart.numbers)
        target = type(cart.target).objects.get(pk=cart.target.pk) if cart.target else None
        validate_target(target, account.pk, {number.data_centre for number in numbers})
        if isinstance(target, Route):
            validate_no_loop(numbers, target)
        offer = offer_for(numbers, account.currency)
        if offer.fingerprint != cart.seen:
            raise NumbersPriceChanged(offer)
        _refuse_if_short(account, offer)
        order = NumberOrder.objects.create(pk=cart.order_id, account=account, created_by=actor)
        for number, line in zip(numbers, offer.lines, strict=True):
            point(number, target)
            _order(order, number, line, actor)
        routes_follow(account)
        return order, True


def validate_cart(account: Account, picked: Collection[str]) -> None:
    """Raises ValidationError for no number, for too many at a time, and for more than the account may have."""
    if not picked:
        raise ValidationError(_("Choose at least one number"), code="none")
    if len(picked) > MOST_AT_ONCE:
        message = _("Choose at most %(most)s numbers at a time. You have chosen %(count)s")
        raise ValidationError(message, code="many", params={"most": MOST_AT_ONCE, "count": len(picked)})
    most, present = limits_of(account).numbers, Number.objects.filter(account=account).count()
    if present + len(picked) > most:
        words = ngettext(
            "You have %(present)s of %(most)s numbers: %(count)s more is too many. Give one back or ask us for more",
            "You have %(present)s of %(most)s numbers: %(count)s more are too many. Give some back or ask us for more",
            len(picked),
        )
        params = {"present": present, "most": most, "count": len(picked)}
        raise ValidationError(words, code="limit", params=params)


def _own(order: NumberOrder, account: Account) -> NumberOrder:
    """Ids are not guessed: an order of somebody else under this id is a page that was tampered with."""
    if order.account_id != account.pk:
        raise Conflict(_("Your session ended. Your answers are saved. Check them and pay again"), code="V-PAY-3")
    return order


def _locked(account: Account, picked: Collection[str]) -> list[Number]:
    """The rows in order of number, as everybody locks them. Those for which another buyer had to be waited for are
    looked at again afterwards. Raises NumbersTaken.
    """
    rows = Number.objects.select_for_update().filter(pk__in=picked, account=None).order_by("pk")
    locked = [row.pk for row in rows]
    numbers = list(for_sale(account).filter(pk__in=locked).order_by("pk"))
    if missing := set(picked) - {number.pk for number in numbers}:
        raise NumbersTaken(sorted(missing))
    return numbers


def _refuse_if_short(account: Account, offer: NumbersOffer) -> None:
    available = balance_of(account).available
    if available < offer.first_charge:
        raise NotEnoughCredit(available, offer.first_charge)


def _order(order: NumberOrder, number: Number, line: Line, actor: User) -> None:
    account = order.account
    number.account, number.order, number.monthly, number.for_sale_at = account, order, line.monthly, None
    number.generation += 1
    number.save()
    OrderedNumber.objects.create(
        order=order,
        number=number,
        generation=number.generation,
        monthly=line.monthly,
        first_charge=line.first_charge,
    )
    reference = hold_reference(number.pk, number.generation)
    words = _("Number %(number)s") % {"number": number}
    hold(account, line.first_charge, reference=reference, description=words, actor=actor)
    accept(
        OperationKind.CREATE,
        subject_kind=SUBJECT,
        subject_id=number.pk,
        subject_name=number.pk,
        generation=number.generation,
        account=account,
        actor=actor,
    )
