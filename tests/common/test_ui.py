"""Words of the house."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone

from common.templatetags.ui import absolute, money, relative


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (150, "USD", "$150.00"),
        (Decimal("1150.5"), "USD", "$1,150.50"),
        (Decimal("0.0045"), "EUR", "€0.0045"),
        (Decimal(-45), "GBP", "\N{MINUS SIGN}£45.00"),
        (0, "CHF", "0.00 CHF"),
        (None, "USD", ""),
    ],
)
def test_money(amount, currency, text):
    assert money(amount, currency) == text


def test_times_are_relative_within_the_hour_only():
    assert relative(timedelta(seconds=12)) == "12 s ago"
    assert relative(timedelta(minutes=59, seconds=59)) == "59 min ago"
    assert relative(timedelta(hours=1)) == ""
    assert relative(timedelta(seconds=-90)) == "in 1 min"


def test_absolute_times_name_their_zone():
    moment = datetime(2026, 3, 14, 14, 2, tzinfo=UTC)

    assert absolute(moment) == "14 Mar 2026, 14:02 (UTC)"
    with timezone.override("Asia/Kolkata"):
        assert absolute(moment) == "14 Mar 2026, 19:32 (UTC+05:30)"


def test_what_people_type_is_escaped():
    template = Template('{% status "good" word %}{{ word|address }}{{ word|ltr }}{% icon "out" word %}')

    assert "<b>" not in template.render(Context({"word": "<b>"}))
