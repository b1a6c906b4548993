"""Every row of the corpus through the forms, and through model and rules where they know the field."""

from __future__ import annotations

import ipaddress
from copy import deepcopy
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import override_settings

from accounts.models import Account, Limits
from addresses.services import delete_address
from billing.models import Plan
from provisioning.models import DataCentre
from tests.factories import (
    freshworks,
    genesys,
    make_account,
    make_address,
    make_member,
    make_specification,
    open_data_centre,
    order_trunk,
)
from tests.trunks.corpus import CORPUS, going_to
from trunks.choices import Choices
from trunks.forms import HostsForm, OrderForm, PlanForm, ProviderForm
from trunks.models import TrunkRevision
from trunks.providers import provider_of
from trunks.providers.freshworks.rules import clean_account_sid, clean_sip_domain
from trunks.providers.genesys.rules import clean_fqdn, clean_identifier
from trunks.validators import (
    HostRules,
    clean_channels,
    clean_codecs,
    clean_destinations,
    clean_name,
    clean_sources,
    clean_strategy,
    validate_channels_left,
)

PROVIDER = {"provider": "DIRECT", "kind": "STATIC"}
PLAN = {"plan": "METERED", "channels": "10"}
SETTINGS = {
    "name": "Second office",
    "in_the_us": "yes",
    "data_centre": "NEW_YORK",
    "service_address": "in Chicago",
    "codecs": ["PCMA"],
    "dtmf": "RFC2833",
    "fax": "NONE",
    "number_format": "E164",
    "privacy": "NONE",
    "tls": "no",
}
HOSTS = {"sources": ["8.8.8.8"], "destinations": ["8.8.8.8"], "destinations_port": [""]}
FACTS_OF = {
    "mine": {"account_sid": "AC" + "1" * 32, "sip_domain": "mine.sip.twilio.com"},
    "the neighbour's": {"account_sid": "AC" + "2" * 32, "sip_domain": "yours.sip.twilio.com"},
    "Acme's": {"region": "EU_WEST_1", "inbound_identifier": "acme", "outbound_fqdn": "acme.example.com"},
}
ANSWERS = PROVIDER | PLAN | SETTINGS | HOSTS
NAMES = {
    "inside.example.com": ["10.0.0.5"],
    "us.example.com": ["62.140.31.124"],
    "missing.example.com": [],
}


def look_up(names):
    """A name service that knows three names and points all others at a public address."""
    return {name: [ipaddress.ip_address(ip) for ip in NAMES.get(name, ["8.8.8.8"])] for name in names}


@pytest.fixture(scope="module")
def opened_market(module_db):
    """An account that has a trunk with an address, and a neighbour with another."""
    account = make_account("Alice", channels=100, data_centres=2)
    new_york, frankfurt = open_data_centre("NEW_YORK"), open_data_centre("FRANKFURT")
    DataCentre.objects.filter(code="SINGAPORE").update(is_open=True)
    DataCentre.objects.filter(code="FRANKFURT").update(supports_ipv6=True)
    neighbour = make_account("Neighbour")
    with override_settings(LAB=True):
        order_trunk(account, make_specification(new_york, name="Main office", channels=1, source_hosts=["9.9.9.9"]))
        order_trunk(account, make_specification(frankfurt, channels=1))
        order_trunk(neighbour, make_specification(new_york, source_hosts=["9.9.9.10"]))
    return SimpleNamespace(account=account, neighbour=neighbour, addresses=addresses_of(account, neighbour))


@pytest.fixture
def market(opened_market, db, settings):
    """The market, for one test."""
    settings.LAB = False
    return deepcopy(opened_market)


def make_it_so(market, id):
    """What a row of the corpus presumes beyond the market."""
    if id == "V-PL-3":
        market.account.plans.remove(Plan.objects.get(code="UNLIMITED"))
    if id in {"V-FW-3", "V-GE-4", "V-GE-5"}:
        places = DataCentre.objects.in_bulk(["NEW_YORK", "FRANKFURT"])
        order_trunk(market.account, freshworks(places["NEW_YORK"], channels=1, provider_facts=FACTS_OF["mine"]))
        order_trunk(market.neighbour, freshworks(places["NEW_YORK"], provider_facts=FACTS_OF["the neighbour's"]))
        order_trunk(market.neighbour, genesys(places["FRANKFURT"], provider_facts=FACTS_OF["Acme's"]))


def addresses_of(account, neighbour):
    """Words of the corpus → what a browser posts."""
    deleted = make_address(account, "Deleted")
    words = {
        "in Chicago": make_address(account, "Chicago"),
        "in Germany": make_address(account, "Berlin", country_code="DEU", region_code="", post_code="10115"),
        "a stranger's": make_address(neighbour, "Strange"),
        "deleted": deleted,
    }
    ids = {word: str(address.pk) for word, address in words.items()}
    delete_address(deleted, make_member(account))
    return ids | {"nobody's": "9b2d7a2e-8d6a-4c39-9f5b-3e1f3f4f5a6b"}


def posted(market, field, typed):
    answers = ANSWERS | (typed if isinstance(typed, dict) else {field: typed})
    answers["service_address"] = market.addresses.get(answers["service_address"], answers["service_address"])
    data = QueryDict(mutable=True)
    for name, value in answers.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def form_for(field, data, choices):
    place = choices.data_centres.get(data.get("data_centre"))
    if field in ProviderForm.base_fields:
        return ProviderForm(data, choices=choices)
    if field in PlanForm.base_fields:
        return PlanForm(data, choices=choices)
    if field in HostsForm.base_fields:
        return HostsForm(data, choices=choices, data_centre=place, tls=data["tls"] == "yes", resolve=look_up)
    provider = provider_of(data["provider"])
    kind = provider.kinds[0]
    return OrderForm(data, choices=choices, plan=data.get("plan", ""), kind=kind, provider=provider.code)


AGREED = {"NAME": 6, "CH": 8, "PL": 5, "LOC": 7, "IP": 20, "DST": 15, "COD": 4, "FMT": 1, "FW": 3, "GE": 4}
# V-IP-11 is about ranges, which are not offered.
NOT_OFFERED = {"V-IP-11"}


def test_every_agreed_row_is_in_the_table():
    agreed = {f"V-{kind}-{number}" for kind, last in AGREED.items() for number in range(1, last + 1)}

    assert agreed - {row[0] for row in CORPUS} == NOT_OFFERED


@pytest.mark.parametrize(("id", "field", "typed", "message"), CORPUS)
def test_the_form_says_what_is_wrong(market, id, field, typed, message):
    make_it_so(market, id)
    form = form_for(field, posted(market, field, typed), Choices(market.account))

    wrong = list(form.errors.get(field, []))

    assert wrong[:1] == ([message] if message else [])
    assert bool(message) or not form.errors


RULES = HostRules(
    own=[ipaddress.ip_network("62.140.31.124"), ipaddress.ip_network("185.255.9.216")], no_ipv6_in="New York"
)


def first_trouble(checked):
    if checked.troubles:
        raise checked.troubles[0][1]


# What needs the account, its trunks or a name service is not a rule about one field.
BEYOND = {"V-NAME-5", "V-CH-6", "V-IP-1", "V-IP-14", "V-IP-15", "V-DST-10", "V-FW-3", "V-GE-4", "V-GE-5", "choice"}
RULE_OF = {
    "name": clean_name,
    "channels": clean_channels,
    "codecs": clean_codecs,
    "sources": lambda typed: first_trouble(clean_sources(typed, RULES)),
    "destinations": lambda typed: first_trouble(clean_destinations(zipped(typed), RULES)),
    "strategy": lambda typed: clean_strategy(typed["strategy"], typed["destinations"]),
    "account_sid": lambda typed: clean_account_sid(typed["account_sid"]),
    "sip_domain": lambda typed: clean_sip_domain(typed["sip_domain"]),
    "inbound_identifier": lambda typed: clean_identifier(typed["inbound_identifier"]),
    "outbound_fqdn": lambda typed: clean_fqdn(typed["outbound_fqdn"]),
}


def zipped(typed):
    ports = typed.get("destinations_port", [])
    return list(zip(typed["destinations"], [*ports, "", "", "", ""], strict=False))


@pytest.mark.parametrize(
    ("id", "field", "typed", "message"),
    [row for row in CORPUS if row[1] in RULE_OF and row[0] not in BEYOND and "data_centre" not in row[2]],
)
def test_the_rule_says_the_same(id, field, typed, message):
    assert said_by(lambda: RULE_OF[field](typed)) == message


def said_by(act):
    try:
        act()
    except ValidationError as trouble:
        return trouble.messages[0]
    return None


@pytest.mark.parametrize(
    ("id", "field", "typed", "message"),
    [row for row in CORPUS if row[1] in {"name", "codecs", "dtmf", "fax"} and row[0] not in BEYOND],
)
def test_the_model_says_the_same(id, field, typed, message):
    values = {"name": "Main office", "channels": 1, "codecs": ["PCMA"], "source_hosts": ["8.8.8.8"]}
    values |= typed if isinstance(typed, dict) else {field: typed}

    assert said_by(TrunkRevision(**values).clean) == message


def ordered(market, field, typed):
    """The row as an order of a machine: nothing of it was looked at by a form."""
    data = posted(market, field, typed)
    provider = provider_of(data["provider"])
    place = provider.data_centre_of(data.dict()) or data["data_centre"]
    change = {
        "name": data["name"],
        "channels": int(data["channels"]),
        "provider": provider.code,
        "kind": provider.kinds[0],
        "source_hosts": data.getlist("sources") if provider.code == "DIRECT" else [],
        "destinations": [],
        "provider_facts": provider.clean({each.name: data.get(each.name, "") for each in provider.questions}),
    }
    order_trunk(market.account, make_specification(DataCentre.objects.get(pk=place), **change))


BY_THE_SERVICE = {"V-NAME-5", "V-CH-6", "V-LOC-2", "V-LOC-3", "V-FW-3", "V-GE-4", "V-GE-5"}
ROWS = [
    row
    for row in CORPUS
    if (row[0] in BY_THE_SERVICE and row[1] != "region") or (row[1], row[0][:4]) == ("sources", "V-IP")
]


@pytest.mark.parametrize(("id", "field", "typed", "message"), ROWS)
def test_the_service_says_the_same(market, id, field, typed, message):
    make_it_so(market, id)

    assert said_by(lambda: ordered(market, field, typed)) == message


@pytest.mark.parametrize(("field", "value"), [("dtmf", "SHOUTING"), ("fax", "PIGEON"), ("privacy", "MASK")])
def test_the_service_refuses_words_that_are_no_choice(market, field, value):
    place = DataCentre.objects.get(pk="NEW_YORK")

    with pytest.raises(ValidationError) as refused:
        order_trunk(
            market.account, make_specification(place, source_hosts=["9.9.9.20"], destinations=[], **{field: value})
        )

    assert list(refused.value.error_dict) == [field]


def test_the_model_refuses_a_trunk_without_any_host():
    revision = TrunkRevision(name="Main office", channels=1, codecs=["PCMA"])

    assert said_by(revision.clean) == "Enter at least one source IP address or one destination"


@pytest.mark.parametrize(("typed", "channels"), [("1,000", 1000), ("1 000", 1000), ("1000", 1000), ("+7", 7)])
def test_thousands_may_be_written_apart(typed, channels):
    assert clean_channels(typed) == channels


def test_no_channels_left_is_said(market):
    Limits.objects.filter(account=market.account).update(channels=2)
    data = posted(market, "channels", "1")

    form = PlanForm(data, choices=Choices(Account.objects.get(pk=market.account.pk)))

    assert form.errors["channels"] == ["You have no channels left. Contact us to get more"]


@pytest.mark.parametrize("channels", [3, 5])
def test_a_trunk_may_keep_or_reduce_what_it_has_beyond_the_limit(channels):
    validate_channels_left(channels, left=2, present=5)


def test_a_trunk_may_not_grow_beyond_the_limit():
    with pytest.raises(ValidationError) as refused:
        validate_channels_left(6, left=2, present=5)

    assert refused.value.code == "V-CH-6"


def cleaned(market, typed):
    form = form_for("sources", posted(market, "sources", typed), Choices(market.account))
    assert form.is_valid(), form.errors
    return form


@pytest.mark.parametrize(
    ("host", "port", "stored"),
    [
        ("pbx.example.com.", "", ("pbx.example.com", 0)),
        ("PBX.Example.COM", "5080", ("pbx.example.com", 5080)),
        ("pbx.example.com:5080", "", ("pbx.example.com", 5080)),
        ("pbx.example.com", "0", ("pbx.example.com", 0)),
        ("bücher.example", "", ("xn--bcher-kva.example", 0)),
        ("8.8.8.8", "", ("8.8.8.8", 5060)),
        ("sip:8.8.8.8:5080", "", ("8.8.8.8", 5080)),
    ],
)
def test_destinations_are_stored_tidy(market, host, port, stored):
    form = cleaned(market, {"destinations": [host], "destinations_port": [port]})

    assert form.cleaned_data["destinations"] == [stored]


def test_brackets_around_ipv6_are_accepted():
    checked = clean_destinations([("[2606:4700::1111]:5070", ""), ("2606:4700::1111", "")], HostRules())

    assert checked.hosts == [("2606:4700::1111", 5070), ("2606:4700::1111", 5060)]


def test_an_address_without_a_port_shows_5060_beside_the_mistakes_of_others(market):
    typed = {"destinations": ["8.8.8.8", "10.0.0.1"], "destinations_port": ["", ""], "strategy": "FAILOVER"}
    form = form_for("destinations", posted(market, "destinations", typed), Choices(market.account))

    assert form.errors
    assert form["destinations"].value() == [("8.8.8.8", "5060"), ("10.0.0.1", "")]


def test_with_tls_an_address_without_a_port_gets_5061(market):
    form = cleaned(market, going_to("8.8.8.8") | {"tls": "yes"})

    assert form.cleaned_data["destinations"] == [("8.8.8.8", 5061)]
    assert form["destinations"].value() == [("8.8.8.8", "5061")]


@pytest.mark.parametrize(
    ("tls", "port", "note"),
    [
        ("yes", "5060", "Calls go to port 5060 with TLS. Most equipment expects TLS on port 5061"),
        ("no", "5061", "Calls go to port 5061 without TLS. Most equipment expects them on port 5060"),
    ],
)
def test_the_port_of_the_other_transport_is_a_warning(market, tls, port, note):
    assert cleaned(market, going_to("8.8.8.8", port) | {"tls": tls}).notes == [note]


def test_a_type_is_never_kept_for_a_provider_that_has_none(market):
    form = ProviderForm(
        posted(market, "kind", {"provider": "FRESHWORKS", "kind": "REGISTERED"}), choices=Choices(market.account)
    )

    assert form.is_valid()
    assert form.cleaned_data == {"provider": "FRESHWORKS", "kind": "PROVIDER"}
    assert "kind" not in form.data


def test_too_many_channels_for_any_trunk_also_says_how_many_are_left(market):
    form = PlanForm(posted(market, "channels", "9999"), choices=Choices(market.account))

    assert form.errors["channels"] == [
        "Number of channels must be 1000 or less",
        "You have 98 channels left. Enter 98 or less, or request more",
    ]


def test_one_destination_is_failover_whatever_was_posted(market):
    form = cleaned(market, {"destinations": ["8.8.8.8"], "strategy": "ROUND_ROBIN"})

    assert form.cleaned_data["strategy"] == "FAILOVER"


def test_a_missing_name_is_a_warning(market):
    form = cleaned(market, {"destinations": ["missing.example.com"], "destinations_port": ["5060"]})

    assert form.not_found == [
        "We could not find missing.example.com. Check the spelling, or continue and fix the DNS record later"
    ]


def test_a_name_without_a_port_is_looked_up_by_srv(market):
    form = cleaned(market, {"destinations": ["pbx.example.com"]})

    assert form.remarks == ["We will look up the SRV record of pbx.example.com"]


def test_a_name_in_another_script_is_shown_both_ways(market):
    form = cleaned(market, {"destinations": ["bücher.example:5060"]})

    assert form.remarks == ["bücher.example is stored as xn--bcher-kva.example"]
    assert form.notes == []


def test_a_name_that_mixes_scripts_gets_a_warning(market):
    form = cleaned(market, {"destinations": ["\u0440\u0430ypal.com:5060"]})

    assert form.notes == [
        "\u0440\u0430ypal.com mixes letters of different alphabets. We will send calls to xn--ypal-43d9g.com"
    ]


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ({"sources": [""]}, "This trunk will not be able to place calls"),
        ({"destinations": [""]}, "This trunk will not be able to receive calls"),
    ],
)
def test_one_side_is_a_warning(market, typed, note):
    assert cleaned(market, typed).notes == [note]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("127.77.128.1", None),
        ("127.77.1.10", "127.77.1.10 is our own address. In this lab use 127.77.128.0 to 127.77.255.255"),
        ("127.77.2.1", "127.77.2.1 cannot be used on the internet. In this lab use 127.77.128.0 to 127.77.255.255"),
        ("127.0.0.1", "127.0.0.1 cannot be used on the internet. In this lab use 127.77.128.0 to 127.77.255.255"),
    ],
)
def test_the_lab_lets_its_customers_in_and_nobody_else(market, settings, source, message):
    settings.LAB = True
    form = form_for("sources", posted(market, "sources", [source]), Choices(market.account))

    assert list(form.errors.get("sources", [])) == ([message] if message else [])
