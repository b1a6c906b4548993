"""The first question: which equipment, and how it reaches us (V-PL-1, V-PL-2, V-PL-5)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm
from common.widgets import Card, CardsField
from trunks.choices import Choices
from trunks.enums import TrunkKind
from trunks.forms.fields import FIXED
from trunks.providers import Provider, all_providers, provider_of
from trunks.providers.direct import PROVIDER as DIRECT

KINDS = [
    Card(
        TrunkKind.STATIC,
        _("Static: from a fixed address"),
        _("It has a fixed public IP address. We know its calls by the address and send calls there."),
    ),
    Card(
        TrunkKind.REGISTERED,
        _("Registered: by signing in"),
        _("It signs in with a user name and a password, from any address, also behind a router."),
    ),
]


class KindField(CardsField):
    """Judged by the form, which knows whether the provider leaves a choice."""

    def clean(self, value: Any) -> str:
        return str(value or "")


class ProviderForm(PortalForm):
    """The answer `kind` is the provider's only kind where it has one; what was posted for it is dropped then."""

    tags = {"provider": FIXED, "kind": FIXED}

    provider = CardsField(
        label=_("Provider"),
        initial=DIRECT.code,
        error_messages={"required": _("Select a provider"), "invalid_choice": _("Select a provider")},
    )
    kind = KindField(
        label=_("How does your own PBX or SBC reach us?"),
        help_text=_(
            "Does your PBX have a fixed public IP address? If it has none, or you do not know, let it sign in."
        ),
        cards=KINDS,
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers: CardsField = self.fields["provider"]  # type: ignore[assignment]
        providers.set_cards(card(provider) for provider in all_providers().values())

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        if "provider" not in answers:
            return answers
        kinds = provider_of(answers["provider"]).kinds
        if len(kinds) == 1:
            answers["kind"] = kinds[0]
            self._drop_kind()
        elif answers["kind"] not in kinds:
            self.add_error("kind", ValidationError(now("Select a trunk type"), code="V-PL-1"))
        return answers

    def _drop_kind(self) -> None:
        """V-PL-5: nobody asked for it, so it is not kept."""
        if "kind" in self.data and hasattr(self.data, "setlist"):
            self.data = self.data.copy()
            del self.data["kind"]


def card(provider: Provider) -> Card:
    """How a provider is offered: what it is for, what must be at hand, what is preset; a line each."""
    lines = [provider.pitch, provider.needs]
    if provider.preset is not None:
        lines.append(now("Preset: %(settings)s.") % {"settings": "; ".join(provider.preset.words())})
    about = format_html_join(mark_safe("<br>"), "{}", [(line,) for line in lines if line])
    return Card(provider.code, provider.label, about)
