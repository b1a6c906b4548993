"""Double clicks, two tabs, two customers: real threads, each with its own connection to the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from billing.enums import EntryKind
from billing.models import LedgerEntry
from tests.factories import make_account, make_address, make_member, open_data_centre
from tests.trunks.conftest import complete_answers
from tests.trunks.test_wizard import fill, fingerprint, pay_url, text_of
from trunks.models import HostClaim, Trunk, TrunkDraft
from trunks.wizard.flow import discard

ROUNDS = 20
pytestmark = pytest.mark.django_db(transaction=True)


def customer(name: str):
    account = make_account(name, money="100000.00", trunks=ROUNDS + 1, trunks_per_data_centre=ROUNDS + 1, channels=1000)
    client = Client()
    client.force_login(make_member(account, Role.ENGINEER), backend="django.contrib.auth.backends.ModelBackend")
    client.get(reverse("trunks:new"))
    return account, client


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do everything in the same moment, each in a thread."""
    gate = threading.Barrier(len(acts))

    def run(act):
        try:
            gate.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def answers_of(account, place, **changes):
    answers = complete_answers(place, make_address(account, f"Address {time.monotonic_ns()}"))
    for step, values in changes.items():
        answers[step] |= values
    return answers


def test_a_double_click_buys_one_trunk():
    place = open_data_centre("NEW_YORK")
    account, client = customer("Alice")
    for at in range(ROUNDS // 2):
        hosts = {"sources": [f"127.77.129.{at}"]}
        draft = fill(client, answers_of(account, place, settings={"name": f"Office {at}"}, ips=hosts))
        offer = fingerprint(client, draft)
        tabs = [same_person(client) for _ in range(2)]

        paid = at_once(*[partial(tab.post, pay_url(draft), {"seen": offer}) for tab in tabs])

        assert [response.status_code for response in paid] == [303, 303]
        assert paid[0]["Location"] == paid[1]["Location"]
        assert Trunk.objects.count() == LedgerEntry.objects.filter(kind=EntryKind.HOLD).count() == at + 1


def same_person(client):
    tab = Client()
    tab.cookies = client.cookies
    return tab


def test_two_customers_who_claim_one_address_have_one_winner():
    place = open_data_centre("NEW_YORK")
    customers = [customer("Alice"), customer("Charlie")]
    for at in range(ROUNDS):
        hosts = {"sources": [f"127.77.130.{at}"]}
        changes = {"settings": {"name": f"Office {at}"}, "plan": {"channels": "1"}, "ips": hosts}
        drafts = [fill(client, answers_of(account, place, **changes)) for account, client in customers]
        offers = [fingerprint(client, draft) for (_, client), draft in zip(customers, drafts, strict=True)]

        paid = at_once(
            *[
                partial(client.post, pay_url(draft), {"seen": offer})
                for (_, client), draft, offer in zip(customers, drafts, offers, strict=True)
            ]
        )

        assert sorted(response.status_code for response in paid) == [303, 422]
        lost = next(response for response in paid if response.status_code == 422)
        assert f"{hosts['sources'][0]} cannot be used because it is registered to another customer." in text_of(lost)
        assert HostClaim.objects.filter(address=hosts["sources"][0]).count() == 1
        left = TrunkDraft.objects.get(trunk=None)
        assert left.answers["ips"]["sources"] == hosts["sources"]
        discard(left)


RIVALS = {
    "FRESHWORKS": ("account_sid", "AC%032x", "This Twilio account is registered to another customer"),
    "GENESYS_CLOUD": ("inbound_identifier", "rival-%d", "This identifier is already used in this region"),
}


@pytest.mark.parametrize("code", RIVALS)
def test_two_customers_who_claim_one_provider_key_have_one_winner(code):
    field, key, words = RIVALS[code]
    place = open_data_centre("NEW_YORK")
    customers = [customer("Alice"), customer("Charlie")]
    for at in range(ROUNDS // 4):
        facts = {"region": "NA_US_EAST_1", field: key % at}
        drafts = []
        for account, client in customers:
            facts["sip_domain"] = f"{account.name.lower()}{at}.sip.twilio.com"
            changes = {"name": f"Office {at}", **facts}
            answers = answers_of(account, place, settings=changes, plan={"channels": "1"})
            drafts.append(fill(client, answers | {"provider": {"provider": code}}, "provider", "plan", "settings"))
        offers = [fingerprint(client, draft) for (_, client), draft in zip(customers, drafts, strict=True)]

        paid = at_once(
            *[
                partial(client.post, pay_url(draft), {"seen": offer})
                for (_, client), draft, offer in zip(customers, drafts, offers, strict=True)
            ]
        )

        assert sorted(response.status_code for response in paid) == [303, 422]
        lost = next(response for response in paid if response.status_code == 422)
        assert words in text_of(lost)
        assert f"#id_{field}" in text_of(lost)


def test_two_drafts_of_one_customer_with_one_address_have_one_winner():
    place = open_data_centre("NEW_YORK")
    account, client = customer("Alice")
    drafts = [fill(client, answers_of(account, place, settings={"name": name})) for name in ("First", "Second")]
    offers = [fingerprint(client, draft) for draft in drafts]
    tabs = [same_person(client) for _ in drafts]

    paid = at_once(
        *[
            partial(tab.post, pay_url(draft), {"seen": offer})
            for tab, draft, offer in zip(tabs, drafts, offers, strict=True)
        ]
    )

    assert sorted(response.status_code for response in paid) == [303, 422]
    lost = next(response for response in paid if response.status_code == 422)
    winner = Trunk.objects.get()
    assert f'127.77.128.1 is already used by "{winner.name}" in New York. Choose another address' in text_of(lost)


def test_discarding_and_paying_at_once_leaves_a_whole_order_or_none():
    place = open_data_centre("NEW_YORK")
    account, client = customer("Alice")
    for at in range(ROUNDS // 2):
        hosts = {"sources": [f"127.77.131.{at}"]}
        draft = fill(client, answers_of(account, place, settings={"name": f"Office {at}"}, ips=hosts))
        offer = fingerprint(client, draft)
        tabs = [same_person(client) for _ in range(2)]

        paid, _discarded = at_once(
            partial(tabs[0].post, pay_url(draft), {"seen": offer}),
            partial(tabs[1].post, reverse("trunks:discard", args=[draft.pk])),
        )

        bought = Trunk.objects.filter(wanted__name=f"Office {at}").count()
        assert (paid.status_code, bought) in {(303, 1), (404, 0)}
