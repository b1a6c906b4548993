"""Staff and people: who may change whom in the admin, and the way from there to the portal."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEvent, Member
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


def change_memberships(root, person, *rows):
    """The form of the person's page; each row is (member or None, account, role, more)."""
    data = {"email": person.email, "first_name": "", "last_name": "", "is_active": "on"}
    data |= {"member_set-TOTAL_FORMS": len(rows), "member_set-INITIAL_FORMS": sum(row[0] is not None for row in rows)}
    for at, (member, account, role, more) in enumerate(rows):
        row = {"id": member.pk if member else "", "user": person.pk, "account": account.pk, "role": role, **more}
        data |= {f"member_set-{at}-{name}": value for name, value in row.items()}
    return sign_in(root).post(page_of(person), data)


def member_events():
    events = AuditEvent.objects.filter(action__startswith="member.").order_by("pk")
    return [(event.action, event.account.name, event.details["changes"]["role"]) for event in events]


def test_each_account_finds_what_staff_changed_about_its_people(root, account, stranger_account):
    person = make_user("nina@example.com")
    ours = Member.objects.create(account=account, user=person, role=Role.VIEWER)

    changed = change_memberships(
        root, person, (ours, account, Role.ADMIN, {}), (None, stranger_account, Role.BILLING, {})
    )
    gone = change_memberships(root, person, (ours, account, Role.ADMIN, {"DELETE": "on"}))

    assert (changed.status_code, gone.status_code) == (302, 302)
    assert member_events() == [
        ("member.role", account.name, ["VIEWER", "ADMIN"]),
        ("member.add", stranger_account.name, [None, "BILLING"]),
        ("member.remove", account.name, ["ADMIN", None]),
    ]
    subjects = AuditEvent.objects.filter(account=account).values_list("subject_id", "actor", "details__name")
    assert set(subjects) == {(str(ours.pk), root.pk, person.email)}


def test_a_membership_moved_by_staff_is_in_both_trails(root, account, stranger_account):
    person = make_user("nina@example.com")
    ours = Member.objects.create(account=account, user=person, role=Role.VIEWER)

    change_memberships(root, person, (ours, stranger_account, Role.VIEWER, {}))

    assert member_events() == [
        ("member.remove", account.name, ["VIEWER", None]),
        ("member.add", stranger_account.name, [None, "VIEWER"]),
    ]


@pytest.mark.parametrize("more", [{}, {"DELETE": "on"}])
def test_staff_leave_an_account_its_last_owner(root, account, more):
    person = make_user("olivia@example.com")
    owner = Member.objects.create(account=account, user=person, role=Role.OWNER)

    answer = change_memberships(root, person, (owner, account, Role.VIEWER, more))

    assert "Alice Telecom: Make someone else owner first." in answer.content.decode()
    assert Member.objects.get(pk=owner.pk).role == Role.OWNER
    assert member_events() == []


def test_the_last_owner_is_not_moved_to_another_account(root, account, stranger_account):
    person = make_user("olivia@example.com")
    owner = Member.objects.create(account=account, user=person, role=Role.OWNER)

    change_memberships(root, person, (owner, stranger_account, Role.OWNER, {}))

    assert Member.objects.get(pk=owner.pk).account == account


def test_staff_unmake_one_of_two_owners(root, account):
    person = make_user("olivia@example.com")
    owner = Member.objects.create(account=account, user=person, role=Role.OWNER)
    Member.objects.create(account=account, user=make_user("otto@example.com"), role=Role.OWNER)

    change_memberships(root, person, (owner, account, Role.VIEWER, {}))

    assert member_events() == [("member.role", account.name, ["OWNER", "VIEWER"])]
