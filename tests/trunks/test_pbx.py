"""Ready-made configurations: the PBX understands them, and they say what the trunk says."""

from __future__ import annotations

import itertools
import re

import pytest
from django.urls import reverse

from tests.factories import make_specification, open_data_centre, order_trunk, registered
from tests.trunks.readers import read_gateways, read_pjsip
from trunks.pbx import PBXES, configuration, form_sections, plain

VICIOUS = "Ma\u00fcn </pre><script>alert(1)</script> ;--[x]\\ $${password} --> ?! # a: b"
KINDS = {"static": make_specification, "registered": registered}
TLS = {"udp": False, "tls": True}
VARIANTS = [
    {"codecs": ["PCMA", "PCMU"]},
    {"codecs": ["G729", "PCMU", "PCMA"], "dtmf": "INBAND", "fax": "INBAND", "number_format": "INTERNATIONAL"},
    {"codecs": ["PCMU"], "fax": "T38", "number_format": "US_NATIONAL", "privacy": "ASSERTED_IDENTITY"},
    {"codecs": ["PCMA"], "privacy": "REMOTE_PARTY_ID", "name": VICIOUS},
    {"codecs": ["PCMA"], "privacy": "PREFERRED_IDENTITY", "name": "\u96fb\u8a71", "challenge_invites": False},
]
EVERY = pytest.mark.parametrize(
    ("kind", "tls", "variant"), list(itertools.product(KINDS, TLS, range(len(VARIANTS)))), ids=str
)
PLACEHOLDER = "<your password>"


@pytest.fixture
def place(db):
    return open_data_centre()


@pytest.fixture
def order(account, place):
    def order(kind="static", tls="udp", variant=0, **changes):
        return order_trunk(account, KINDS[kind](place, tls=TLS[tls], **(VARIANTS[variant] | changes)))

    return order


def sections_of(trunk):
    sections = read_pjsip(configuration(trunk, PBXES["asterisk"]))
    return {(section.type, section.name): section for section in sections}


def gateways_of(trunk):
    return read_gateways(configuration(trunk, PBXES["freeswitch"]))


@EVERY
def test_asterisk_understands_every_kind(order, kind, tls, variant):
    trunk = order(kind, tls, variant)

    sections = sections_of(trunk)

    name = trunk.reference.lower()
    assert sections["aor", f"{name}-primary"]["contact"].startswith("sip:127.77.1.10:506")
    assert sections["identify", f"{name}-backup"]["match"] == "127.77.1.11"
    assert ("media_encryption" in sections["endpoint", f"{name}-primary"].options) == (tls == "tls")
    assert (("registration", f"{name}-backup") in sections) == (kind == "registered")


@EVERY
def test_freeswitch_understands_every_kind(order, kind, tls, variant):
    gateways = gateways_of(order(kind, tls, variant))

    assert len(gateways) == 2
    for gateway in gateways.values():
        assert gateway.params["register"] == str(kind == "registered").lower()
        assert gateway.params["register-transport"] == tls
        assert gateway.variables.get("rtp_secure_media", "false") == str(tls == "tls").lower()


def test_asterisk_registers_with_both_nodes_and_answers_challenges(order):
    trunk = order("registered", "tls")
    sections, name = sections_of(trunk), trunk.reference.lower()

    for role, host in (("primary", "127.77.1.10"), ("backup", "127.77.1.11")):
        registration = sections["registration", f"{name}-{role}"]
        assert registration["server_uri"] == f"sip:{host}:5061;transport=tls"
        assert registration["client_uri"] == f"sip:{trunk.username}@sip.localhost"
        assert sections["endpoint", f"{name}-{role}"]["outbound_auth"] == f"{name}-auth"
    assert sections["auth", f"{name}-auth"]["username"] == trunk.username
    assert sections["auth", f"{name}-auth"]["password"] == PLACEHOLDER


def test_a_caller_keeps_its_number(order):
    """From carries the caller; a user name there would hide the number."""
    trunk = order("registered")

    assert all("from_user" not in section.options for section in sections_of(trunk).values())
    assert all(gateway.params["caller-id-in-from"] == "true" for gateway in gateways_of(trunk).values())


def test_codecs_come_in_order(order):
    trunk = order(variant=1)

    texts = {code: configuration(trunk, pbx) for code, pbx in PBXES.items()}

    assert "allow=g729,ulaw,alaw" in texts["asterisk"]
    assert "G729,PCMU,PCMA" in texts["freeswitch"]
    assert re.search(r"1 g729r8\n codec preference 2 g711ulaw\n codec preference 3 g711alaw", texts["cube"])
    assert "In this order: g729, ulaw, alaw" in texts["freepbx"]
    assert "Codec priority: G729, PCMU, PCMA" in texts["3cx"]


def test_dtmf_fax_and_identity_are_those_of_the_trunk(order):
    inband, t38 = order(variant=1), order(variant=2)

    assert "dtmf_mode=inband" in configuration(inband, PBXES["asterisk"])
    assert "t38_udptl=yes" in configuration(t38, PBXES["asterisk"])
    assert "send_pai=yes" in configuration(t38, PBXES["asterisk"])
    assert "dtmf-relay" not in configuration(inband, PBXES["cube"])
    assert "fax protocol pass-through g711ulaw" in configuration(inband, PBXES["cube"])
    assert "fax protocol t38" in configuration(t38, PBXES["cube"])
    assert "asserted-id pai" in configuration(t38, PBXES["cube"])


@pytest.mark.parametrize(("variant", "number"), [(0, "+13124441212"), (1, "13124441212"), (2, "3124441212")])
@pytest.mark.parametrize("code", PBXES)
def test_numbers_look_as_the_trunk_wants_them(order, code, variant, number):
    assert re.search(rf"(?<![+\d]){re.escape(number)}\b", configuration(order(variant=variant), PBXES[code]))


@pytest.mark.parametrize("code", PBXES)
@pytest.mark.parametrize("kind", KINDS)
def test_both_nodes_and_no_password_are_in_every_configuration(order, kind, code):
    where = {"destinations": [("127.77.200.1", 5061)]} if kind == "static" else {}
    trunk = order(kind, "tls", **where)
    text = configuration(trunk, PBXES[code])

    assert {"127.77.1.10", "127.77.1.11"} <= set(re.findall(r"127\.77\.1\.\d+", text))
    assert "5061" in text
    assert "5060" not in text
    assert ("your password" in text) == (kind == "registered")
    assert (trunk.username in text) if kind == "registered" else ("username" not in text.lower())


@pytest.mark.parametrize("code", PBXES)
def test_a_place_with_one_node_has_one_of_everything(order, place, code):
    place.nodes.filter(role="BACKUP").delete()
    trunk = order("registered")

    text = configuration(trunk, PBXES[code])

    assert "backup" not in text
    if code == "asterisk":
        read_pjsip(text)


@pytest.mark.parametrize("name", [VICIOUS, "; exit", "a--b", "-->", "!\r\nreload", "?", "${EXTEN}", "\u202e"])
def test_no_name_means_anything_in_a_configuration(name):
    assert re.fullmatch(r"[A-Za-z0-9 .,()+_-]*", plain(name))
    assert "--" not in plain(name)


@pytest.mark.parametrize("code", ["freepbx", "3cx"])
def test_forms_are_fields_under_titles(order, code):
    sections = form_sections(configuration(order("registered", variant=3), PBXES[code]))

    assert sections[0][0] == "Primary node: General"
    assert all(title and rows and all(field and value for field, value in rows) for title, rows in sections)


def test_cube_registers_with_both_nodes(order):
    trunk = order("registered", "tls")
    text = configuration(trunk, PBXES["cube"])

    assert " registrar 1 ipv4:127.77.1.10:5061 expires 3600 tcp tls\n" in text
    assert " registrar 2 ipv4:127.77.1.11:5061 expires 3600 tcp tls\n" in text
    login = f"{trunk.username} password 0 {PLACEHOLDER} realm sip.localhost"
    assert f" credentials number {trunk.username} username {login}\n" in text
    assert f" authentication username {login}\n" in text


# On the page


def url(trunk, name="handover", pbx=""):
    return reverse(f"trunks:{name}", args=[trunk.pk]) + (f"?pbx={pbx}" if pbx else "")


@pytest.mark.parametrize("code", PBXES)
def test_each_can_be_looked_at_copied_and_downloaded(alice, order, code):
    trunk = order("registered", variant=3)

    page = alice.get(url(trunk, pbx=code)).content.decode()
    file = alice.get(url(trunk, "pbx_file", code))

    assert f'id="pbx-{code}"' in page
    assert "<script>alert" not in page
    assert url(trunk, "pbx_file", code) in page
    assert re.fullmatch(r"attachment; filename=\w+-tr-[0-9a-f]{8}\.\w+", file["Content-Disposition"])
    assert file.content.decode() == configuration(trunk, PBXES[code])


def test_choosing_a_pbx_replaces_only_its_part(alice, order):
    response = alice.get(url(order(), pbx="cube"), headers={"HX-Request": "true"})

    assert "voice class codec" in response.content.decode()
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize("name", ["handover", "pbx_file"])
def test_an_unknown_pbx_is_not_there(alice, order, name):
    trunk = order()

    assert alice.get(url(trunk, name, "nonsense")).status_code == 404
    assert "pjsip.conf" in alice.get(url(trunk)).content.decode()
