"""Every kind of trunk through the wizard: what is asked, what is bought, what becomes of answers when it changes."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from provisioning.models import DataCentre, SbcNode
from tests.factories import freshworks, genesys, make_account, order_trunk
from tests.trunks.test_wizard import begin, fingerprint, pay, pay_url, review_url, text_of, url
from trunks.choices import Choices
from trunks.forms import OrderForm
from trunks.models import Trunk, TrunkDraft
from trunks.providers import Preset, Provider, Question, all_providers
from trunks.wizard.order import Order

SID, DOMAIN = "AC" + "7" * 32, "alice.sip.us1.twilio.com"
SOUND = ("codecs", "dtmf", "fax", "number_format", "privacy", "tls")
FACTS = {
    "FRESHWORKS": {"account_sid": SID, "sip_domain": DOMAIN},
    "GENESYS_CLOUD": {"region": "NA_US_EAST_1", "inbound_identifier": "", "outbound_fqdn": ""},
}


@pytest.fixture
def registered(answers):
    settings = answers["settings"] | {"challenge_invites": "on"}
    return answers | {"provider": {"provider": "DIRECT", "kind": "REGISTERED"}, "settings": settings}


@pytest.fixture
def for_provider(answers):
    """Complete answers for a provider's trunk."""

    def for_provider(code, **facts):
        asked = {name: value for name, value in answers["settings"].items() if name not in SOUND}
        if code == "GENESYS_CLOUD":
            del asked["data_centre"]
        return answers | {"provider": {"provider": code}, "settings": asked | FACTS[code] | facts}

    return for_provider


def fill(client, answers):
    """Answer every step that the order has, one after another, until the review."""
    draft = begin(client)
    at = url(draft, "provider")
    for _ in range(5):
        slug = at.split("/")[4]
        response = client.post(at, answers[slug])
        assert response.status_code == 302, text_of(response)
        at = response["Location"]
        if at == review_url(draft):
            break
    return TrunkDraft.objects.get(pk=draft.pk)


def asked_on(client, draft, step="settings"):
    return list(client.get(url(draft, step)).context["form"].fields)


# The product page's table: which kind is asked for what

COMMON = {"name", "in_the_us", "service_address", "international"}
MATRIX = {
    ("DIRECT", "STATIC"): COMMON | {"data_centre", *SOUND, "options"},
    ("DIRECT", "REGISTERED"): COMMON | {"data_centre", *SOUND, "challenge_invites"},
    ("FRESHWORKS", "PROVIDER"): COMMON | {"data_centre", "account_sid", "sip_domain"},
    ("GENESYS_CLOUD", "PROVIDER"): COMMON | {"region", "inbound_identifier", "outbound_fqdn"},
}


@pytest.mark.parametrize(("provider", "kind"), MATRIX)
def test_each_kind_is_asked_for_its_fields_and_no_others(account, provider, kind):
    form = OrderForm(choices=Choices(account), plan="METERED", provider=provider, kind=kind)

    assert set(form.fields) == MATRIX[provider, kind]


# Direct registered


def test_a_registered_trunk_is_bought(alice, registered):
    draft = fill(alice, registered)

    response = pay(alice, draft)

    trunk = Trunk.objects.get()
    assert response.status_code == 303
    assert (trunk.kind, trunk.provider, trunk.wanted.challenge_invites) == ("REGISTERED", "DIRECT", True)
    assert trunk.username
    assert (trunk.wanted.source_hosts, trunk.wanted.destinations) == ([], [])


def test_the_challenge_is_chosen_at_first_and_can_be_left_out(alice, registered):
    draft = begin(alice)
    for step in ("provider", "plan"):
        alice.post(url(draft, step), registered[step])
    proposed = alice.get(url(draft, "settings"))
    del registered["settings"]["challenge_invites"]

    pay(alice, fill(alice, registered))

    assert proposed.context["form"]["challenge_invites"].value() is True
    assert Trunk.objects.get().wanted.challenge_invites is False


def test_a_registered_trunk_is_not_asked_for_addresses_or_options(alice, registered):
    draft = fill(alice, registered)

    assert "ips" not in draft.answers
    assert "options" not in asked_on(alice, draft)
    assert alice.get(url(draft, "ips")).status_code == 404


def test_before_paying_a_registered_trunk_says_that_the_password_is_shown_once(alice, registered):
    draft = fill(alice, registered)

    assert "You will see the password once" in text_of(alice.get(review_url(draft)))


def test_the_review_shows_the_addresses_for_registering(alice, registered, new_york):
    SbcNode.objects.filter(data_centre=new_york, role="PRIMARY").update(registered_address="127.77.1.20")

    page = text_of(alice.get(review_url(fill(alice, registered))))

    assert "127.77.1.20" in page
    assert "127.77.1.10" not in page
    assert "127.77.1.11" in page


# TLS, privacy


def test_tls_and_the_privacy_header_are_those_that_were_chosen(alice, answers):
    answers["settings"] |= {"tls": "yes", "privacy": "ASSERTED_IDENTITY"}
    draft = fill(alice, answers)

    page = text_of(alice.get(review_url(draft)))
    pay(alice, draft)

    trunk = Trunk.objects.get()
    assert (trunk.tls, trunk.wanted.privacy) == (True, "ASSERTED_IDENTITY")
    assert trunk.wanted.destinations == [["127.77.128.2", 5061]]
    assert "TLS 5061" in page


# Freshworks


def test_a_freshworks_trunk_is_bought(alice, for_provider):
    draft = fill(alice, for_provider("FRESHWORKS"))

    response = pay(alice, draft)

    trunk = Trunk.objects.get()
    assert response.status_code == 303
    assert (trunk.kind, trunk.provider, trunk.tls) == ("PROVIDER", "FRESHWORKS", False)
    assert trunk.provider_facts == {"account_sid": SID, "sip_domain": DOMAIN}
    assert (trunk.wanted.codecs, trunk.wanted.dtmf, trunk.wanted.fax) == (["PCMU", "PCMA"], "RFC2833", "NONE")


def test_what_a_provider_dictates_is_shown_and_not_asked(alice, for_provider):
    draft = fill(alice, for_provider("FRESHWORKS"))

    page, review = text_of(alice.get(url(draft, "settings"))), text_of(alice.get(review_url(draft)))

    assert not set(SOUND) & set(asked_on(alice, draft))
    assert "Preset for Freshworks" in page
    assert "G.711µ, G.711a" in page
    assert '<span class="hint">Preset</span>' in review
    assert f"{url(draft, 'settings')}?from=review#id_account_sid" in review


def test_a_domain_that_is_ordered_meanwhile_is_said_at_its_question(alice, account, new_york, for_provider):
    draft = fill(alice, for_provider("FRESHWORKS"))
    seen = fingerprint(alice, draft)
    facts = {"account_sid": SID, "sip_domain": DOMAIN}
    order_trunk(account, freshworks(new_york, provider_facts=facts))

    response = alice.post(pay_url(draft), {"seen": seen})

    assert response.status_code == 422
    assert "You already have a Freshworks trunk with this domain" in text_of(response)
    assert f'href="{url(draft, "settings")}?from=review#id_sip_domain"' in text_of(response)


# Genesys


def test_a_genesys_trunk_is_bought_where_its_region_leads(alice, new_york, for_provider):
    draft = fill(alice, for_provider("GENESYS_CLOUD", inbound_identifier="Alice-1", outbound_fqdn="sip.alice.example"))

    response = pay(alice, draft)

    trunk = Trunk.objects.get()
    assert response.status_code == 303
    assert (trunk.kind, trunk.provider, trunk.tls, trunk.data_centre) == ("PROVIDER", "GENESYS_CLOUD", True, new_york)
    assert trunk.provider_facts == {
        "region": "NA_US_EAST_1",
        "inbound_identifier": "alice-1",
        "outbound_fqdn": "sip.alice.example",
    }


def test_what_genesys_leaves_empty_is_made_once(alice, for_provider):
    draft = fill(alice, for_provider("GENESYS_CLOUD"))
    made = draft.answers["settings"]["inbound_identifier"][0]

    page = text_of(alice.get(review_url(draft)))
    pay(alice, draft)

    facts = Trunk.objects.get().provider_facts
    assert made
    assert facts["inbound_identifier"] == made
    assert made in page
    assert facts["outbound_fqdn"] in page


def test_the_data_centre_of_a_region_is_shown_instead_of_asked(alice, for_provider):
    draft = fill(alice, for_provider("GENESYS_CLOUD"))

    page, review = text_of(alice.get(url(draft, "settings"))), text_of(alice.get(review_url(draft)))

    assert "data_centre" not in asked_on(alice, draft)
    assert "US East (Virginia): New York" in page
    assert f"{url(draft, 'settings')}?from=review#id_region" in review
    assert 'Change<span class="visually-hidden"> data centre</span>' in review


def test_a_region_whose_data_centre_is_not_open_cannot_be_chosen(alice, for_provider):
    draft = fill(alice, for_provider("GENESYS_CLOUD"))

    page = text_of(alice.get(url(draft, "settings")))
    refused = alice.post(url(draft, "settings"), for_provider("GENESYS_CLOUD", region="SA_EAST_1")["settings"])

    assert '<optgroup label="Not open yet">' in page
    assert '<option value="SA_EAST_1" disabled>' in page
    assert refused.status_code == 422
    assert 'href="#id_region"' in text_of(refused)


def test_a_region_closed_meanwhile_is_said_at_the_region(alice, for_provider):
    draft = fill(alice, for_provider("GENESYS_CLOUD"))
    seen = fingerprint(alice, draft)
    DataCentre.objects.update(is_open=False)

    response = alice.post(pay_url(draft), {"seen": seen})

    assert f'href="{url(draft, "settings")}?from=review#id_region"' in text_of(response)


def test_what_the_service_refuses_about_the_data_centre_is_said_at_the_region(alice, for_provider):
    draft = fill(alice, for_provider("GENESYS_CLOUD"))
    refused = ValidationError({"data_centre": "It is full"})

    step, target, message = Order(draft).blame(refused)[0]

    assert (step.slug, target, message) == ("settings", "id_region", "It is full")


def test_an_identifier_taken_meanwhile_is_said_at_its_question(alice, new_york, for_provider):
    draft = fill(alice, for_provider("GENESYS_CLOUD", inbound_identifier="acme"))
    seen = fingerprint(alice, draft)
    facts = {"region": "NA_US_EAST_1", "inbound_identifier": "acme", "outbound_fqdn": "x.example.com"}
    order_trunk(make_account("Other"), genesys(new_york, provider_facts=facts))

    response = alice.post(pay_url(draft), {"seen": seen})

    assert "This identifier is already used in this region. It must be unique" in text_of(response)
    assert f'href="{url(draft, "settings")}?from=review#id_inbound_identifier"' in text_of(response)


# Changing one's mind


def change(client, draft, provider, kind=""):
    return client.post(url(draft, "provider"), {"provider": provider, "kind": kind})


def test_changing_the_kind_and_back_loses_nothing(alice, answers):
    draft = fill(alice, answers)
    change(alice, draft, "DIRECT", "REGISTERED")
    alice.post(url(draft, "settings"), answers["settings"] | {"name": "Renamed", "challenge_invites": "on"})

    change(alice, draft, "DIRECT", "STATIC")
    pay(alice, draft)

    wanted = Trunk.objects.get().wanted
    assert (wanted.name, wanted.source_hosts, wanted.challenge_invites) == ("Renamed", ["127.77.128.1"], False)


def test_answers_of_another_kind_do_not_leak_into_the_trunk(alice, answers):
    answers["settings"] |= {"options": "on", "privacy": "ASSERTED_IDENTITY", "tls": "yes", "codecs": ["G729"]}
    draft = fill(alice, answers)

    change(alice, draft, "DIRECT", "REGISTERED")
    pay(alice, draft)
    trunk = Trunk.objects.get()

    assert (trunk.wanted.options, trunk.wanted.source_hosts, trunk.wanted.destinations) == (False, [], [])
    assert trunk.wanted.privacy == "ASSERTED_IDENTITY"


def test_answers_for_ones_own_pbx_do_not_leak_into_a_providers_trunk(alice, answers):
    answers["settings"] |= {"privacy": "ASSERTED_IDENTITY", "tls": "yes", "codecs": ["G729"], "fax": "T38"}
    draft = fill(alice, answers)
    change(alice, draft, "FRESHWORKS")
    alice.post(url(draft, "settings"), answers["settings"] | FACTS["FRESHWORKS"])

    pay(alice, draft)

    trunk = Trunk.objects.get()
    assert (trunk.tls, trunk.wanted.codecs, trunk.wanted.fax) == (False, ["PCMU", "PCMA"], "NONE")
    assert (trunk.wanted.privacy, trunk.wanted.source_hosts) == ("NONE", [])


def test_a_change_from_the_review_asks_only_what_is_new(alice, answers):
    draft = fill(alice, answers)

    response = alice.post(url(draft, "provider") + "?from=review", {"provider": "FRESHWORKS"})

    assert response["Location"] == url(draft, "settings") + "?from=review"
    page = text_of(alice.get(response["Location"]))
    assert "Enter the Twilio Account SID" in page
    assert 'value="Main office"' in page


def test_the_first_page_says_that_other_answers_are_kept(alice, answers):
    draft = fill(alice, answers)

    assert "Your other answers are kept" in text_of(alice.get(url(draft, "provider")))
    assert "Your other answers are kept" not in text_of(alice.get(url(begin(alice), "provider")))


def test_a_type_posted_with_a_provider_is_never_stored(alice):
    draft = begin(alice)

    change(alice, draft, "FRESHWORKS", "REGISTERED")

    draft.refresh_from_db()
    assert draft.answers["provider"] == {"provider": ["FRESHWORKS"]}


# What cannot be changed later


@pytest.mark.parametrize(
    ("code", "fixed"),
    [
        ("DIRECT", "Provider, Type, Plan, Data centre, Service address, Encryption."),
        ("FRESHWORKS", "Provider, Plan, Data centre, Service address, Twilio Account SID, Twilio SIP domain."),
        (
            "GENESYS_CLOUD",
            "Provider, Plan, Genesys region, Data centre, Service address, Inbound SIP termination identifier,",
        ),
    ],
)
def test_the_review_names_what_cannot_be_changed_later(alice, answers, for_provider, code, fixed):
    draft = fill(alice, answers if code == "DIRECT" else for_provider(code))

    assert f"These cannot be changed later:</b> {fixed}" in text_of(alice.get(review_url(draft)))


def test_what_cannot_be_changed_later_is_tagged(alice, for_provider):
    draft = fill(alice, for_provider("FRESHWORKS"))

    form = alice.get(url(draft, "settings")).context["form"]

    tagged = {field.name for field in form if "Cannot be changed later" in field.tags}
    assert tagged == {"data_centre", "service_address", "account_sid", "sip_domain"}


# A fourth provider


class Fourth(Provider):
    code = "FOURTH"
    label = "Fourth Phone"
    pitch = "Connect the fourth phone."
    needs = "Have at hand: the magic word."
    position = 4
    preset = Preset(codecs=("PCMA",))
    questions = (Question("magic_word", "Magic word", "As your parents said."),)

    def clean(self, facts):
        return {"magic_word": facts["magic_word"] or "abracadabra"}


@pytest.fixture
def fourth(monkeypatch):
    """A registry that has one provider more."""
    known = all_providers() | {"FOURTH": Fourth()}
    for module in ("trunks.providers", "trunks.forms.provider"):
        monkeypatch.setattr(f"{module}.all_providers", lambda: known)
    return known


def test_a_fourth_provider_shows_up_and_is_sold(alice, fourth, answers):
    asked = {name: value for name, value in answers["settings"].items() if name not in SOUND}
    order = answers | {"provider": {"provider": "FOURTH"}, "settings": asked | {"magic_word": "xyzzy"}}
    offered = text_of(alice.get(url(begin(alice), "provider")))

    draft = fill(alice, order)
    pay(alice, draft)

    assert "Connect the fourth phone.<br>Have at hand: the magic word.<br>Preset: G.711a; DTMF" in offered
    assert Trunk.objects.get().provider_facts == {"magic_word": "xyzzy"}
    assert Trunk.objects.get().wanted.codecs == ["PCMA"]


# Cost


@pytest.mark.parametrize("code", ["FRESHWORKS", "GENESYS_CLOUD"])
def test_a_providers_pages_ask_the_database_no_more_than_others(
    alice, for_provider, code, django_assert_max_num_queries
):
    draft = fill(alice, for_provider(code))

    for page in (url(draft, "settings"), review_url(draft)):
        with django_assert_max_num_queries(12):
            alice.get(page)
