"""An inventory from a file: every bad line is reported with its reason, and all is loaded or nothing."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from billing.models import NumberRate
from common.errors import Conflict
from routing.inventory import COLUMNS, Wrong, read_inventory, read_number
from routing.models import Number
from routing.services.stocking import load_numbers
from tests.factories import make_number, open_data_centre
from tests.portal.staff import reader, staff

__all__ = ["reader", "staff"]

HEADER = ",".join(COLUMNS)
GOOD = "+13125550142,NEW_YORK,Chicago,LOCAL,US-LOCAL"
LOAD = reverse("admin:routing_number_load")

# What stands in a line, and what is said of it.
BAD = {
    "": None,
    " , ,,, ": None,
    "13125550142,NEW_YORK,Chicago,LOCAL,US-LOCAL": "“13125550142” is no number with + and country code",
    "1.31256E+10,NEW_YORK,Chicago,LOCAL,US-LOCAL": "“1.31256E+10” is no number with + and country code",
    ",NEW_YORK,Chicago,LOCAL,US-LOCAL": "without a name is no number with + and country code",
    "+1800FLOWERS,NEW_YORK,Chicago,LOCAL,US-LOCAL": "“+1800FLOWERS” is no number with + and country code",
    "+１３１２５５５０１４２,NEW_YORK,Chicago,LOCAL,US-LOCAL": "is no number with + and country code",
    "+13121550142,NEW_YORK,Chicago,LOCAL,US-LOCAL": "“+13121550142” fits no numbering plan",
    "+1312555014,NEW_YORK,Chicago,LOCAL,US-LOCAL": "“+1312555014” fits no numbering plan",
    "+999123456789,NEW_YORK,Chicago,LOCAL,US-LOCAL": "“+999123456789” fits no numbering plan",
    "+,NEW_YORK,Chicago,LOCAL,US-LOCAL": "is no number with + and country code",
    "+13125550142,ATLANTIS,Chicago,LOCAL,US-LOCAL": "There is no data centre “ATLANTIS”",
    "+13125550142,,Chicago,LOCAL,US-LOCAL": "There is no data centre without a name",
    "+13125550142,NEW_YORK,Chicago,VANITY,US-LOCAL": "There is no kind “VANITY”. There are LOCAL, MOBILE",
    "+13125550142,NEW_YORK,Chicago,LOCAL,GOLD": "There is no rate “GOLD”",
    "+13125550142,NEW_YORK,Chicago,LOCAL,": "There is no rate without a name",
    f"+13125550142,NEW_YORK,{'x' * 65},LOCAL,US-LOCAL": "The area has more than 64 characters",
    "+13125550142,NEW_YORK,Chi\0cago,LOCAL,US-LOCAL": "The area has characters that cannot be shown",
    "+13125550142,NEW_YORK,Chicago,LOCAL": "There are 4 columns here and 5 in the first line",
    "+13125550142,NEW_YORK,Chicago, IL,LOCAL,US-LOCAL": "There are 6 columns here and 5 in the first line",
    '+13125550142,NEW_YORK,"Chicago,LOCAL,US-LOCAL': "This is no line of CSV",
    "+13125550199,NEW_YORK,Chicago,LOCAL,US-LOCAL": "+13125550199 is in the inventory already",
}


@pytest.fixture
def ready(db):
    """A data centre, a rate, and one number that is loaded already."""
    NumberRate.objects.create(code="US-LOCAL")
    return make_number("+13125550199", open_data_centre())


def said(*lines, header=HEADER, end="\n"):
    return end.join([header, *lines]).encode()


def problems(content):
    return [(problem.line, problem.reason) for problem in read_inventory(content).problems]


@pytest.mark.parametrize("line", BAD)
def test_a_bad_line_is_reported_with_its_number_and_its_reason(ready, line):
    found = problems(said("+13125550141,NEW_YORK,Chicago,LOCAL,US-LOCAL", line))

    if BAD[line] is None:
        assert found == []
    else:
        [(at, reason)] = found
        assert at == 3
        assert BAD[line] in reason


def test_every_bad_line_is_reported_not_only_the_first(ready):
    bad = [line for line, reason in BAD.items() if reason]

    found = problems(said(*bad))

    assert [at for at, _reason in found] == list(range(2, len(bad) + 2))


def test_a_number_that_stands_there_twice_is_reported_with_its_first_line(ready):
    found = problems(said(GOOD, GOOD.replace("+13125550142", "+1 312-555-0142")))

    assert found == [(3, "+13125550142 stands in line 2 already")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
def test_files_as_spreadsheets_write_them_are_read(ready, mark, delimiter, end):
    content = mark + said(GOOD, end=end).replace(b",", delimiter.encode())

    inventory = read_inventory(content)

    assert not inventory.problems
    [number] = inventory.numbers
    assert (number.pk, number.country, number.data_centre_id, number.area) == (
        "+13125550142",
        "US",
        "NEW_YORK",
        "Chicago",
    )


def test_columns_may_stand_in_any_order_and_words_in_any_case(ready):
    content = said(
        'US-LOCAL,toll-free,+1 (800) 555-0142,"Chicago, IL",new_york', header="Rate,KIND,Number,area,data_centre"
    )

    [number] = read_inventory(content).numbers

    assert (number.pk, number.kind, number.area) == ("+18005550142", "TOLL_FREE", "Chicago, IL")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The first line must name each of"),
        (GOOD.encode(), "The first line must name each of"),
        (said(GOOD, header=HEADER.replace("rate", "price")), "Look at rate"),
        (said(GOOD, header=f"{HEADER},rate"), "Look at rate"),
        ("number,é".encode("latin-1"), "This file is not UTF-8"),
        (said(GOOD).decode().encode("utf-16"), "This file is not UTF-8"),
        (b'"number', "This is no line of CSV"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_said_to_be(ready, content, reason):
    [(_line, found)] = problems(content)

    assert reason in found


def test_the_country_is_read_from_the_number():
    assert read_number("+49 69 90010042") == ("+496990010042", "DE")
    assert read_number("+1 204 234 5678") == ("+12042345678", "CA")
    assert read_number("+800 1234 5678") == ("+80012345678", "")


def test_all_is_loaded_with_an_audit_line(ready):
    inventory = read_inventory(said(GOOD, GOOD.replace("0142", "0143")))

    assert load_numbers(inventory, None, "chicago.csv") == 2

    assert Number.objects.filter(rate="US-LOCAL", country="US", account=None).count() == 2
    audit = AuditEvent.objects.get(action="number.load")
    assert (audit.details["count"], audit.details["file"]) == (2, "chicago.csv")


def test_nothing_is_loaded_when_one_line_is_wrong(ready):
    with pytest.raises(ValueError, match="problems"):
        load_numbers(read_inventory(said(GOOD, "x")), None, "x.csv")

    assert Number.objects.count() == 1


def test_who_loads_the_same_file_at_once_is_told_so(ready):
    first, second = read_inventory(said(GOOD)), read_inventory(said(GOOD))
    load_numbers(first, None, "x.csv")

    with pytest.raises(Conflict):
        load_numbers(second, None, "x.csv")

    assert AuditEvent.objects.filter(action="number.load").count() == 1


def test_as_few_queries_for_many_lines_as_for_few(ready, django_assert_num_queries):
    lines = [GOOD.replace("0142", f"{at:04}") for at in range(100, 190)]

    with django_assert_num_queries(3):
        assert len(read_inventory(said(*lines)).numbers) == 90


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.sampled_from(["+13125550142", "+13125550143", "+1 312 555 0144", "+49 69 90010042", "+1312555", "x"])


def mostly(*right):
    """One of these, or now and then anything at all."""
    return st.one_of(st.sampled_from(right), st.sampled_from(right), st.sampled_from(right), CELL)


ROW = st.tuples(
    NUMBERS, mostly("NEW_YORK", "FRANKFURT"), mostly("Chicago", ""), mostly("LOCAL", "MOBILE"), mostly("US-LOCAL")
)


def test_whatever_is_in_a_file_each_line_is_good_or_reported_once(ready):
    lines = Counter[str]()

    @settings(max_examples=150, deadline=None, database=None)
    @given(rows=st.lists(ROW, max_size=6), extra=st.binary(max_size=20))
    def check(rows, extra):
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        inventory = read_inventory(said() + b"\n" + text.getvalue().encode() + extra)
        assert len({number.pk for number in inventory.numbers}) == len(inventory.numbers)
        assert len({problem.line for problem in inventory.problems}) == len(inventory.problems)
        assert all(problem.reason for problem in inventory.problems)
        for number in inventory.numbers:
            number.clean_fields(exclude=["rate", "data_centre"])
        lines.update(good=len(inventory.numbers), bad=len(inventory.problems))

    check()

    print(lines)
    assert min(lines.values()) > 0.03 * lines.total()


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec="utf-8")) | st.from_regex(r"\+?[\d ().\-/]{0,24}", fullmatch=True))
def test_a_number_is_read_or_refused(text):
    try:
        e164, country = read_number(text)
    except Wrong:
        return
    assert read_number(e164) == (e164, country)
    Number(e164=e164, country=country).clean_fields(exclude=["rate", "data_centre"])


def upload(client, content, button="load"):
    return client.post(LOAD, {"file": SimpleUploadedFile("numbers.csv", content), button: "pressed"})


def test_support_loads_a_file(staff, ready):
    answer = upload(staff, said(GOOD))

    assert answer["Location"] == reverse("admin:routing_number_changelist")
    assert Number.objects.filter(pk="+13125550142", account=None).exists()
    assert AuditEvent.objects.get(action="number.load").actor.email == "staff@example.com"


def test_support_checks_a_file_and_nothing_is_loaded(staff, ready):
    page = upload(staff, said(GOOD), button="check").content.decode()

    assert "Nothing is wrong. This would be loaded" in page
    assert Number.objects.count() == 1


def test_support_reads_every_reason_and_nothing_is_loaded(staff, ready):
    answer = upload(staff, said(GOOD, "x,NEW_YORK,,LOCAL,US-LOCAL", "+13125550143,ATLANTIS,,LOCAL,US-LOCAL"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "2 lines are wrong. Nothing was loaded" in page
    assert "no number with + and country code" in page
    assert "There is no data centre “ATLANTIS”" in page
    assert Number.objects.count() == 1


@pytest.mark.parametrize("content", [b"", said()])
def test_a_file_without_numbers_is_said_to_have_none(staff, ready, content):
    page = upload(staff, content).content.decode()

    assert "This file is empty" in page or "There is no number in this file" in page


def test_who_only_reads_loads_nothing(reader, ready):
    assert upload(reader, said(GOOD)).status_code == 403


def test_the_command_loads_a_file(ready, tmp_path, capsys):
    path = tmp_path / "numbers.csv"
    path.write_bytes(said(GOOD))

    call_command("load_numbers", path, "--dry-run")
    assert Number.objects.count() == 1
    call_command("load_numbers", path)

    assert Number.objects.count() == 2
    assert "1 numbers are loaded." in capsys.readouterr().out


def test_the_command_says_what_is_wrong(ready, tmp_path, capsys):
    path = tmp_path / "numbers.csv"
    path.write_bytes(said(GOOD, "x,NEW_YORK,,LOCAL,US-LOCAL"))

    with pytest.raises(CommandError, match=r"1 lines are wrong\. Nothing was loaded"):
        call_command("load_numbers", path)

    assert "line 3: “x” is no number" in capsys.readouterr().err
    assert Number.objects.count() == 1


def test_a_file_that_is_not_there_is_said_to_be_missing(ready, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_numbers", tmp_path / "nothing.csv")
