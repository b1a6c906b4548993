"""Staff lists of 100,000 rows: no count of everything, no query per row, and each search by an index."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from accounts.found import SearchedByIndex
from tests.factories import make_account, make_specification, open_data_centre, order_trunk
from tests.portal.matrix import ADMIN_ROWS, KEYS

PAGES = {model._meta.label_lower: page for model, page in admin.site._registry.items()}
OURS = sorted(label for label, rows in ADMIN_ROWS.items() if rows != KEYS)
INDEXED = sorted(label for label, page in PAGES.items() if isinstance(page, SearchedByIndex))
BIG = [
    "accounts.auditevent",
    "billing.ledgerentry",
    "billing.quote",
    "provisioning.nodestate",
    "provisioning.operation",
    "routing.number",
    "routing.numberorder",
    "routing.route",
    "trunks.hostclaim",
    "trunks.trunkdraft",
    "trunks.trunkrevision",
]


def list_of(label, **query):
    return reverse(f"admin:{label.replace('.', '_')}_changelist", query=query)


def found(page, said):
    return page.get_search_results(None, page.model._default_manager.all(), said)[0]


def test_the_big_lists_are_searched_by_index():
    assert INDEXED == BIG


@pytest.mark.parametrize("label", [*BIG, "trunks.trunk"])
def test_a_search_reads_only_what_it_finds(rows, label):
    table = PAGES[label].model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a table of one row would be read whole

    for said in (str(rows["trunks.trunk"].pk), "Alice", rows["accounts.user"].email, "127.77.150.1", "trunk.create"):
        plan = found(PAGES[label], said).order_by().explain()
        assert f"Seq Scan on {table}" not in plan, f"{said}: {plan}"


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("accounts.auditevent", lambda rows: rows["trunks.trunk"].pk),
        ("accounts.auditevent", lambda rows: "Alice Telecom"),
        ("accounts.auditevent", lambda rows: rows["accounts.user"].email),
        ("accounts.auditevent", lambda rows: "trunk.create"),
        ("billing.ledgerentry", lambda rows: rows["accounts.account"].pk),
        ("billing.ledgerentry", lambda rows: "alice tel"),
        ("billing.ledgerentry", lambda rows: rows["billing.ledgerentry"].reference),
        ("billing.quote", lambda rows: rows["billing.quote"].pk),
        ("provisioning.operation", lambda rows: rows["trunks.trunk"].pk),
        ("provisioning.operation", lambda rows: rows["provisioning.operation"].pk),
        ("provisioning.operation", lambda rows: rows["accounts.user"].email.upper()),
        ("provisioning.nodestate", lambda rows: rows["trunks.trunk"].pk),
        ("routing.number", lambda rows: "312 555-0199"),
        ("routing.number", lambda rows: "Alice Tel"),
        ("routing.numberorder", lambda rows: "+13125550198"),
        ("routing.route", lambda rows: rows["routing.route"].pk),
        ("routing.route", lambda rows: "Alice Tel"),
        ("trunks.hostclaim", lambda rows: rows["trunks.trunk"].wanted.source_hosts[0]),
        ("trunks.hostclaim", lambda rows: rows["trunks.trunk"].name),
        ("trunks.trunkrevision", lambda rows: rows["trunks.trunk"].reference),
        ("trunks.trunkdraft", lambda rows: rows["trunks.trunkdraft"].pk),
    ],
)
def test_what_people_say_finds_the_rows_and_no_others(root, rows, label, said):
    order_trunk(make_account("Other"), make_specification(open_data_centre("FRANKFURT"), name="Elsewhere"))
    row, words = rows[label], str(said(rows))

    answer = root.get(list_of(label, q=words))

    assert answer.status_code == 200
    assert row in answer.context["cl"].queryset
    assert not root.get(list_of(label, q=f"{words}x")).context["cl"].queryset.exists()


@pytest.mark.parametrize("label", OURS)
def test_a_list_counts_no_more_than_it_shows_and_asks_as_often_for_many_as_for_few(
    root, rows, label, django_assert_max_num_queries
):
    url = list_of(label)
    root.get(url)  # the first request of a sign-in writes down its session
    assert not root.get(url).context["cl"].show_full_result_count

    def asked():
        with django_assert_max_num_queries(16) as queries:
            root.get(url)
        return len(queries)

    few = asked()
    for number in range(4):
        order_trunk(make_account(f"Customer {number}"), make_specification(rows["provisioning.datacentre"]))
    assert asked() == few
