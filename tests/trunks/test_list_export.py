"""The list as a file: what the filters show, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv

import pytest
from django.urls import reverse

from tests.trunks.states import settle

EXPORT = reverse("trunks:export")


def table(response):
    lines = b"".join(response.streaming_content).decode().splitlines()
    return list(csv.DictReader(lines))


def test_the_file_has_a_line_per_trunk(alice, order):
    trunk = settle(order("Main office", source_hosts=["127.77.150.9"], channels=4))

    (line,) = table(alice.get(EXPORT))

    assert line["Reference"] == trunk.reference
    assert (line["Name"], line["State"], line["Type"]) == ("Main office", "Live", "My own PBX or SBC, static")
    assert (line["Channels"], line["Source addresses"]) == ("4", "127.77.150.9")
    assert line["Destinations"] == "127.77.200.1:5060"


def test_the_file_has_what_the_filters_show(alice, order):
    settle(order("Live"))
    order("Pending")

    assert [line["Name"] for line in table(alice.get(EXPORT, {"state": "PENDING"}))] == ["Pending"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_name_is_never_a_formula(alice, order, name):
    order(name)

    assert [line["Name"] for line in table(alice.get(EXPORT))] == [f"'{name}"]


def test_the_portal_chooses_the_name_of_the_file(alice, order):
    order("../../etc/passwd")

    response = alice.get(EXPORT, {"q": "passwd", "filename": "x.exe"})

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="trunks-20')
    assert response["Content-Disposition"].endswith('.csv"')


def test_strangers_trunks_are_not_in_the_file(charlie, order):
    order("Secret name")

    assert table(charlie.get(EXPORT)) == []
