"""Saves and deletes service addresses."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.services import record
from addresses.models import ServiceAddress

SUBJECT = "address"


def save_address(address: ServiceAddress, actor: User) -> ServiceAddress:
    """Check and save a new or changed address. Raises ValidationError keyed by field, V-ADR-6 for a taken name."""
    try:
        with transaction.atomic():
            added = address._state.adding
            address.full_clean(validate_constraints=False)
            _validate_name_is_free(address)
            address.save()
            _record("address.add" if added else "address.change", address, actor)
    except IntegrityError:
        _validate_name_is_free(address)  # a namesake may have been saved in the same moment
        raise
    return address


def delete_address(address: ServiceAddress, actor: User) -> None:
    """Raises ValidationError V-ADR-7 while a trunk uses it."""
    with transaction.atomic():
        _record("address.delete", address, actor)
        try:
            address.delete()
        except ProtectedError as used:
            names = sorted({str(user) for user in used.protected_objects})
            raise used_by(names) from None


def used_by(names: list[str]) -> ValidationError:
    """Why an address cannot be deleted: V-ADR-7."""
    message = ngettext(
        "Used by %(count)s trunk: %(names)s. Delete that trunk first",
        "Used by %(count)s trunks: %(names)s. Delete those trunks first",
        len(names),
    )
    quoted = ", ".join(f'"{name}"' for name in names)
    return ValidationError(message, code="V-ADR-7", params={"count": len(names), "names": quoted})


def _validate_name_is_free(address: ServiceAddress) -> None:
    namesakes = ServiceAddress.objects.filter(account=address.account, name__iexact=address.name)
    namesake = namesakes.exclude(pk=address.pk).first()
    if namesake is not None:
        message = _('You already have an address called "%(name)s"')
        trouble = ValidationError(message, code="V-ADR-6", params={"name": namesake.name})
        raise ValidationError({"name": trouble})


def _record(action: str, address: ServiceAddress, actor: User) -> None:
    record(
        action,
        account_id=address.account_id,
        actor=actor,
        subject_kind=SUBJECT,
        subject_id=str(address.pk),
        name=address.name,
    )
