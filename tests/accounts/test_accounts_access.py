"""The door: what each role may, which account a person acts for, staff without one."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.access import SESSION_KEY
from accounts.enums import RIGHTS, Right, Role
from accounts.models import AuditEvent, Member
from accounts.services import limits_of, lock_account, record
from tests.factories import make_account, make_member, make_user

BACKEND = "django.contrib.auth.backends.ModelBackend"
MAY = {
    Role.OWNER: set(Right),
    Role.ADMIN: set(Right) - {Right.OWN_ACCOUNT},
    Role.ENGINEER: set(Right) - {Right.OWN_ACCOUNT, Right.MANAGE_MEMBERS},
    Role.BILLING: {Right.SEE_TRUNKS, Right.SEE_MONEY},
    Role.VIEWER: {Right.SEE_TRUNKS, Right.SEE_MONEY},
}


@pytest.mark.parametrize("role", Role)
def test_each_role_may_what_it_may_and_no_more(role):
    assert RIGHTS[role] == MAY[role]


def test_staff_without_an_account_go_to_the_admin(db):
    client = Client()
    client.force_login(make_user(is_staff=True), backend=BACKEND)

    assert client.get(reverse("trunks:list"))["Location"] == reverse("admin:index")


def test_a_person_without_an_account_gets_403(db):
    client = Client()
    client.force_login(make_user(), backend=BACKEND)

    answer = client.get(reverse("trunks:list"))

    assert answer.status_code == 403
    assert "Ask your colleagues to invite you" in answer.content.decode()


def test_a_refusal_says_which_roles_may(bob):
    answer = bob.get(reverse("addresses:add"))

    assert answer.status_code == 403
    assert "Only these roles may change service addresses: Owner, Admin, Engineer." in answer.content.decode()


def test_whoever_was_signed_out_is_told_so_at_the_sign_in(alice):
    alice.session.flush()

    answer = alice.get(reverse("trunks:list"), follow=True)

    assert "You were signed out. What you saved is still there" in answer.content.decode()


def test_a_first_visit_is_not_told_of_a_sign_out(client, db):
    answer = client.get(reverse("trunks:list"), follow=True)

    assert "You were signed out" not in answer.content.decode()


def test_a_member_of_two_accounts_acts_for_the_chosen_one(db):
    first, second = make_account("Alpha"), make_account("Beta")
    user = make_member(first)
    Member.objects.create(account=second, user=user, role=Role.VIEWER)
    client = Client()
    client.force_login(user, backend=BACKEND)
    assert "Account <b>Alpha</b>" in client.get(reverse("trunks:list")).content.decode()
    session = client.session
    session[SESSION_KEY] = str(second.pk)
    session.save()

    assert "Account <b>Beta</b>" in client.get(reverse("trunks:list")).content.decode()


def test_choosing_a_strangers_account_gives_ones_own(account, stranger_account):
    client = Client()
    client.force_login(make_member(account), backend=BACKEND)
    session = client.session
    session[SESSION_KEY] = str(stranger_account.pk)
    session.save()

    assert "Account <b>Alice Telecom</b>" in client.get(reverse("trunks:list")).content.decode()


def test_private_pages_are_not_stored(alice):
    assert alice.get(reverse("trunks:list"))["Cache-Control"] == "private, no-store"


def test_htmx_without_a_session_loads_the_sign_in_page(client, db):
    response = client.get(
        reverse("trunks:list"), headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/trunks/?q=x"}
    )

    assert response["HX-Redirect"] == f"{reverse('account_login')}?next=/trunks/%3Fq%3Dx"


def test_limits_are_made_with_the_defaults(db):
    account = make_account()
    account.limits.delete()

    assert limits_of(account.__class__.objects.get(pk=account.pk)).trunks == 10


def test_the_lock_answers_the_account(db):
    account = make_account()

    with transaction.atomic():
        assert lock_account(account.pk) == account


def test_audit_lines_stay(account):
    event = record("test", account_id=account.pk, actor=None, subject_kind="x", subject_id="1", why="because")

    with pytest.raises(TypeError):
        event.delete()
    assert AuditEvent.objects.get(pk=event.pk).details == {"why": "because"}


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditevent SET action = 'x'", "DELETE FROM accounts_auditevent"]
)
def test_the_database_refuses_to_alter_the_audit_trail(account, statement):
    record("test", account_id=account.pk, actor=None, subject_kind="x", subject_id="1")

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert AuditEvent.objects.get().action == "test"
