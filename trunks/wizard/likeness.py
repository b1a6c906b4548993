"""The answers that order another trunk like one that is there."""

from __future__ import annotations

from typing import Any

from trunks.forms.editing import as_posted, present_settings
from trunks.models import Trunk

# Its own: no second trunk can have them.
_OWN = ("name", "sources")
_HOSTS = ("destinations", "destinations_port", "strategy")

Answers = dict[str, dict[str, list[str]]]


def answers_like(trunk: Trunk) -> Answers:
    """By step, as they would have been posted. Left open: the name, the addresses that call us, and what is typed in
    from the provider; the steps that ask for them wait.
    """
    posted = {name: values for name, values in as_posted(present_settings(trunk)).lists() if name not in _OWN}
    channels = posted.pop("channels")
    hosts = {name: posted.pop(name) for name in _HOSTS}
    return {
        "provider": {"provider": [trunk.provider], "kind": [trunk.kind]},
        "plan": {"plan": [trunk.plan_id], "channels": channels},
        "settings": {**posted, **_fixed(trunk), **_chosen_facts(trunk)},
        "ips": hosts,
    }


def _fixed(trunk: Trunk) -> dict[str, list[str]]:
    """What cannot be changed on a trunk, and can on a new one."""
    address = trunk.service_address
    return {
        "data_centre": [trunk.data_centre_id],
        "in_the_us": ["yes" if address is not None and address.in_the_us else "no"],
        "service_address": [str(address.pk) if address else ""],
        "tls": ["yes" if trunk.tls else "no"],
    }


def _chosen_facts(trunk: Trunk) -> dict[str, list[Any]]:
    """The provider's facts that were chosen from a list; those that were typed in belong to one trunk."""
    chosen = [question.name for question in trunk.connects.questions if question.options]
    return {name: [trunk.provider_facts[name]] for name in chosen}
