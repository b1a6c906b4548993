"""An account that can order: an open data centre, an address, and complete answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Account
from addresses.models import ServiceAddress
from provisioning.models import DataCentre
from tests.factories import make_address, make_specification, open_data_centre, order_trunk
from trunks.models import Trunk

Answers = dict[str, dict[str, Any]]


@pytest.fixture
def new_york(db: None) -> DataCentre:
    return open_data_centre("NEW_YORK")


@pytest.fixture
def chicago(account: Account) -> ServiceAddress:
    return make_address(account)


@pytest.fixture
def answers(new_york: DataCentre, chicago: ServiceAddress) -> Answers:
    return complete_answers(new_york, chicago)


def complete_answers(place: DataCentre, address: ServiceAddress) -> Answers:
    """What a browser posts per step, for a trunk that can be bought."""
    return {
        "provider": {"provider": "DIRECT", "kind": "STATIC"},
        "plan": {"plan": "METERED", "channels": "10"},
        "settings": {
            "name": "Main office",
            "in_the_us": "yes",
            "data_centre": place.pk,
            "service_address": str(address.pk),
            "codecs": ["PCMA", "PCMU"],
            "dtmf": "RFC2833",
            "fax": "NONE",
            "number_format": "E164",
            "privacy": "NONE",
            "tls": "no",
        },
        "ips": {
            "sources": ["127.77.128.1"],
            "destinations": ["127.77.128.2"],
            "destinations_port": [""],
            "strategy": "",
        },
    }


@pytest.fixture
def order(account: Account, new_york: DataCentre) -> Callable[..., Trunk]:
    """Orders a trunk of a name, without the wizard."""

    def order(name: str, **changes: Any) -> Trunk:
        return order_trunk(account, make_specification(changes.pop("data_centre", new_york), name=name, **changes))

    return order


@pytest.fixture
def trunk(account: Account, new_york: DataCentre) -> Trunk:
    """Just ordered; nothing was asked of its nodes."""
    return order_trunk(account, make_specification(new_york, name="Main office", source_hosts=["127.77.150.9"]))
