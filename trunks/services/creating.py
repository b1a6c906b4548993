"""Creates a trunk: the row, its first revision, its claims, its password, the hold on the money, the operation."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from accounts.models import Account, User
from billing.models import Quote
from billing.quotes import Offer
from billing.services import agree, hold
from common.text import shorten
from provisioning.enums import OperationKind
from trunks.endings import hold_reference
from trunks.limits import Room, validate_name_is_free, validate_room
from trunks.models import Trunk, TrunkRevision
from trunks.providers import provider_of
from trunks.services.accepting import accept_trunk
from trunks.services.claims import claim_hosts, claim_provider_keys
from trunks.services.judging import judged
from trunks.services.passwords import give_password
from trunks.specification import TrunkSettings, TrunkSpecification
from trunks.validators.place import validate_address


def create_trunk(account: Account, room: Room, spec: TrunkSpecification, offer: Offer, actor: User) -> Trunk:
    """Everything of a new trunk. The account is locked by the caller and `room` was read under that lock.

    Raises ValidationError keyed by field, and billing's NotEnoughCredit.
    """
    trunk = _row(account, spec, actor)
    settings = judged(trunk, spec.settings)
    _validate_place(spec)
    validate_name_is_free(account, settings.name)
    validate_room(room, spec.data_centre, settings.channels)
    trunk.name, trunk.quote = settings.name, agree(account, offer)
    trunk.save()
    trunk.wanted = write_revision(
        trunk, settings, number=1, generation=trunk.generation, quote=trunk.quote, actor=actor
    )
    if trunk.registers:
        give_password(trunk, reader=actor)
    trunk.save(update_fields=["wanted", "username", "credential"])
    claim_hosts(trunk, settings.source_hosts)
    claim_provider_keys(trunk, trunk.connects, trunk.provider_facts)
    hold(account, offer.first_charge, reference=hold_reference(trunk), description=_sold(trunk, settings), actor=actor)
    accept_trunk(OperationKind.CREATE, trunk, actor)
    return trunk


def _sold(trunk: Trunk, settings: TrunkSettings) -> str:
    """What the ledger says; the name is cut so that it fits."""
    words = ngettext("Order of %(name)s, %(n)s channel", "Order of %(name)s, %(n)s channels", settings.channels)
    return words % {"name": shorten(trunk.name), "n": settings.channels}


def _validate_place(spec: TrunkSpecification) -> None:
    try:
        validate_address(spec.service_address, spec.data_centre, spec.plan_code, in_the_us=spec.in_the_us)
    except ValidationError as trouble:
        raise ValidationError({"service_address": trouble}) from None


def _row(account: Account, spec: TrunkSpecification, actor: User) -> Trunk:
    """Not saved. Raises the provider's ValidationError about its own fields."""
    return Trunk(
        account=account,
        name=spec.settings.name,
        kind=spec.kind,
        provider=spec.provider,
        provider_facts=provider_of(spec.provider).clean(spec.provider_facts),
        plan_id=spec.plan_code,
        data_centre=spec.data_centre,
        tls=spec.tls,
        service_address=spec.service_address,
        created_by=actor,
    )


def write_revision(
    trunk: Trunk, settings: TrunkSettings, *, number: int, generation: int, quote: Quote, actor: User | None
) -> TrunkRevision:
    """A new revision, asked for by the operation of that generation. Raises ValidationError keyed by field."""
    revision = TrunkRevision(
        trunk=trunk, number=number, generation=generation, quote=quote, created_by=actor, **settings.columns()
    )
    # The foreign keys and the number are ours: looking them up again would cost four statements an order.
    revision.full_clean(exclude=("trunk", "quote", "created_by"), validate_unique=False, validate_constraints=False)
    revision.save()
    return revision
