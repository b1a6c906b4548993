"""A draft in somebody's hands: its steps in order, what is answered, what it would buy and cost."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from billing.quotes import Offer
from common.forms import PortalForm, summary_errors
from provisioning.models import DataCentre
from trunks.choices import Choices
from trunks.models import TrunkDraft
from trunks.resolver import Resolver, look_up
from trunks.specification import TrunkSpecification
from trunks.wizard.steps import STEPS, Line, Step, first_input, kind_of

REVIEW = "review"
KEPT_IN_VIEW = ("provider", "plan", "channels", "data_centre")


class Order:
    """The stored answers are read by the steps' forms, each once; make a new one to look again."""

    def __init__(self, draft: TrunkDraft, *, choices: Choices | None = None, resolve: Resolver = look_up) -> None:
        self.draft = draft
        self.choices = choices or Choices(draft.account)
        self.resolve = resolve
        self.steps = [step for step in STEPS if step.applies_to(draft)]
        self._forms: dict[str, PortalForm] = {}

    def step(self, slug: str) -> Step | None:
        return next((step for step in self.steps if step.slug == slug), None)

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

    def chosen(self) -> list[Line]:
        """The answers that every page shows beside its question."""
        lines = (line for step in self.steps for line in step.summary(self))
        return [line for line in lines if line.name in KEPT_IN_VIEW and line.values]

    def notes(self) -> list[str]:
        return [note for step in self.steps for note in step.notes(self)]

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
            form = self.form(step)
            if name in form.fields:
                return step, first_input(form[name])
        return None, ""

    def specification(self) -> TrunkSpecification:
        """What the complete answers ask for."""
        answers = {name: value for step in self.steps for name, value in self.answers(step).items()}
        return TrunkSpecification(
            kind=kind_of(self.draft),
            provider=answers["provider"],
            plan_code=answers["plan"],
            channels=answers["channels"],
            name=answers["name"],
            data_centre=answers["data_centre"],
            service_address=answers["service_address"],
            codecs=answers["codecs"],
            dtmf=answers["dtmf"],
            fax=answers["fax"],
            number_format=answers["number_format"],
            international=answers["international"],
            options=answers["options"],
            strategy=answers["strategy"],
            source_hosts=answers["sources"],
            destinations=answers["destinations"],
        )
