"""A 403 says what is true of whoever asked, and takes one line of the log."""

import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from common.logs import OneLineRefusals
from tests.portal.staff import REASON

OTHER_ROLE = "owner or admin of the account can give you another role"


def refusal(response):
    assert response.status_code == 403
    return response.content.decode()


def test_a_customer_reads_that_the_staff_pages_are_not_for_them(alice):
    page = refusal(alice.get(reverse("admin:index"), follow=True))

    assert "This page is for our own staff." in page
    assert OTHER_ROLE not in page


def test_staff_who_only_look_read_that_their_rights_end_here(reader, account):
    page = refusal(reader.get(reverse("admin:accounts_account_suspend", args=[account.pk])))

    assert "Your rights as staff do not include it." in page
    assert OTHER_ROLE not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_who_look_as_a_customer_read_that_nothing_can_be_changed(staff, account, method):
    staff.post(reverse("admin:accounts_account_act", args=[account.pk]), {"reason": REASON})

    page = refusal(getattr(staff, method)(reverse("trunks:new")))

    assert "You are looking as a customer: nothing can be changed" in page
    assert OTHER_ROLE not in page


def test_a_member_without_the_right_reads_who_can_give_it(bob):
    page = refusal(bob.get(reverse("trunks:new")))

    assert OTHER_ROLE in page


def test_a_refusal_takes_one_line_of_the_log():
    trouble = PermissionDenied("Your role may look")
    made = ("Forbidden (Permission denied): %s", ("/trunks/new/",), (type(trouble), trouble, None))
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, *made)

    assert OneLineRefusals().filter(record)

    assert logging.Formatter().format(record) == "Forbidden (Permission denied): /trunks/new/: Your role may look"


def test_other_troubles_keep_their_traceback():
    trouble = ValueError("broken")
    made = ("Internal Server Error: %s", ("/",), (type(trouble), trouble, None))
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, *made)

    OneLineRefusals().filter(record)

    assert "ValueError: broken" in logging.Formatter().format(record)
