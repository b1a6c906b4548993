"""What of a trunk's settings can change: its name, its sound, what is allowed (V-NAME, V-COD, V-FMT)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm
from trunks.choices import Choices
from trunks.enums import Codec, Dtmf, Fax, NumberFormat, Privacy, TrunkKind
from trunks.forms.fields import CodecsField, RadioField, RuledField
from trunks.limits import validate_name_is_free
from trunks.providers import PresetLine, provider_of
from trunks.validators import clean_name, validate_audio, validate_number_format

SOUND = ("tls", "codecs", "dtmf", "fax", "number_format", "privacy")
CALLS = ("international", "options", "challenge_invites")
ONLY_FOR = {"options": TrunkKind.STATIC, "challenge_invites": TrunkKind.REGISTERED}


def usual_codecs(*, in_the_us: bool) -> list[str]:
    """What is proposed for a data centre there."""
    return [Codec.PCMU, Codec.PCMA] if in_the_us else [Codec.PCMA, Codec.PCMU]


class SettingsForm(PortalForm):
    """Asks what a trunk of the `kind` and the `provider` (a code) leaves to choose; a preset answers all of SOUND.

    `in_the_us` says that the equipment is there; None while that is not known.
    """

    name = RuledField(label=_("Name"), rule=clean_name, help_text=_("Appears on your invoice"))
    codecs = CodecsField(
        label=_("Codecs"),
        choices=Codec.choices,
        initial=usual_codecs(in_the_us=False),
        help_text=_(
            "The first one that both sides know is used. G.711µ is usual in the United States, G.711a elsewhere."
        ),
    )
    dtmf = RadioField(label=_("DTMF"), choices=Dtmf.choices, initial=Dtmf.RFC2833, message=_("Select how DTMF is sent"))
    fax = RadioField(label=_("Fax"), choices=Fax.choices, initial=Fax.NONE, message=_("Select how fax is sent"))
    number_format = RadioField(
        label=_("Number format"),
        choices=NumberFormat.choices,
        initial=NumberFormat.E164,
        help_text=_("How numbers are written in calls to you and from you."),
        message=_("Select a number format"),
    )
    privacy = RadioField(
        label=_("Privacy header"),
        choices=Privacy.choices,
        initial=Privacy.NONE,
        widget=forms.Select,
        help_text=_("The header that carries the caller's number when the caller is anonymous."),
        message=_("Select a privacy header, or None"),
    )
    international = forms.BooleanField(
        label=_("Allow calls to other countries"),
        required=False,
        help_text=_(
            "While off, a call is blocked unless both numbers are of one country. The caller's number is the one that "
            "your PBX sends, so somebody who has broken into it may claim any."
        ),
    )
    options = forms.BooleanField(
        label=_("Check my equipment with SIP OPTIONS"), required=False, help_text=_("Every 60 seconds.")
    )
    challenge_invites = forms.BooleanField(
        label=_("Challenge every INVITE"),
        required=False,
        initial=True,
        help_text=_("Your PBX proves its password at each call, not only when it registers."),
    )

    def __init__(
        self,
        *args: Any,
        choices: Choices,
        kind: str,
        provider: str,
        in_the_us: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.choices, self.kind, self.is_us = choices, kind, in_the_us
        self.provider = provider_of(provider)
        for name in [name for name in self.fields if not self.asks(name)]:
            del self.fields[name]

    def asks(self, name: str) -> bool:
        """Whether a trunk of this kind and provider leaves the field to choose."""
        if name in SOUND and self.provider.preset is not None:
            return False
        return ONLY_FOR.get(name, self.kind) == self.kind

    @property
    def sound(self) -> list[forms.BoundField]:
        return [self[name] for name in SOUND if name in self.fields]

    @property
    def calls(self) -> list[forms.BoundField]:
        return [self[name] for name in CALLS if name in self.fields]

    @property
    def preset(self) -> list[PresetLine]:
        """What the provider dictates; empty where the customer chooses."""
        return self.provider.preset.lines() if self.provider.preset else []

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        if "name" in answers and self.choices.room.trunks:
            self.check(None, validate_name_is_free, self.choices.account, answers["name"], self.choices.without)
        if {"codecs", "dtmf", "fax"} <= answers.keys():
            self.check(None, validate_audio, answers["codecs"], answers["dtmf"], answers["fax"])
        if self.is_us is not None and {"number_format", "international"} <= answers.keys():
            self.check(
                "number_format",
                validate_number_format,
                answers["number_format"],
                in_the_us=self.is_us,
                international=answers["international"],
            )
        return answers

    def check(self, field: str | None, rule: Callable[..., None], *args: Any, **kwargs: Any) -> None:
        """What the rule raises becomes an error of the field; None: the rule itself says of which."""
        try:
            rule(*args, **kwargs)
        except ValidationError as trouble:
            self.add_error(field, trouble)
