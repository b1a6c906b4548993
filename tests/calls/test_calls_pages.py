"""The list of calls, one call, the file, and the panel of the trunk page."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from calls.models import Call
from calls.views.pages import PER_PAGE
from tests.calls.rows import BEGUN, failed, make_call, unsaved_call
from tests.factories import make_specification, open_data_centre, order_trunk
from trunks.models import Trunk

LIST = reverse("calls:list")
EXPORT = reverse("calls:export")


@pytest.fixture
def trunk(account: Account) -> Trunk:
    return order_trunk(account, make_specification(open_data_centre(), name="Main office"))


@pytest.fixture
def foreign(stranger_account: Account, trunk: Trunk) -> Trunk:
    return order_trunk(stranger_account, make_specification(trunk.data_centre, name="Secret"))


def words(answer) -> str:
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(text).split())


def rows(answer) -> list[str]:
    """The ids of the calls on the page."""
    return [row.call.call_id for row in answer.context["rows"]]


def table(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))


def test_the_newest_call_comes_first_with_all_that_matters(bob: Client, trunk: Trunk) -> None:
    make_call(trunk, call_id="older")
    make_call(trunk, call_id="newer", **failed(403, "international-blocked"))

    answer = bob.get(LIST)

    assert rows(answer) == ["newer", "older"]
    said = words(answer)
    assert "Outbound +13125550100 +442071838750 Main office 1:03 Answered (200)" in said
    assert "Main office – Refused: international calls blocked (403)" in said


def test_every_role_sees_calls_and_a_strangers_are_not_there(
    bob: Client, charlie: Client, trunk: Trunk, foreign: Trunk
) -> None:
    ours, theirs = make_call(trunk), make_call(foreign)
    make_call(trunk, account_id=None, trunk_id=None, trunk_name="unknown")

    assert rows(bob.get(LIST)) == [ours.call_id]
    assert rows(charlie.get(LIST)) == [theirs.call_id]
    assert bob.get(reverse("calls:detail", args=[theirs.pk])).status_code == 404
    assert [line["Call-ID"] for line in table(bob.get(EXPORT))] == [ours.call_id]


def test_a_strangers_trunk_is_no_choice(bob: Client, trunk: Trunk, foreign: Trunk) -> None:
    make_call(foreign)

    answer = bob.get(LIST, {"trunk": str(foreign.pk)})

    assert (answer.status_code, rows(answer)) == (422, [])
    assert "Secret" not in words(answer)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "+442071838750"}, {"london"}),
        ({"q": "+44 (20) 7183"}, {"london"}),
        ({"q": "4420"}, {"london"}),
        ({"q": "0049"}, {"berlin"}),
        ({"q": "49 30"}, {"berlin"}),
        ({"q": "anonymous"}, {"berlin"}),
        ({"q": "183875"}, set()),
        ({"direction": "inbound"}, {"berlin"}),
        ({"ending": "answered"}, {"london"}),
        ({"ending": "failed"}, {"berlin"}),
        ({"since": "2026-03-15"}, {"berlin"}),
        ({"until": "2026-03-14"}, {"london"}),
        ({"since": "2026-03-14", "until": "2026-03-15"}, {"london", "berlin"}),
        ({"since": "2026-03-16"}, set()),
        ({"q": "+4420", "ending": "failed"}, set()),
    ],
)
def test_filters(bob: Client, trunk: Trunk, filters: dict[str, str], found: set[str]) -> None:
    make_call(trunk, call_id="london")
    berlin = {"caller": "anonymous", "caller_e164": "", "callee": "004930123456", "callee_e164": "+4930123456"}
    late = BEGUN.replace(hour=0, minute=0) + timedelta(days=1)
    make_call(trunk, call_id="berlin", direction="inbound", begun_at=late, **berlin, **failed(486))

    assert set(rows(bob.get(LIST, filters))) == found
    assert {line["Call-ID"] for line in table(bob.get(EXPORT, filters))} == found


def test_calls_of_one_trunk_also_of_one_that_is_gone(bob: Client, account: Account, trunk: Trunk) -> None:
    other = order_trunk(account, make_specification(trunk.data_centre, name="Branch"))
    make_call(trunk, call_id="main")
    make_call(other, call_id="branch")
    Trunk.objects.filter(pk=other.pk).update(gone_at=BEGUN, withdrawn_at=BEGUN)

    answer = bob.get(LIST, {"trunk": str(other.pk)})

    assert rows(answer) == ["branch"]
    assert "Branch" in words(answer)


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"q": "12"}, "Enter at least 3 digits"),
        ({"since": "2026-03-15", "until": "2026-03-14"}, "The last day is before the first one"),
        ({"since": "yesterday"}, "Enter a valid date."),
        ({"direction": "sideways"}, "Select a valid choice."),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_a_wrong_filter_is_said_and_finds_nothing(
    bob: Client, trunk: Trunk, filters: dict[str, str], said: str, headers: dict[str, str]
) -> None:
    make_call(trunk)

    answer = bob.get(LIST, filters, headers=headers)

    assert answer.status_code == 422
    assert said in words(answer)
    assert rows(answer) == []


def test_pages_show_every_call_once_also_those_of_one_moment(bob: Client, trunk: Trunk) -> None:
    moments = [BEGUN + timedelta(seconds=number // 30) for number in range(2 * PER_PAGE + 7)]
    Call.objects.bulk_create([unsaved_call(trunk, begun_at=moment) for moment in moments])

    seen, url = [], LIST
    while url:
        answer = bob.get(url)
        seen += rows(answer)
        link = re.search(r'href="([^"]*)" rel="next"', answer.content.decode())
        url = LIST + unescape(link.group(1)) if link else ""

    assert len(seen) == len(set(seen)) == len(moments)
    assert "Newest calls" in words(answer)


@pytest.mark.parametrize("before", ["x", "1-", "-1", "9" * 30 + "-1", "1-1", "²-²"])
def test_a_mark_that_is_nonsense_is_no_error(bob: Client, trunk: Trunk, before: str) -> None:
    make_call(trunk)

    assert bob.get(LIST, {"before": before}).status_code == 200


def test_the_page_costs_the_same_queries_for_many_calls(
    bob: Client, trunk: Trunk, django_assert_max_num_queries
) -> None:
    make_call(trunk)
    bob.get(LIST)

    def queries() -> int:
        with django_assert_max_num_queries(12) as asked:
            bob.get(LIST, {"q": "+1312", "trunk": str(trunk.pk)})
        return len(asked)

    few = queries()
    Call.objects.bulk_create([unsaved_call(trunk) for _number in range(200)])

    assert queries() == few


def test_before_the_first_call_the_page_says_how_to_get_one(bob: Client, trunk: Trunk) -> None:
    assert "No calls yet" in words(bob.get(LIST))
    assert "No calls match" in words(bob.get(LIST, {"q": "+4420"}))


def test_htmx_gets_the_rows_alone(bob: Client, trunk: Trunk) -> None:
    make_call(trunk)

    answer = bob.get(LIST, headers={"HX-Request": "true"})

    assert b"<html" not in answer.content
    assert "1 call found" in words(answer)


def test_one_call_says_all_that_is_known(bob: Client, trunk: Trunk) -> None:
    call = make_call(trunk)

    said = words(bob.get(reverse("calls:detail", args=[call.pk])))

    for part in (
        "+13125550100 to +442071838750",
        "Answered (200)",
        "+442071838750 (GB) as received: 442071838750",
        "Hung up The caller",
        "1 of our gateways",
        "Good MOS 4.3, 0.2 % of packets lost, 4.1 ms jitter",
        "Codec PCMA",
        "Main office",
        "New York",
        call.call_id,
    ):
        assert part in said


def test_the_file_says_all_that_the_page_of_a_call_says(bob: Client, trunk: Trunk) -> None:
    call = make_call(trunk, direction="inbound", tried=2)

    [line] = table(bob.get(EXPORT))

    assert line["Rang (UTC)"] == f"{call.rang_at:%Y-%m-%d %H:%M:%S}"
    assert (line["Data centre"], line["Node"]) == ("New York", "Primary")
    assert (line["Sent to"], line["Destinations tried"]) == ("192.0.2.9:5060", "2")
    assert (line["Hung up by"], line["Codec"]) == ("The caller", "PCMA")
    assert (line["MOS"], line["Packet loss (%)"], line["Jitter (ms)"]) == ("4.3", "0.2", "4.1")


def test_the_file_is_silent_about_our_gateways_and_about_what_nobody_measured(bob: Client, trunk: Trunk) -> None:
    make_call(trunk, mos=None, loss=None, jitter=None)

    [line] = table(bob.get(EXPORT))

    assert (line["Sent to"], line["MOS"], line["Packet loss (%)"], line["Jitter (ms)"]) == ("", "", "", "")


def test_a_long_file_costs_no_more_queries_than_a_short_one(
    bob: Client, trunk: Trunk, django_assert_max_num_queries
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(20) as asked:
            table(bob.get(EXPORT))
        return len(asked)

    make_call(trunk)
    bob.get(EXPORT)
    few = queries()
    Call.objects.bulk_create([unsaved_call(trunk) for _number in range(50)])

    assert queries() == few


def test_where_we_send_calls_is_ours_and_where_the_customer_gets_them_is_theirs(bob: Client, trunk: Trunk) -> None:
    outbound, inbound = make_call(trunk), make_call(trunk, direction="inbound", tried=2)

    ours, theirs = (words(bob.get(reverse("calls:detail", args=[call.pk]))) for call in (outbound, inbound))

    assert "192.0.2.9" not in ours
    assert "2 of your addresses, last 192.0.2.9:5060" in theirs


def test_a_refusal_comes_with_cause_and_cure(bob: Client, trunk: Trunk) -> None:
    call = make_call(trunk, **failed(503, "channels-exceeded", tried=0, hop=""))

    said = words(bob.get(reverse("calls:detail", args=[call.pk])))

    assert "Why this call was refused, and what to do" in said
    assert "Add channels" in said
    assert "Not measured" in said


def test_what_a_caller_sends_is_never_markup(bob: Client, trunk: Trunk) -> None:
    call = make_call(trunk, caller="<script>alert(1)</script>", caller_e164="", **failed(404))

    for url in (LIST, reverse("calls:detail", args=[call.pk])):
        assert b"<script>alert" not in bob.get(url).content


@pytest.mark.parametrize("sent", ["=1+1", "@SUM(A1)", "-1", "\t=1"])
def test_what_a_caller_sends_is_never_a_formula(bob: Client, trunk: Trunk, sent: str) -> None:
    make_call(trunk, caller=sent)

    [line] = table(bob.get(EXPORT))

    assert line["From, as received"] == f"'{sent}"


def test_the_trunk_page_shows_its_last_ten_calls(bob: Client, account: Account, trunk: Trunk) -> None:
    other = order_trunk(account, make_specification(trunk.data_centre))
    make_call(other)
    Call.objects.bulk_create([unsaved_call(trunk, caller_e164=f"+1312555{number:04}") for number in range(12)])

    said = words(bob.get(reverse("trunks:detail", args=[trunk.pk])))

    shown = re.findall(r"Outbound \+1312555(\d{4})", said)
    assert shown == [f"{number:04}" for number in range(11, 1, -1)]
    assert "All calls of this trunk" in said


def test_a_trunk_without_calls_says_so(bob: Client, trunk: Trunk) -> None:
    assert "No call has passed through this trunk yet." in words(bob.get(reverse("trunks:detail", args=[trunk.pk])))
