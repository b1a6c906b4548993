"""The lists that grow work with posted buttons alone."""

import pytest
from django.http import QueryDict
from django.template import Context, Template

from portal.styleguide import SampleForm

POSTED = (
    "name=Main&data_centre=nyc&plan=metered&channels=10&codecs=PCMA&codecs=PCMU&codecs_add=G729"
    "&sources=203.0.113.7&destinations=a.example.com&destinations_port=5060"
    "&destinations=b.example.com&destinations_port=5061"
)


def pressed(action):
    return SampleForm(QueryDict(f"{POSTED}&action={action}"))


@pytest.mark.parametrize(
    ("action", "codecs"),
    [
        ("up:PCMU", ["PCMU", "PCMA"]),
        ("down:PCMA", ["PCMU", "PCMA"]),
        ("up:PCMA", ["PCMA", "PCMU"]),
        ("down:PCMU", ["PCMA", "PCMU"]),
        ("remove:PCMA", ["PCMU"]),
        ("add:codecs", ["PCMA", "PCMU", "G729"]),
    ],
)
def test_buttons_change_the_codec_list(action, codecs):
    form = pressed(action)

    assert form.rework() is True
    assert form.data.getlist("codecs") == codecs
    assert form.errors == {}


@pytest.mark.parametrize(
    ("action", "hosts"),
    [
        ("up:destinations-1", [("b.example.com", "5061"), ("a.example.com", "5060")]),
        ("remove:destinations-0", [("b.example.com", "5061")]),
        ("add:destinations", [("a.example.com", "5060"), ("b.example.com", "5061"), ("", "")]),
    ],
)
def test_buttons_change_the_host_rows_with_their_ports(action, hosts):
    form = pressed(action)

    assert form.rework() is True
    assert form["destinations"].value() == hosts


@pytest.mark.parametrize(
    "action", ["", "up", "up:", "up:GSM", "remove:destinations-9", "remove:destinations-x", "up:1"]
)
def test_other_buttons_do_not_touch_the_lists(action):
    assert pressed(action).rework() is False


def test_pasted_addresses_become_rows():
    form = SampleForm(QueryDict(POSTED.replace("sources=203.0.113.7", "sources=203.0.113.7,%20203.0.113.8")))

    assert form.is_valid(), form.errors
    assert [host.host for host in form.cleaned_data["sources"]] == ["203.0.113.7", "203.0.113.8"]


def test_the_posted_order_is_the_order():
    form = SampleForm(QueryDict(POSTED.replace("codecs=PCMA&codecs=PCMU", "codecs=PCMU&codecs=PCMA&codecs=PCMU")))

    assert form.is_valid()
    assert form.cleaned_data["codecs"] == ["PCMU", "PCMA"]


def test_a_disabled_card_is_refused_with_its_reason():
    form = SampleForm(QueryDict(POSTED.replace("plan=metered", "plan=unlimited")))

    assert form.errors["plan"] == ["Not active on your account."]


def test_a_row_error_stands_at_its_row_and_the_summary_links_there():
    form = SampleForm(QueryDict(POSTED.replace("sources=203.0.113.7", "sources=203.0.113.7&sources=10.1.2.3")))
    message = "10.1.2.3 is a private address. Enter the public IP address of your equipment"

    assert form.summary_errors() == [("id_sources_1", message)]

    html = str(form["sources"])
    assert 'id="id_sources_1_error"' in html
    assert 'aria-describedby="id_sources_1_error"' in html
    assert 'id="id_sources_0_error"' not in html


def test_the_summary_links_to_the_first_option_of_a_group():
    form = SampleForm(QueryDict("name=Main"))
    targets = {message: target for target, message in form.summary_errors()}

    assert targets["Plan is missing"] == "id_plan_0"
    assert targets["Codecs is missing"] == "id_codecs"
    assert targets["Addresses you call us from is missing"] == "id_sources_0"


def test_every_reference_of_the_form_resolves():
    import re

    html = Template("{{ form }}").render(Context({"form": SampleForm(QueryDict("name=&sources=10.0.0.1"))}))
    html = re.sub(r"<template>.*?</template>", "", html, flags=re.DOTALL)
    ids = set(re.findall(r' id="([^"]+)"', html))
    references = {word for value in re.findall(r'(?:describedby|for)="([^"]+)"', html) for word in value.split()}
    references |= set(re.findall(r'href="#([^"]+)"', html))

    assert references - ids == set()
    assert "style=" not in html
