"""An address in one line, in the order of its country."""

import pytest

from addresses.countries import country_choices, in_order
from addresses.models import ServiceAddress
from portal.demo import DATA_CENTRES
from tests.addresses.corpus import GOOD


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("DEU", "Berlin", "", "10117"), "10117 Berlin"),
        (("USA", "Chicago", "US-IL", "60606"), "Chicago, IL 60606"),
        (("CAN", "Toronto", "CA-ON", "M5H 2N2"), "Toronto ON M5H 2N2"),
        (("GBR", "London", "", "SW1A 1AA"), "London, SW1A 1AA"),
        (("TUR", "Kadıköy", "TR-34", "34710"), "34710 Kadıköy/İstanbul"),
        (("JPN", "Minato", "JP-13", "106-0032"), "Minato, Tokyo, 106-0032"),
        (("SGP", "Singapore", "", "018956"), "SINGAPORE 018956"),
        (("HKG", "Kowloon", "", ""), "Kowloon"),
    ],
)
def test_a_place_is_written_as_its_country_writes_it(place, line):
    assert in_order(*place) == line


@pytest.mark.parametrize("country", [code for code, _name in country_choices()])
def test_the_city_is_never_left_out(country):
    assert "somewhere" in in_order(country, "Somewhere", "", "").lower()


def test_an_address_has_a_line():
    assert ServiceAddress(**GOOD).line == "233 S Wacker Drive, Chicago, IL 60606"


def test_data_centres_and_countries_spell_a_country_alike():
    place = DATA_CENTRES["ISTANBUL"][1]

    assert place == f"Istanbul, {dict(country_choices())['TUR']}"
