"""The numbers that an account can buy: searched by country, area and digits, quickly among 100,000."""

from __future__ import annotations

import re
from collections.abc import Iterable

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django_countries import countries

from accounts.models import Account
from routing.models import Number
from routing.pricing import prices_in

SIMILAR = 5
LEAST_DIGITS = 3
_BETWEEN = re.compile(r"[\s().+/-]+")
# What DISTINCT would read the whole index for: each value by one look further on.
_VALUES = """
WITH RECURSIVE found(value) AS (
    (SELECT {column} FROM routing_number
      WHERE account_id IS NULL AND {inside} ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM routing_number
             WHERE account_id IS NULL AND {inside} AND {column} > found.value ORDER BY {column} LIMIT 1)
      FROM found WHERE found.value IS NOT NULL
)
SELECT value FROM found WHERE value IS NOT NULL
"""


def for_sale(account: Account) -> QuerySet[Number]:
    """What has a price in the account's currency, where it can be used, and rests no more. In order of area."""
    offered = Number.objects.filter(
        Q(for_sale_at=None) | Q(for_sale_at__lte=Now()),
        account=None,
        rate__in=prices_in(account.currency),
        data_centre__is_open=True,
    )
    return offered.select_related("data_centre").order_by("area", "e164")


def countries_in_stock() -> list[str]:
    """ISO 3166-1 alpha-2 in order of name; empty for international numbers. Whatever is for sale there just now."""
    return sorted(_values("country"), key=country_name)


def areas_in_stock(country: str) -> list[str]:
    return [area for area in _values("area", country) if area]


def country_name(code: str) -> str:
    """International numbers belong to no country."""
    return str(countries.name(code)) if code else _("International")


def with_digits(said: str, country: str) -> Q:
    """Numbers with these digits in a row, or that look as a pattern with * says, with or without the country's code.

    Raises ValidationError for anything else, and for fewer than three digits.
    """
    plain = _BETWEEN.sub("", said)
    if not re.fullmatch(r"[\d*]+", plain, re.ASCII):
        raise ValidationError(_("Enter digits, with * for any others: 312*00"), code="pattern")
    if len(plain.replace("*", "")) < LEAST_DIGITS:
        raise ValidationError(_("Enter at least 3 digits"), code="short")
    if "*" not in plain:
        return Q(e164__contains=plain)
    rest = re.sub(r"\*+", "[0-9]*", plain)
    code = phonenumbers.country_code_for_region(country)
    return Q(e164__regex=rf"^\+({code or ''})?{rest}$")


def similar_to(account: Account, numbers: Iterable[Number], without: Iterable[str] = ()) -> list[Number]:
    """The nearest ones of the same country, area and kind: some for each, the nearest first."""
    found: dict[str, Number] = {}
    for number in numbers:
        alike = for_sale(account).filter(country=number.country, area=number.area, kind=number.kind)
        alike = alike.exclude(pk__in=list(without))
        below = alike.filter(e164__lt=number.pk).order_by("-e164")[:SIMILAR]
        above = alike.filter(e164__gt=number.pk).order_by("e164")[:SIMILAR]
        nearest = sorted([*below, *above], key=lambda other: abs(int(other.pk) - int(number.pk)))
        found |= {other.pk: other for other in nearest[:SIMILAR] if other.pk not in found}
    return list(found.values())[:SIMILAR]


def _values(column: str, country: str | None = None) -> list[str]:
    """The values of an index's column among the numbers without an account, in order."""
    inside, given = ("TRUE", []) if country is None else ("country = %s", [country, country])
    with connection.cursor() as cursor:
        cursor.execute(_VALUES.format(column=column, inside=inside), given)
        return [value for (value,) in cursor.fetchall()]
