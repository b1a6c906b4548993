"""A trunk's settings as pages show them: which ones it has, what each is called, and its value in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from trunks.enums import Codec, Dtmf, Fax, NumberFormat, Privacy, Strategy, TrunkKind
from trunks.models import Trunk
from trunks.specification import TrunkSettings
from trunks.validators.hosts import show_destination

# In the order of the pages; the fields of `TrunkSettings`.
LABELS: dict[str, Any] = {
    "name": lazy("Name"),
    "channels": lazy("Channels"),
    "source_hosts": lazy("Addresses you call us from"),
    "destinations": lazy("Where we send your calls"),
    "strategy": lazy("Order of destinations"),
    "codecs": lazy("Codecs, in order"),
    "dtmf": lazy("DTMF"),
    "fax": lazy("Fax"),
    "number_format": lazy("Number format"),
    "privacy": lazy("Privacy header"),
    "international": lazy("International calls"),
    "challenge_invites": lazy("Password asked at each call"),
    "options": lazy("Check with SIP OPTIONS"),
}
HOSTS = ("source_hosts", "destinations")
_CHOICES = {
    "dtmf": Dtmf,
    "fax": Fax,
    "number_format": NumberFormat,
    "privacy": Privacy,
    "strategy": Strategy,
}
_ONLY_STATIC = frozenset({*HOSTS, "strategy", "options"})
_ONLY_REGISTERED = frozenset({"challenge_invites"})


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the settings. `mono` marks addresses."""

    name: str
    label: str
    values: list[str]
    mono: bool = False


def settings_of(trunk: Trunk, settings: TrunkSettings) -> list[Setting]:
    """What a trunk of this kind has, its provider's presets included; without the name, which is the page's title."""
    return [
        Setting(name, str(label), values_of(name, getattr(settings, name)), name in HOSTS)
        for name, label in LABELS.items()
        if name != "name" and has_setting(trunk, name)
    ]


def has_setting(trunk: Trunk, name: str) -> bool:
    """Whether the setting means something on a trunk of this kind."""
    if name in _ONLY_STATIC:
        return trunk.kind == TrunkKind.STATIC
    return trunk.kind == TrunkKind.REGISTERED or name not in _ONLY_REGISTERED


def values_of(name: str, value: Any) -> list[str]:
    """The value in words, one per line; empty where there is none."""
    if name == "source_hosts":
        return list(value)
    if name == "destinations":
        return [show_destination(host, port) for host, port in value]
    if name == "codecs":
        return [codecs_in_words(value)]
    if isinstance(value, bool):
        return [_("Yes") if value else _("No")]
    return [str(_CHOICES[name](value).label) if name in _CHOICES else str(value)]


def codecs_in_words(codecs: Sequence[str]) -> str:
    return ", ".join(str(Codec(code).label) for code in codecs)
