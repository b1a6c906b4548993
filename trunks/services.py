"""Changes trunks: create, enable, disable, delete. Every function is one transaction and ends in one operation."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Account, User
from accounts.services import lock_account
from billing.quotes import Offer
from billing.services import agree, hold
from common.errors import Conflict
from provisioning.enums import OperationKind, Status
from provisioning.models import DataCentre
from provisioning.operations import accept, latest_operation
from trunks.enums import AdminStatus
from trunks.limits import Room, validate_name_is_free, validate_room
from trunks.models import HostClaim, Trunk, TrunkRevision
from trunks.models.claim import CONSTRAINT
from trunks.models.trunk import SUBJECT
from trunks.specification import TrunkSpecification
from trunks.subject import hold_reference


def create_trunk(account: Account, room: Room, spec: TrunkSpecification, offer: Offer, actor: User) -> Trunk:
    """Write the trunk, its first revision, its claims, the hold on the money and the operation. The account is locked
    by the caller and `room` was read under that lock.

    Raises ValidationError keyed by field, and billing's NotEnoughCredit.
    """
    validate_name_is_free(room, spec.name)
    validate_room(room, spec.data_centre, spec.channels)
    trunk = Trunk.objects.create(
        account=account,
        kind=spec.kind,
        provider=spec.provider,
        plan_id=spec.plan_code,
        quote=agree(account, offer),
        data_centre=spec.data_centre,
        tls=spec.tls,
        service_address=spec.service_address,
        created_by=actor,
    )
    trunk.wanted = _first_revision(trunk, spec, actor)
    trunk.save(update_fields=["wanted"])
    _claim(trunk, spec.source_hosts)
    hold(account, offer.first_charge, reference=hold_reference(trunk), description=spec.name, actor=actor)
    _accept(OperationKind.CREATE, trunk, actor)
    return trunk


def _first_revision(trunk: Trunk, spec: TrunkSpecification, actor: User) -> TrunkRevision:
    revision = TrunkRevision(
        trunk=trunk,
        number=1,
        name=spec.name,
        channels=spec.channels,
        codecs=spec.codecs,
        dtmf=spec.dtmf,
        fax=spec.fax,
        number_format=spec.number_format,
        privacy=spec.privacy,
        international=spec.international,
        options=spec.options,
        strategy=spec.strategy,
        source_hosts=spec.source_hosts,
        destinations=[list(destination) for destination in spec.destinations],
        challenge_invites=spec.challenge_invites,
        created_by=actor,
    )
    # The foreign keys and the number are ours: looking them up again would cost three statements an order.
    revision.full_clean(exclude=("trunk", "created_by"), validate_unique=False, validate_constraints=False)
    revision.save()
    return revision


def enable_trunk(trunk: Trunk, actor: User) -> None:
    """Allow calls again. Raises Conflict when the trunk is not a disabled one."""
    with transaction.atomic():
        trunk = _lock(trunk)
        _refuse_if_disabled_by_us(trunk)
        _set_admin_status(trunk, AdminStatus.ENABLED, OperationKind.ENABLE, actor)


def disable_trunk(trunk: Trunk, actor: User) -> None:
    """Stop calls. Raises Conflict when the trunk is not an enabled one."""
    with transaction.atomic():
        trunk = _lock(trunk)
        _refuse_if_disabled_by_us(trunk)
        _set_admin_status(trunk, AdminStatus.DISABLED, OperationKind.DISABLE, actor)


def _refuse_if_disabled_by_us(trunk: Trunk) -> None:
    if trunk.admin_status == AdminStatus.SYSTEM_DISABLED:
        raise Conflict(_("This trunk was disabled by us. Contact us about the cause first"), code="V-OP-3")


def _set_admin_status(trunk: Trunk, status: AdminStatus, kind: OperationKind, actor: User) -> None:
    _refuse_if_unusable(trunk)
    if trunk.admin_status == status:
        raise Conflict(_("This trunk is %(status)s already") % {"status": str(status.label).lower()})
    trunk.admin_status = status
    _raise_generation(trunk, "admin_status")
    _accept(kind, trunk, actor)


def delete_trunk(trunk: Trunk, actor: User) -> None:
    """Take the trunk off its nodes for good. Raises Conflict while a change is pending that it cannot overtake."""
    with transaction.atomic():
        trunk = _lock(trunk)
        trunk.withdrawn_at = trunk.withdrawn_at or Now()
        _raise_generation(trunk, "withdrawn_at")
        _accept(OperationKind.DELETE, trunk, actor)


def _lock(trunk: Trunk) -> Trunk:
    """Account first, then trunk: the lock order of `accounts.services.lock_account`."""
    lock_account(trunk.account_id)
    return Trunk.objects.select_for_update(of=("self",)).select_related("wanted", "account").get(pk=trunk.pk)


def _refuse_if_unusable(trunk: Trunk) -> None:
    newest = latest_operation(SUBJECT, str(trunk.pk))
    if trunk.withdrawn_at is not None or (newest and newest.status == Status.FAILED):
        raise Conflict(_("This trunk cannot be changed. Delete it and create a new one"), code="V-OP-4")


def _raise_generation(trunk: Trunk, *changed: str) -> None:
    trunk.generation += 1
    trunk.save(update_fields=["generation", *changed])


def _accept(kind: OperationKind, trunk: Trunk, actor: User) -> None:
    accept(
        kind,
        subject_kind=SUBJECT,
        subject_id=str(trunk.pk),
        subject_name=trunk.name,
        generation=trunk.generation,
        account=trunk.account,
        actor=actor,
    )


def _claim(trunk: Trunk, sources: list[str]) -> None:
    """Claim the source addresses. The constraint decides a race; a deadlock between two claimants is one lost race."""
    for address in sorted(sources):
        try:
            with transaction.atomic():
                HostClaim.objects.create(trunk=trunk, data_centre=trunk.data_centre, address=address)
        except (IntegrityError, OperationalError) as lost:
            if CONSTRAINT not in str(lost) and "deadlock" not in str(lost):
                raise
            raise taken(trunk.account, trunk.data_centre, address) from None


def taken(account: Account, data_centre: DataCentre, address: str) -> ValidationError:
    """Why the address cannot be claimed: V-IP-15 names the account's own trunk, V-IP-14 names nobody."""
    claim = (
        HostClaim.objects.filter(data_centre=data_centre, address=address, released_at=None)
        .select_related("trunk__wanted")
        .first()
    )
    if claim and claim.trunk.account_id == account.pk:
        message = _('%(ip)s is already used by "%(name)s" in %(place)s. Choose another address')
        params = {"ip": address, "name": claim.trunk.name, "place": data_centre.name}
        return ValidationError({"sources": ValidationError(message, code="V-IP-15", params=params)})
    message = _(
        "%(ip)s cannot be used because it is registered to another customer. If it is yours, prove that you control it"
    )
    return ValidationError({"sources": ValidationError(message, code="V-IP-14", params={"ip": address})})
