"""What every provider says about its trunks: kinds, presets, its own fields and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from trunks.enums import Codec, Dtmf, Fax, NumberFormat, Privacy, TrunkKind
from trunks.providers.questions import Question

# The provider's own answers, stored with the trunk and never changed: {"account_sid": "AC…"}.
Facts = dict[str, str]


class PresetLine(NamedTuple):
    """One preset setting: its field, its label, its value."""

    field: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Preset:
    """The settings that a provider dictates; they are shown and cannot be chosen."""

    codecs: tuple[str, ...] = (Codec.PCMU, Codec.PCMA)
    dtmf: str = Dtmf.RFC2833
    fax: str = Fax.NONE
    number_format: str = NumberFormat.E164
    privacy: str = Privacy.NONE
    tls: bool = False

    def words(self) -> list[str]:
        """What is preset, in short."""
        return [
            ", ".join(str(Codec(code).label) for code in self.codecs),
            _("DTMF %(way)s") % {"way": Dtmf(self.dtmf).label},
            _("fax %(way)s") % {"way": Fax(self.fax).label} if self.fax != Fax.NONE else _("no fax"),
            _("TLS and SRTP") if self.tls else _("UDP"),
        ]

    def lines(self) -> list[PresetLine]:
        """All that is preset, setting by setting."""
        return [
            PresetLine("codecs", _("Codecs, in order"), ", ".join(str(Codec(code).label) for code in self.codecs)),
            PresetLine("dtmf", _("DTMF"), str(Dtmf(self.dtmf).label)),
            PresetLine("fax", _("Fax"), str(Fax(self.fax).label)),
            PresetLine("number_format", _("Number format"), str(NumberFormat(self.number_format).label)),
            PresetLine("tls", _("Encryption"), _("TLS and SRTP") if self.tls else _("None (UDP)")),
        ]


class Provider:
    """One instance per provider, found by `trunks.providers`. `preset` is None where the customer chooses.

    `pitch` and `needs` say what it is for and what must be at hand.
    `place_question` names the question whose answer leads to the data centre; empty where the customer chooses one.
    """

    code: ClassVar[str]
    label: ClassVar[Any]
    pitch: ClassVar[Any] = ""
    needs: ClassVar[Any] = ""
    position: ClassVar[int]
    kinds: ClassVar[tuple[TrunkKind, ...]] = (TrunkKind.PROVIDER,)
    preset: ClassVar[Preset | None] = Preset()
    # Calls of all trunks of one account, provider and data centre are limited together on the way out.
    shares_channels: ClassVar[bool] = False
    # The header of its calls that says whose they are; empty: the host that they ask for. None: its calls come from the
    # customer's own addresses.
    key_header: ClassVar[str | None] = None
    questions: ClassVar[tuple[Question, ...]] = ()
    place_question: ClassVar[str] = ""

    def clean(self, facts: Facts) -> Facts:
        """The tidy facts, missing ones generated. Raises ValidationError keyed by field."""
        return {}

    def data_centre_of(self, facts: Facts) -> str:
        """The code of the data centre that the facts lead to; empty where the customer chooses."""
        return ""

    def destinations(self, facts: Facts) -> list[tuple[str, int]]:
        """Where calls to the trunk go, (host, port); port 0 is an SRV look-up."""
        return []

    def call_key(self, facts: Facts) -> str:
        """What the provider's calls carry to tell customers apart; one account per data centre may have it, and where
        trunks do not share their channels one trunk.
        """
        return ""

    def exclusive_key(self, facts: Facts) -> str:
        """What no two living trunks may share; empty when nothing is exclusive."""
        return ""

    def taken(self, *, mine: bool) -> ValidationError:
        """Why the exclusive key cannot be claimed, keyed by field; `mine`: the account's own trunk has it."""
        return ValidationError(_("Another trunk has these values already"))

    def call_key_taken(self) -> ValidationError:
        """The same of the key that calls carry."""
        return self.taken(mine=False)
