"""The questions about a living trunk: the wizard's forms for what can change, over one posted page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import QueryDict

from common.forms import PortalForm
from trunks.choices import Choices
from trunks.enums import TrunkKind
from trunks.forms.hosts import HostsForm
from trunks.forms.plan import ChannelsForm
from trunks.forms.settings import SettingsForm
from trunks.models import Trunk
from trunks.resolver import Resolver, look_up_nothing
from trunks.services.judging import fitting
from trunks.specification import TrunkSettings

SOUND = ("codecs", "dtmf", "fax", "number_format", "privacy")
# What the hosts' questions are called on the page, and in the settings.
_HOSTS = {"sources": "source_hosts", "destinations": "destinations", "strategy": "strategy"}


class Edit:
    """`trunk.account` and `trunk.wanted` are there. `hosts` is None where the trunk has none to choose."""

    def __init__(self, trunk: Trunk, data: QueryDict, *, resolve: Resolver = look_up_nothing) -> None:
        choices = Choices(trunk.account, without=trunk)
        place = trunk.service_address
        self.trunk, self.present = trunk, present_settings(trunk)
        self.settings = SettingsForm(
            data,
            choices=choices,
            kind=trunk.kind,
            provider=trunk.provider,
            in_the_us=place is not None and place.in_the_us,
        )
        self.channels = ChannelsForm(data, choices=choices, present=self.present.channels)
        self.hosts = (
            HostsForm(data, choices=choices, data_centre=trunk.data_centre, tls=trunk.tls, resolve=resolve)
            if trunk.kind == TrunkKind.STATIC
            else None
        )

    @property
    def parts(self) -> list[PortalForm]:
        return [form for form in (self.settings, self.channels, self.hosts) if form is not None]

    @property
    def sound(self) -> list[BoundField]:
        """How calls sound and are signalled; empty where the provider presets it."""
        return [self.settings[name] for name in SOUND if name in self.settings.fields]

    @property
    def calls(self) -> list[BoundField]:
        """What is allowed and checked."""
        return [self.settings[name] for name in self.settings.fields if name not in {"name", *SOUND}]

    def rework(self) -> bool:
        """Obey a list's button; see `common.forms`."""
        if not any(form.rework() for form in self.parts):
            return False
        self.leave_unjudged()
        return True

    def leave_unjudged(self) -> None:
        for form in self.parts:
            form.leave_unjudged()

    def is_valid(self) -> bool:
        """Judges all of them, so that everything wrong is said at once."""
        return not [form for form in self.parts if not form.is_valid()]

    def wanted(self) -> TrunkSettings:
        """What the right answers ask for."""
        answers: dict[str, Any] = {}
        for form in self.parts:
            answers |= {_HOSTS.get(name, name): value for name, value in form.cleaned_data.items()}
        return fitting(self.trunk, replace(self.present, **answers))

    def notes(self) -> list[str]:
        """What came out while the hosts were checked, and blocks nothing."""
        return [*self.hosts.not_found, *self.hosts.notes, *self.hosts.remarks] if self.hosts else []

    def blame(self, trouble: ValidationError) -> None:
        """Put what the service refused where it is answered."""
        if not hasattr(trouble, "error_dict"):
            self.settings.add_error(None, trouble)
            return
        for name, errors in trouble.error_dict.items():
            asking = next((form for form in self.parts if name in form.fields), None)
            (asking or self.settings).add_error(name if asking else None, errors)


def present_settings(trunk: Trunk) -> TrunkSettings:
    """What the trunk shall have now."""
    assert trunk.wanted is not None, "written in the transaction that creates the trunk"
    return TrunkSettings.of(trunk.wanted)


def as_posted(settings: TrunkSettings) -> QueryDict:
    """The settings as the page's own form would post them."""
    data = QueryDict(mutable=True)
    for name in ("name", "channels", "dtmf", "fax", "number_format", "privacy", "strategy"):
        data[name] = str(getattr(settings, name))
    for name in ("international", "options", "challenge_invites"):
        if getattr(settings, name):
            data[name] = "on"
    data.setlist("codecs", list(settings.codecs))
    data.setlist("sources", list(settings.source_hosts))
    data.setlist("destinations", [host for host, _port in settings.destinations])
    data.setlist("destinations_port", [str(port or "") for _host, port in settings.destinations])
    return data
