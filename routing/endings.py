"""The consequences of how buying a number, or giving it back, ended; inside the settling transaction, rows locked."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from billing.services import capture, release
from provisioning.enums import OperationKind, Status
from provisioning.models import Operation
from routing.models import Number
from routing.models.number import SUBJECT


def hold_reference(e164: str, generation: int) -> str:
    """What the money held for a number is filed under, by the generation of the operation that activates it."""
    return f"{SUBJECT}:{e164}:{generation}"


def settle_number(number: Number, operation: Operation) -> None:
    """Its nodes have what was asked for, or never will."""
    if operation.kind == OperationKind.CREATE:
        end = capture if operation.status == Status.SUCCESS else release
        if operation.account is not None:
            end(operation.account, reference=hold_reference(number.pk, operation.generation))
        if operation.status == Status.FAILED:
            _let_go(number)
            number.save()
    elif operation.kind == OperationKind.DELETE and operation.status == Status.SUCCESS:
        rest(number)
        number.save()


def rest(number: Number) -> None:
    """Nobody's any more, and for a while nobody else's either: callers still dial it. Without saving it."""
    _let_go(number)
    number.for_sale_at = timezone.now() + settings.NUMBER_RESTS_FOR


def _let_go(number: Number) -> None:
    number.account = number.trunk = number.route = number.order = None
    number.monthly = number.leaving_at = number.for_sale_at = None
