"""What staff see of calls: all of them, found by number, Call-ID and trunk; nothing to change."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from calls.models import Call, NodeCursor
from portal.staff_groups import SUPPORT
from tests.calls.rows import make_call, unsaved_call
from tests.factories import make_specification, open_data_centre, order_trunk
from tests.portal.staff import member_of_staff, sign_in
from trunks.models import Trunk

LIST = reverse("admin:calls_call_changelist")


@pytest.fixture
def support(db: None) -> Client:
    return sign_in(member_of_staff(SUPPORT))


@pytest.fixture
def trunk(account: Account) -> Trunk:
    return order_trunk(account, make_specification(open_data_centre(), name="Main office"))


@pytest.mark.parametrize(
    "said", ["+442071", "44 20 71", "wanted@pbx", "main office", lambda call: str(call.trunk_id), "UNKNOWN-1"]
)
def test_a_call_is_found_by_what_people_say(support: Client, trunk: Trunk, said) -> None:
    wanted = make_call(trunk, call_id="wanted@pbx", caller="UNKNOWN-1")
    other = order_trunk(trunk.account, make_specification(trunk.data_centre))
    make_call(other, caller="1", caller_e164="", callee="2", callee_e164="")

    found = support.get(LIST, {"q": said(wanted) if callable(said) else said}).context["cl"].queryset

    assert list(found) == [wanted]


def test_calls_of_trunks_that_nobody_knows_are_there(support: Client, trunk: Trunk) -> None:
    make_call(trunk)
    lost = make_call(trunk, account_id=None, trunk_id=None, trunk_name="T9")

    found = support.get(LIST, {"account_id__isempty": "1"}).context["cl"].queryset

    assert list(found) == [lost]


def test_nobody_changes_a_call(support: Client, trunk: Trunk) -> None:
    call = make_call(trunk)
    NodeCursor.objects.create(node=call.node)
    url = reverse("admin:calls_call_change", args=[call.pk])

    assert support.get(url).status_code == 200
    assert support.post(url, {"caller": "1"}).status_code == 403
    assert support.get(reverse("admin:calls_call_add")).status_code == 403
    assert support.get(reverse("admin:calls_nodecursor_changelist")).status_code == 200


def test_the_list_asks_as_often_for_many_calls_as_for_few(
    support: Client, trunk: Trunk, django_assert_max_num_queries
) -> None:
    make_call(trunk)
    support.get(LIST)

    def queries() -> int:
        with django_assert_max_num_queries(14) as asked:
            support.get(LIST)
        return len(asked)

    few = queries()
    Call.objects.bulk_create([unsaved_call(trunk) for _number in range(60)])

    assert queries() == few
