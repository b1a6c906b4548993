"""Creates a trunk: the row, its first revision, its claims, its password, the hold on the money, the operation."""

from __future__ import annotations

from accounts.models import Account, User
from billing.models import Quote
from billing.quotes import Offer
from billing.services import agree, hold
from provisioning.enums import OperationKind
from trunks.endings import hold_reference
from trunks.limits import Room, validate_name_is_free, validate_room
from trunks.models import Trunk, TrunkRevision
from trunks.providers import provider_of
from trunks.services.accepting import accept_trunk
from trunks.services.claims import claim_hosts, claim_provider_keys
from trunks.services.passwords import give_password
from trunks.specification import TrunkSettings, TrunkSpecification


def create_trunk(account: Account, room: Room, spec: TrunkSpecification, offer: Offer, actor: User) -> Trunk:
    """Everything of a new trunk. The account is locked by the caller and `room` was read under that lock.

    Raises ValidationError keyed by field, and billing's NotEnoughCredit.
    """
    validate_name_is_free(room, spec.settings.name)
    validate_room(room, spec.data_centre, spec.settings.channels)
    trunk = _new_row(account, spec, offer, actor)
    trunk.wanted = write_revision(
        trunk, spec.settings, number=1, generation=trunk.generation, quote=trunk.quote, actor=actor
    )
    if trunk.registers:
        give_password(trunk, reader=actor)
    trunk.save(update_fields=["wanted", "username", "credential"])
    claim_hosts(trunk, spec.settings.source_hosts)
    claim_provider_keys(trunk, provider_of(spec.provider), trunk.provider_facts)
    hold(account, offer.first_charge, reference=hold_reference(trunk), description=trunk.name, actor=actor)
    accept_trunk(OperationKind.CREATE, trunk, actor)
    return trunk


def _new_row(account: Account, spec: TrunkSpecification, offer: Offer, actor: User) -> Trunk:
    return Trunk.objects.create(
        account=account,
        name=spec.settings.name,
        kind=spec.kind,
        provider=spec.provider,
        provider_facts=spec.provider_facts,
        plan_id=spec.plan_code,
        quote=agree(account, offer),
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
