"""Rules about codecs, DTMF, fax and number format, alone and together (V-COD, V-FMT)."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from trunks.enums import Codec, Dtmf, Fax, NumberFormat


def clean_codecs(raw: Iterable[str]) -> list[str]:
    """The codecs in order of preference, duplicates dropped. Raises ValidationError V-COD-1, V-COD-2."""
    codecs = list(dict.fromkeys(raw))
    if not codecs:
        raise ValidationError(_("Select at least one codec"), code="V-COD-1")
    if not set(codecs) <= set(Codec.values):
        raise ValidationError(_("Select a codec from the list"), code="V-COD-2")
    return codecs


def validate_audio(codecs: Iterable[str], dtmf: str, fax: str) -> None:
    """What works alone but not together. Raises ValidationError keyed by field: V-COD-3, V-COD-4."""
    if set(codecs) != {Codec.G729}:
        return
    troubles: dict[str, ValidationError] = {}
    if dtmf == Dtmf.INBAND:
        troubles["dtmf"] = ValidationError(
            _("In-band DTMF does not work reliably with G.729. Add G.711 or choose RFC 2833"), code="V-COD-3"
        )
    if fax == Fax.INBAND:
        troubles["fax"] = ValidationError(
            _("In-band fax needs G.711. Add G.711a or G.711µ, or choose T.38"), code="V-COD-4"
        )
    if troubles:
        raise ValidationError(troubles)


def validate_number_format(number_format: str, *, in_the_us: bool, international: bool) -> None:
    """`in_the_us` says that the equipment is there. Raises ValidationError V-FMT-1."""
    if number_format == NumberFormat.US_NATIONAL and (international or not in_the_us):
        raise ValidationError(
            _("US domestic format only works for calls within the United States. Choose E.164"),
            code="V-FMT-1",
        )
