"""Ordering another trunk like one that is there: its settings, without what only one trunk can have."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import freshworks, genesys, make_specification, order_trunk, registered
from tests.trunks.states import settle
from trunks.models import Trunk, TrunkDraft
from trunks.specification import TrunkSettings
from trunks.wizard.order import Order

OWN = ("name", "source_hosts")


def url(trunk):
    return reverse("trunks:duplicate", args=[trunk.pk])


def step_url(draft, step):
    return reverse("trunks:step", args=[draft.pk, step])


@pytest.fixture
def chosen(account, new_york, chicago):
    """A trunk with nothing left as it is proposed."""
    spec = make_specification(
        new_york,
        name="Main office",
        channels=7,
        codecs=["G729", "PCMU"],
        dtmf="INBAND",
        number_format="INTERNATIONAL",
        privacy="REMOTE_PARTY_ID",
        options=True,
        strategy="ROUND_ROBIN",
        destinations=[("127.77.200.1", 5080), ("127.77.200.2", 5060)],
        tls=True,
        service_address=chicago,
    )
    return settle(order_trunk(account, spec))


def duplicate(client, trunk):
    response = client.post(url(trunk))
    return response, TrunkDraft.objects.get(trunk=None)


def test_a_second_trunk_gets_the_same_settings_and_its_own_name_and_addresses(alice, chosen):
    response, draft = duplicate(alice, chosen)
    asked = alice.get(response["Location"])["Location"]
    alice.post(asked, {**draft.answers["settings"], "name": "Second office"})
    alice.post(step_url(draft, "ips"), {**draft.answers["ips"], "sources": "127.77.129.77"})
    draft.refresh_from_db()
    seen = Order(draft).seen()
    alice.post(reverse("trunks:pay", args=[draft.pk]), {"seen": seen})

    second = Trunk.objects.get(name="Second office")
    first, copied = (TrunkSettings.of(trunk.wanted).columns() for trunk in (chosen, second))
    assert {name for name in first if first[name] != copied[name]} == set(OWN)
    assert copied["source_hosts"] == ["127.77.129.77"]
    for fixed in ("kind", "provider", "plan_id", "data_centre_id", "service_address_id", "tls"):
        assert getattr(second, fixed) == getattr(chosen, fixed)


def test_the_first_question_is_the_name_and_is_not_answered(alice, chosen):
    response, draft = duplicate(alice, chosen)

    page = alice.get(response["Location"], follow=True)

    assert page.redirect_chain[-1][0] == step_url(draft, "settings")
    assert "The settings of Main office are copied" in page.content.decode()
    assert "There is a problem" not in page.content.decode()
    assert draft.name == ""


def test_the_addresses_are_asked_for_again(alice, chosen):
    _response, draft = duplicate(alice, chosen)

    answer = alice.post(step_url(draft, "settings"), {**draft.answers["settings"], "name": "Second office"})

    assert answer["Location"] == step_url(draft, "ips")
    assert "sources" not in draft.answers["ips"]


@pytest.mark.parametrize("make", [registered, freshworks, genesys])
def test_each_kind_waits_for_what_only_one_trunk_can_have(alice, account, new_york, chicago, make):
    trunk = settle(order_trunk(account, make(new_york, service_address=chicago)))

    _response, draft = duplicate(alice, trunk)

    order = Order(draft)
    open_step = order.first_open()
    assert (order.provider.code, order.kind) == (trunk.provider, trunk.kind)
    assert open_step.slug == "settings"
    wrong = set(order.form(open_step).errors) - {"account_sid", "sip_domain"}
    assert wrong == {"name"}


def test_what_only_one_provider_trunk_can_have_is_not_copied(alice, account, new_york, chicago):
    trunk = settle(order_trunk(account, freshworks(new_york, service_address=chicago)))

    _response, draft = duplicate(alice, trunk)

    assert not {"account_sid", "sip_domain"} & draft.answers["settings"].keys()


def test_a_full_account_is_told_so(alice, account, chosen):
    account.limits.trunks = 1
    account.limits.save()

    response = alice.post(url(chosen))

    assert response.status_code == 409
    assert not TrunkDraft.objects.exists()


def test_it_needs_a_post(alice, chosen):
    assert alice.get(url(chosen)).status_code == 405


def test_the_trunk_page_offers_it(alice, chosen):
    assert f'action="{url(chosen)}"' in alice.get(reverse("trunks:detail", args=[chosen.pk])).content.decode()


def test_a_viewer_reads_why_not_and_gets_403(bob, chosen):
    content = bob.get(reverse("trunks:detail", args=[chosen.pk])).content.decode()

    assert '<p class="hint" id="duplicate-why">Your role may look at trunks but not order them.</p>' in content
    assert bob.post(url(chosen)).status_code == 403
    assert not TrunkDraft.objects.exists()


def test_a_stranger_finds_nothing(charlie, chosen):
    assert charlie.post(url(chosen)).status_code == 404
    assert not TrunkDraft.objects.exists()
