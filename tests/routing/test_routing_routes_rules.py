"""Every rule about routes, with its words, as the services say them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from routing.judging import judged
from routing.specification import EntrySettings, RouteSettings
from routing.validators import clean_hunt_on, clean_phone, clean_ring, clean_route_name
from tests.factories import make_account, make_specification, open_data_centre, order_trunk
from tests.routing.roads import entry
from tests.trunks.states import settle
from trunks.services import delete_trunk

PHONE = "+13124441212"
FORM = "Enter the number with + and country code, like +13124441212"
RING = "Ring time must be a whole number of seconds from 5 to 60"

WRONG_NAMES = [
    ("", "V-RT-6", "Enter a route name"),
    (" \u200b\t", "V-RT-6", "Enter a route name"),
    ("Day\nNight", "V-RT-7", "Route name must not include line breaks or control characters"),
    ("\u202eyaD", "V-RT-7", "Route name must not include line breaks or control characters"),
    ("x" * 65, "V-RT-8", "Route name must be 64 characters or less"),
]
WRONG_RINGS = ["", "4", "61", "-5", "5.5", "20 s", "١٢", "1e1", "99999", "twenty"]
WRONG_PHONES = [
    ("", "V-RT-11", FORM),
    ("3124441212", "V-RT-11", FORM),
    ("0013124441212", "V-RT-11", FORM),
    ("+1312444121x", "V-RT-11", FORM),
    ("+03124441212", "V-RT-11", FORM),
    ("+123456", "V-RT-11", FORM),
    ("+1234567890123456", "V-RT-11", FORM),
    ("sip:+13124441212@example.com", "V-RT-11", FORM),
    ("+１３１２４４４１２１２", "V-RT-11", FORM),
    ("+19995550100", "V-RT-12", "+19995550100 exists in no country's numbering plan. Check it"),
    ("+13120000000", "V-RT-12", "+13120000000 exists in no country's numbering plan. Check it"),
    ("+9991234567", "V-RT-12", "+9991234567 exists in no country's numbering plan. Check it"),
]


@pytest.fixture
def trunks(account):
    new_york = open_data_centre()
    return [settle(order_trunk(account, make_specification(new_york, name=name))) for name in ("Main office", "Backup")]


def troubles(account, *entries, name="Day"):
    with pytest.raises(ValidationError) as raised:
        judged(account, RouteSettings(name, entries), None)
    return [(error.code, error.messages[0]) for error in raised.value.error_dict["entries"]]


@pytest.mark.parametrize(("raw", "code", "message"), WRONG_NAMES)
def test_a_wrong_name(raw, code, message):
    with pytest.raises(ValidationError) as raised:
        clean_route_name(raw)
    assert (raised.value.code, raised.value.messages) == (code, [message])


@pytest.mark.parametrize(
    ("raw", "name"), [(" Day ", "Day"), ("x" * 64, "x" * 64), ("Tag\u200b  und Nacht", "Tag und Nacht")]
)
def test_a_right_name(raw, name):
    assert clean_route_name(raw) == name


@pytest.mark.parametrize("raw", WRONG_RINGS)
def test_a_wrong_ring_time(raw):
    with pytest.raises(ValidationError) as raised:
        clean_ring(raw)
    assert (raised.value.code, raised.value.messages) == ("V-RT-9", [RING])


@pytest.mark.parametrize(("raw", "seconds"), [("5", 5), ("60", 60), (20, 20), (" 020 ", 20)])
def test_a_right_ring_time(raw, seconds):
    assert clean_ring(raw) == seconds


@pytest.mark.parametrize(("raw", "code", "message"), WRONG_PHONES)
def test_a_wrong_phone_number(raw, code, message):
    with pytest.raises(ValidationError) as raised:
        clean_phone(raw)
    assert (raised.value.code, raised.value.messages) == (code, [message])


@pytest.mark.parametrize("raw", [PHONE, "+1 (312) 444-1212", "+1.312.444.1212", "\u200b+1 312 444 1212 "])
def test_a_right_phone_number(raw):
    assert clean_phone(raw) == PHONE


def test_reasons_are_some_of_four_in_their_order():
    assert clean_hunt_on(["BUSY", "UNREACHABLE", "BUSY"]) == ("UNREACHABLE", "BUSY")
    with pytest.raises(ValidationError) as raised:
        clean_hunt_on(["BUSY", "RAIN"])
    assert raised.value.code == "V-RT-10"


def test_eleven_entries_are_too_many(account, trunks):
    new_york = trunks[0].data_centre
    account.limits.trunks = account.limits.trunks_per_data_centre = 20
    account.limits.save()
    many = [settle(order_trunk(account, make_specification(new_york))) for _time in range(9)]

    assert troubles(account, *map(entry, [*trunks, *many])) == [("V-RT-1", "A route can have up to 10 entries")]
    assert judged(account, RouteSettings("Day", tuple(map(entry, [*trunks, *many[1:]]))), None)


def test_a_phone_number_is_the_last_or_none(account, trunks):
    wrong = ("V-RT-2", "A phone number can only be the last entry")

    assert troubles(account, entry(PHONE), entry(trunks[0])) == [wrong]
    assert troubles(account, entry(PHONE), entry("+13125550100")) == [wrong]


def test_no_trunk_is_there_twice(account, trunks):
    office, backup = trunks

    assert troubles(account, entry(office), entry(backup), entry(office)) == [
        ("V-RT-3", '"Main office" is already in this route')
    ]


def test_a_trunk_that_is_being_deleted_cannot_receive_calls(account, trunks):
    delete_trunk(trunks[1], trunks[1].created_by)

    assert troubles(account, *map(entry, trunks)) == [("V-RT-3", '"Backup" cannot receive calls')]


@pytest.mark.parametrize("trunk_id", ["x", "00000000-0000-0000-0000-000000000000", "' OR 1=1", "\0"])
def test_what_is_no_trunk_of_the_account_is_none(account, trunks, trunk_id):
    assert troubles(account, EntrySettings(trunk_id=trunk_id)) == [("V-RT-3", "Choose one of your trunks")]


def test_a_strangers_trunk_is_none_of_yours(trunks):
    assert troubles(make_account(), entry(trunks[0])) == [("V-RT-3", "Choose one of your trunks")]


def test_a_route_without_an_entry_is_none(account):
    assert troubles(account) == [("V-RT-5", "Add at least one trunk or a phone number")]


def test_everything_wrong_is_said_at_once(account):
    with pytest.raises(ValidationError) as raised:
        judged(account, RouteSettings("", (EntrySettings(phone="1"), EntrySettings(phone=PHONE, ring_seconds=1))), None)

    assert {error.code for errors in raised.value.error_dict.values() for error in errors} == {
        "V-RT-6",
        "V-RT-9",
        "V-RT-11",
    }
