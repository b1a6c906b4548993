"""Rules about where the equipment is: which orders need a service address, and which one (V-LOC-4, V-LOC-5, V-PL-4)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from addresses.models import ServiceAddress
from billing.enums import PlanCode
from provisioning.models import DataCentre


def validate_address(
    address: ServiceAddress | None, data_centre: DataCentre | None, plan: str, *, in_the_us: bool | None = None
) -> None:
    """`in_the_us`: what was answered about the equipment; None where only the address says it.

    Raises ValidationError V-LOC-4, V-LOC-5 or V-PL-4 when the order needs another service address, or one at all.
    """
    if plan == PlanCode.UNLIMITED and not (address and address.in_the_us):
        raise ValidationError(_("The Unlimited plan needs a service address in the United States"), code="V-PL-4")
    if address is not None:
        _validate_country(address, in_the_us)
    elif data_centre and data_centre.in_the_us:
        message = _("Select a service address. Trunks in %(place)s need one")
        raise ValidationError(message, code="V-LOC-4", params={"place": data_centre.name})
    elif in_the_us:
        message = _("Select a service address. It is required when your equipment is in the United States")
        raise ValidationError(message, code="V-LOC-5")


def _validate_country(address: ServiceAddress, in_the_us: bool | None) -> None:
    if in_the_us and not address.in_the_us:
        message = _(
            "%(address)s is in %(country)s, and you said that your equipment is in the United States. Select the "
            "address where it is, or change that answer"
        )
        raise ValidationError(message, code="V-LOC-5", params={"address": address.name, "country": address.country})
