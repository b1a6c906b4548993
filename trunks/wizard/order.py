"""A draft in somebody's hands: its steps in order, what is answered, what it would buy and cost."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from billing.quotes import Offer
from common.forms import PortalForm, summary_errors
from provisioning.models import DataCentre
from trunks.choices import Choices
from trunks.connection import NodeAddress, addresses_in
from trunks.enums import TrunkKind
from trunks.models import TrunkDraft
from trunks.providers import Provider, provider_of
from trunks.providers.direct import PROVIDER as DIRECT
from trunks.resolver import Resolver, look_up
from trunks.specification import TrunkSettings, TrunkSpecification
from trunks.wizard.steps import STEPS, Line, Step

REVIEW = "review"
KEPT_IN_VIEW = ("provider", "kind", "plan", "channels", "data_centre")


class Order:
    """The stored answers are read by the steps' forms, each once; make a new one to look again."""

    def __init__(self, draft: TrunkDraft, *, choices: Choices | None = None, resolve: Resolver = look_up) -> None:
        self.draft = draft
        self.choices = choices or Choices(draft.account)
        self.resolve = resolve
        self._forms: dict[str, PortalForm] = {}

    @cached_property
    def steps(self) -> list[Step]:
        return [step for step in STEPS if step.applies_to(self)]

    def step(self, slug: str) -> Step | None:
        return next((step for step in self.steps if step.slug == slug), None)

    @cached_property
    def _connects(self) -> dict[str, Any]:
        """The answers of the first step, which decide about the others."""
        form = self.form(STEPS[0])
        form.is_valid()
        return getattr(form, "cleaned_data", {})

    @property
    def provider(self) -> Provider:
        """Whom the trunk connects; the customer's own equipment while that is not said."""
        return provider_of(self._connects.get("provider") or DIRECT.code)

    @property
    def kind(self) -> TrunkKind:
        """The provider's first one while that is not said."""
        return TrunkKind(self._connects.get("kind") or self.provider.kinds[0])

    def form(self, step: Step) -> PortalForm:
        if step.slug not in self._forms:
            self._forms[step.slug] = step.form(self)
        return self._forms[step.slug]

    def answers(self, step: Step | str) -> dict[str, Any]:
        """What is right of the step's answers, as values."""
        found = self.step(step) if isinstance(step, str) else step
        if found is None:
            return {}
        form = self.form(found)
        form.is_valid()
        return getattr(form, "cleaned_data", {})

    def first_open(self, before: Step | None = None) -> Step | None:
        """The first step that waits for an answer; of those before the given one."""
        for step in self.steps:
            if step is before:
                return None
            if not step.is_complete(self):
                return step
        return None

    def after(self, step: Step) -> Step | None:
        """None: the review comes next."""
        at = self.steps.index(step) + 1
        return self.steps[at] if at < len(self.steps) else None

    def before(self, step: Step | None) -> Step | None:
        at = self.steps.index(step) if step else len(self.steps)
        return self.steps[at - 1] if at else None

    @property
    def data_centre(self) -> DataCentre | None:
        return self.answers("settings").get("data_centre")

    @property
    def tls(self) -> bool:
        preset = self.provider.preset
        return preset.tls if preset else self.answers("settings").get("tls", False)

    def offer(self, overlay: QueryDict | None = None) -> Offer | None:
        """Today's price of the plan and channels in `overlay`, else of those stored; None while there is no plan."""
        step = self.step("plan")
        if step is None:
            return None
        form = self.form(step) if overlay is None else step.form(self, overlay)
        form.is_valid()
        plan, channels = (getattr(form, "cleaned_data", {}).get(name) for name in ("plan", "channels"))
        return self.choices.offer(plan, channels) if plan and channels else None

    def seen(self) -> str:
        """Fingerprint of what a buyer sees before paying: today's price, then the answers; empty without a price."""
        offer = self.offer()
        if offer is None:
            return ""
        answers = json.dumps(self.draft.answers, sort_keys=True)
        return offer.fingerprint + hashlib.sha256(answers.encode()).hexdigest()[:32]

    def chosen(self, asked: Step) -> list[Line]:
        """The answers that the page of a step shows beside its questions: those of the other steps."""
        lines = (line for step in self.steps if step is not asked for line in step.summary(self))
        return [line for line in lines if line.name in KEPT_IN_VIEW and line.values]

    def notes(self) -> list[str]:
        return [note for step in self.steps for note in step.notes(self)]

    def addresses(self) -> list[NodeAddress]:
        """Where the trunk will be reached."""
        if self.data_centre is None:
            return []
        registers = self.kind == TrunkKind.REGISTERED
        return addresses_in(self.data_centre, registers=registers, tls=self.tls, nodes=self.choices.nodes)

    def troubles(self) -> list[tuple[Step, str, str]]:
        """Everything that is wrong with the stored answers: the step, the input's id, the message."""
        return [(step, target, message) for step in self.steps for target, message in summary_errors(self.form(step))]

    def blame(self, trouble: ValidationError) -> list[tuple[Step | None, str, str]]:
        """Where to correct what the service refused; no step where no single answer is at fault."""
        if not hasattr(trouble, "error_dict"):
            return [(None, "", message) for message in trouble.messages]
        return [
            (*self._asked_at(name), message) for name, messages in trouble.message_dict.items() for message in messages
        ]

    def _asked_at(self, name: str) -> tuple[Step | None, str]:
        for step in self.steps:
            if target := step.asked_at(self.form(step), name):
                return step, target
        return None, ""

    def specification(self) -> TrunkSpecification:
        """What the complete answers ask for."""
        answers = {name: value for step in self.steps for name, value in self.answers(step).items()}
        return TrunkSpecification(
            kind=self.kind,
            provider=self.provider.code,
            plan_code=answers["plan"],
            data_centre=answers["data_centre"],
            service_address=answers["service_address"],
            settings=settings_of(answers, self.provider),
            tls=self.tls,
            provider_facts=answers["provider_facts"],
            in_the_us=answers["in_the_us"] == "yes",
        )


def settings_of(answers: dict[str, Any], provider: Provider) -> TrunkSettings:
    """What was answered; what was not asked is preset, or as it always is."""
    if provider.preset is not None:
        asked = {name: answers[name] for name in ("name", "channels", "international")}
        return TrunkSettings.preset(provider.preset, **asked)
    asked = {name: answers[name] for name in TrunkSettings.names() if name in answers}
    return TrunkSettings(**asked, source_hosts=answers.get("sources", []))
