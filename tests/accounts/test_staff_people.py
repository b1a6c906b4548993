"""Staff and people: who may change whom in the admin, and the way from there to the portal."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Member
from tests.accounts.people import sign_in
from tests.factories import make_user

ADMIN = reverse("admin:index")
PORTAL = '<a href="/">Portal</a>'


def page_of(person):
    return reverse("admin:accounts_user_change", args=[person.pk])


@pytest.fixture
def clerk(db):
    """Staff who may change people, but are no superuser."""
    person = make_user("clerk@example.com", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    return person


@pytest.fixture
def root(db):
    return make_user("root@example.com", is_staff=True, is_superuser=True)


def test_a_superuser_is_not_changed_by_other_staff(clerk, root):
    client = sign_in(clerk)

    answer = client.post(page_of(root), {"first_name": "Changed", "is_active": ""})

    assert client.get(page_of(root)).status_code == 200
    assert answer.status_code == 403
    root.refresh_from_db()
    assert (root.first_name, root.is_active) == ("", True)


def test_other_people_are_changed_by_other_staff(clerk):
    person = make_user("nina@example.com")
    empty = {"member_set-TOTAL_FORMS": 0, "member_set-INITIAL_FORMS": 0}

    sign_in(clerk).post(page_of(person), {"first_name": "Nina", "last_name": "", "is_active": "on", **empty})

    person.refresh_from_db()
    assert person.first_name == "Nina"


def test_staff_without_an_account_find_no_link_that_leads_back(root):
    assert PORTAL not in sign_in(root).get(ADMIN).content.decode()


def test_staff_with_an_account_find_the_way_to_it(root, account):
    Member.objects.create(account=account, user=root, role=Role.VIEWER)
    client = sign_in(root)

    assert PORTAL in client.get(ADMIN).content.decode()
    assert client.get(reverse("trunks:list")).status_code == 200
