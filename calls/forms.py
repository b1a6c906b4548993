"""The filters of the list."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from calls.enums import Direction, Ending
from calls.models import NUMBER_LENGTH, Call
from common.forms import PortalForm
from trunks.models import Trunk

# An account with more trunks comes here from the page of one.
TRUNKS_TO_CHOOSE = 100
LEAST_DIGITS = 3
ANY = ("", _("Any"))
_PUNCTUATION = re.compile(r"[\s().+/-]+")


class CallFilter(PortalForm):
    """Read from the page's address. A wrong answer finds nothing, and is said."""

    q = forms.CharField(
        label=_("Number, from the start"),
        required=False,
        max_length=NUMBER_LENGTH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "inputmode": "tel"}),
    )
    trunk = forms.TypedChoiceField(label=_("Trunk"), required=False)
    direction = forms.ChoiceField(label=_("Direction"), required=False, choices=[ANY, *Direction.choices])
    ending = forms.ChoiceField(label=_("Result"), required=False, choices=[ANY, *Ending.choices])
    since = forms.DateField(label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trunk"].choices = [ANY, *self._trunks(account)]  # type: ignore[attr-defined]
        self.is_valid()
        self.chosen: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}

    def _trunks(self, account: Account) -> list[tuple[str, str]]:
        """To choose from; also the one that was asked for, wherever its name stands and whether it is gone."""
        own = Trunk.objects.filter(account=account)
        shown = [(str(pk), name) for pk, name in _names(own.filter(gone_at=None))[:TRUNKS_TO_CHOOSE]]
        asked = str(self.data.get("trunk", ""))
        if asked and asked not in dict(shown) and _is_uuid(asked):
            shown += [(str(pk), name) for pk, name in _names(own.filter(pk=asked))]
        return shown

    def clean_q(self) -> str:
        said = self.cleaned_data["q"].strip()
        if said and len(_PUNCTUATION.sub("", said)) < LEAST_DIGITS:
            raise ValidationError(_("Enter at least 3 digits"))
        return str(said)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        since, until = answers.get("since"), answers.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day is before the first one"))
        return answers

    def query(self) -> list[tuple[str, str]]:
        """What leads to the same calls again, as parts of an address."""
        return [(name, str(value)) for name, value in self.chosen.items()]

    def narrow(self, calls: QuerySet[Call]) -> QuerySet[Call]:
        if self.errors:
            return calls.none()
        chosen = self.chosen
        if said := chosen.get("q"):
            calls = calls.filter(_with_number(said))
        if trunk := chosen.get("trunk"):
            calls = calls.filter(trunk_id=trunk)
        if direction := chosen.get("direction"):
            calls = calls.filter(direction=direction)
        if ending := chosen.get("ending"):
            calls = calls.filter(answered_at__isnull=ending != Ending.ANSWERED)
        if since := chosen.get("since"):
            calls = calls.filter(begun_at__gte=_midnight(since))
        if until := chosen.get("until"):
            calls = calls.filter(begun_at__lt=_midnight(until + timedelta(days=1)))
        return calls


def _with_number(said: str) -> Q:
    """Both parties, as received and in E.164: with or without the plus, however people group the digits."""
    plain = _PUNCTUATION.sub("", said)
    either = Q()
    for begin in {said, plain, f"+{plain}"}:
        either |= Q(caller__startswith=begin) | Q(callee__startswith=begin)
    return either | Q(caller_e164__startswith=f"+{plain}") | Q(callee_e164__startswith=f"+{plain}")


def _names(trunks: QuerySet[Trunk]) -> QuerySet[Trunk, tuple[Any, str]]:
    return trunks.order_by("name", "pk").values_list("pk", "name")


def _is_uuid(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None


def _midnight(day: date) -> datetime:
    """In the zone in which times are shown."""
    return timezone.make_aware(datetime.combine(day, time.min))
