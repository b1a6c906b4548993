"""Every rule about a service address, once (V-ADR)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from addresses import countries
from common.text import has_control_characters, tidy

if TYPE_CHECKING:
    from addresses.models import ServiceAddress

_MOST = {"name": 64, "street": 100, "suite": 50, "city": 64, "post_code": 16}
_LABELS = {
    "name": _("Name"),
    "street": _("Street"),
    "suite": _("Suite"),
    "city": _("City"),
    "post_code": _("Post code"),
}
_EMPTY = {
    "name": _("Enter a name for this address"),
    "street": _("Enter the street"),
    "city": _("Enter the city"),
}
_PO_BOX = re.compile(r"\bP\.?\s*O\.?\s*B(ox|\.)?\b|\bPost(al)?\s+(Office\s+)?Box\b|\bPostfach\b", re.IGNORECASE)


def clean_address(address: ServiceAddress) -> None:
    """Tidy the address's fields in place. Raises ValidationError keyed by field: V-ADR-1 to V-ADR-5, V-ADR-8."""
    troubles: dict[str, ValidationError] = {}
    for field in _MOST:
        try:
            setattr(address, field, _clean_text(field, getattr(address, field) or ""))
        except ValidationError as trouble:
            troubles[field] = trouble
    if _PO_BOX.search(address.street or ""):
        message = _("Enter the street address where your equipment is. A P.O. box cannot be used")
        troubles.setdefault("street", ValidationError(message, code="V-ADR-5"))
    _clean_place(address, troubles)
    if troubles:
        raise ValidationError(troubles)


def _clean_text(field: str, raw: str) -> str:
    text = tidy(raw)
    if not text and field in _EMPTY:
        raise ValidationError(_EMPTY[field], code="V-ADR-1")
    params = {"field": _LABELS[field], "most": _MOST[field]}
    if has_control_characters(text):
        message = _("%(field)s must not include line breaks or control characters")
        raise ValidationError(message, code="V-ADR-8", params=params)
    if len(text) > _MOST[field]:
        message = _("%(field)s must be %(most)s characters or less")
        raise ValidationError(message, code="V-ADR-8", params=params)
    return text


def _clean_place(address: ServiceAddress, troubles: dict[str, ValidationError]) -> None:
    country = address.country_code
    if not countries.alpha2(country or ""):
        troubles["country_code"] = ValidationError(_("Select a country"), code="V-ADR-1")
        return
    regions = countries.regions_of(country)
    if address.region_code not in regions:
        if address.region_code or countries.needs_region(country):
            message = _("Select a %(region)s") % {"region": countries.region_word(country)}
            troubles["region_code"] = ValidationError(message, code="V-ADR-2")
        address.region_code = ""
    address.post_code = (address.post_code or "").upper()
    if "post_code" not in troubles and (trouble := _post_code_trouble(address)):
        troubles["post_code"] = trouble


def _post_code_trouble(address: ServiceAddress) -> ValidationError | None:
    country, code = address.country_code, address.post_code
    if not code and not countries.needs_post_code(country):
        return None
    if not code or not countries.is_post_code(country, code):
        return _post_code_shape(country)
    if address.region_code and not countries.post_code_fits(country, address.region_code, code):
        return _wrong_region(country, code)
    return None


def _post_code_shape(country: str) -> ValidationError:
    if country == countries.US:
        return ValidationError(_("Enter a ZIP code, like 60601 or 60601-1234"), code="V-ADR-3")
    examples = countries.post_code_examples(country)
    if not examples:
        return ValidationError(_("Enter the post code"), code="V-ADR-1")
    return ValidationError(_("Enter the post code, like %(example)s"), code="V-ADR-1", params={"example": examples[0]})


def _wrong_region(country: str, code: str) -> ValidationError:
    region = countries.region_of_post_code(country, code)
    if country == countries.US and region:
        message = _("ZIP code %(code)s is in %(region)s. Check the state or the ZIP code")
    else:
        message = _("Post code %(code)s does not belong to the region. Check both")
    return ValidationError(message, code="V-ADR-4", params={"code": code, "region": region})
