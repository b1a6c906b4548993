"""Claims on what only one customer may use: source addresses, and a provider's keys."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Account
from provisioning.models import DataCentre
from trunks.models import HostClaim, Trunk
from trunks.models.claim import CONSTRAINT
from trunks.models.trunk import CALL_KEY_CONSTRAINT, EXCLUSIVE_CONSTRAINT
from trunks.providers import Facts, Provider


def claim_hosts(trunk: Trunk, sources: list[str]) -> None:
    """Claim the source addresses that the trunk does not hold yet. The constraint decides a race; a deadlock between
    two claimants is one lost race.

    Raises ValidationError keyed by `sources`: V-IP-14, V-IP-15.
    """
    held = trunk.claims.filter(released_at=None).values_list("address", flat=True)
    for address in sorted(set(sources).difference(held)):
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
    if claim and claim.trunk.account_id == account.pk and claim.trunk.withdrawn_at is not None:
        return _leaving(claim)
    if claim and claim.trunk.account_id == account.pk:
        message = _('%(ip)s is already used by "%(name)s" in %(place)s. Choose another address')
        params = {"ip": address, "name": claim.trunk.name, "place": data_centre.name}
        return ValidationError({"sources": ValidationError(message, code="V-IP-15", params=params)})
    message = _(
        "%(ip)s cannot be used because it is registered to another customer. If it is yours, prove that you control it"
    )
    return ValidationError({"sources": ValidationError(message, code="V-IP-14", params={"ip": address})})


def _leaving(claim: HostClaim) -> ValidationError:
    """V-IP-15 of a trunk that will never use the address again, once its nodes were read back not to have it."""
    if claim.trunk.never_came:
        message = _(
            '%(ip)s is still held by the order of "%(name)s" that failed, until every node has confirmed that it does '
            "not have it. Try again in some minutes, or choose another address"
        )
    else:
        message = _(
            '%(ip)s is still held by "%(name)s", which is being taken off its nodes, until every node has confirmed '
            "that. Try again in some minutes, or choose another address"
        )
    params = {"ip": claim.address, "name": claim.trunk.name}
    return ValidationError({"sources": ValidationError(message, code="V-IP-15", params=params)})


def claim_provider_keys(trunk: Trunk, provider: Provider, facts: Facts) -> None:
    """Claim what the provider's calls are told apart by. The account is locked; between accounts the constraints decide
    a race.

    Raises the provider's ValidationError, keyed by field: V-FW-3, V-GE-4, V-GE-5.
    """
    call_key, exclusive_key = provider.call_key(facts) or None, provider.exclusive_key(facts) or None
    if call_key is None and exclusive_key is None:
        return
    own = Trunk.objects.filter(account=trunk.account_id, data_centre=trunk.data_centre_id, provider=provider.code)
    if call_key and not provider.shares_channels and own.filter(call_key=call_key).exists():
        raise provider.call_key_taken()
    trunk.call_key, trunk.exclusive_key = call_key, exclusive_key
    try:
        with transaction.atomic():
            trunk.save(update_fields=["call_key", "exclusive_key"])
    except IntegrityError as lost:
        if EXCLUSIVE_CONSTRAINT in str(lost):
            mine = Trunk.objects.filter(exclusive_key=exclusive_key, account=trunk.account_id).exists()
            raise provider.taken(mine=mine) from None
        if CALL_KEY_CONSTRAINT in str(lost):
            raise provider.call_key_taken() from None
        raise


def validate_keys_are_free(account: Account, data_centre: DataCentre, provider: Provider, facts: Facts) -> None:
    """What `claim_provider_keys` would say now, for people who are still typing."""
    call_key, exclusive_key = provider.call_key(facts), provider.exclusive_key(facts)
    if not (call_key or exclusive_key):
        return
    alike = Q(data_centre=data_centre, provider=provider.code, call_key=call_key)
    if provider.shares_channels:
        alike &= ~Q(account=account)
    rivals = Trunk.objects.filter(Q(exclusive_key=exclusive_key) | alike).values_list("exclusive_key", "account")
    for its_key, owner in rivals.order_by("pk"):
        raise provider.taken(mine=owner == account.pk) if its_key == exclusive_key else provider.call_key_taken()
