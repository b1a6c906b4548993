"""How a trunk's sound is carried: RTPengine's flags for what the trunk may be offered, and for what it may offer.

What all trunks have in common is in sbc/kamailio/rtpengine.cfg, which puts the flags together for each session.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sbc.documents import TrunkDocument

CODECS = ("PCMA", "PCMU", "G729")  # what RTPengine turns into each other for us
DTMF = ("RFC2833", "INBAND")
FAX = ("NONE", "T38", "INBAND")
_EVENTS = "telephone-event"


def media_members(trunk: TrunkDocument) -> dict[str, Any]:
    """The members of a trunk's value that are about media. Raises ValueError for a word that is not known."""
    if not trunk.codecs or not set(trunk.codecs) <= set(CODECS):
        raise ValueError(f"{trunk.codecs!r} are not codecs")
    if trunk.dtmf not in DTMF or trunk.fax not in FAX:
        raise ValueError(f"{trunk.dtmf!r} or {trunk.fax!r} is not a way to send DTMF or fax")
    return {
        "srtp": int(trunk.tls),
        "fax": _fax(trunk),
        "codecs": _quoted(",", trunk.codecs),
        "to_trunk": _quoted(" ", [*_flags("transcode", trunk.codecs), *_events_to_trunk(trunk)]),
        "to_carrier": _quoted(" ", [*_flags("offer", _offered(trunk)), *_flags("accept", _offered(trunk))]),
    }


def _fax(trunk: TrunkDocument) -> str:
    """T.38 has no encryption, so on a trunk with TLS fax is sound, which has."""
    return "INBAND" if trunk.tls and trunk.fax == "T38" else trunk.fax


def _events_to_trunk(trunk: TrunkDocument) -> list[str]:
    """A consumed event becomes a tone. Masked and offered anew, it passes, or is made from the tones that are heard."""
    if trunk.dtmf == "INBAND":
        return _flags("consume", [_EVENTS])
    return [*_flags("mask", [_EVENTS]), *_flags("transcode", [_EVENTS])]


def _offered(trunk: TrunkDocument) -> list[str]:
    """What of a trunk's own offer reaches the carrier, in the trunk's order."""
    return [*trunk.codecs, _EVENTS] if trunk.dtmf == "RFC2833" else [*trunk.codecs]


def _flags(verb: str, codecs: Iterable[str]) -> list[str]:
    return [f"codec-{verb}-{codec}" for codec in codecs]


def _quoted(separator: str, parts: Iterable[str]) -> str:
    """Kamailio reads a member with a comma or a space in it only between quotes."""
    return f'"{separator.join(parts)}"'
