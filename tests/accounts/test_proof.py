"""Who hands an account over proves who they are first, and then what they asked for is done."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Invitation, Member
from tests.accounts.people import PASSWORD, join, sign_in, words

ASKED = reverse("account_reauthenticate")
LONG_AGO = 16


@pytest.fixture
def owner(account):
    return join(account, Role.OWNER, "Olivia")[0]


@pytest.fixture
def late(owner):
    """The owner's browser, signed in long ago."""
    return sign_in(owner.user, minutes_ago=LONG_AGO)


def invitation(account, role):
    return {"account": str(account.pk), "email": "nina@example.com", "role": role}


def change(member):
    return reverse("team:role", args=[member.pk])


@pytest.mark.parametrize(("before", "after"), [(Role.VIEWER, Role.OWNER), (Role.ADMIN, Role.VIEWER)])
def test_a_role_that_manages_is_given_and_taken_after_proof(account, late, before, after):
    member = join(account, before)[0]

    asked = late.post(change(member), {"role": after})

    assert asked["Location"].startswith(f"{ASKED}?next=")
    assert Member.objects.get(pk=member.pk).role == before
    late.post(asked["Location"], {"password": PASSWORD})
    assert Member.objects.get(pk=member.pk).role == after


def test_a_wrong_password_changes_nothing(account, late):
    member = join(account, Role.VIEWER)[0]
    asked = late.post(change(member), {"role": Role.OWNER})

    late.post(asked["Location"], {"password": "not mine"})

    assert Member.objects.get(pk=member.pk).role == Role.VIEWER


def test_an_invitation_to_manage_is_sent_after_proof(account, late):
    asked = late.post(reverse("team:invite"), invitation(account, Role.ADMIN))
    assert mail.outbox == []

    answer = late.post(asked["Location"], {"password": PASSWORD}, follow=True)

    assert "We have sent an invitation to nina@example.com" in words(answer)
    assert [message.to for message in mail.outbox] == [["nina@example.com"]]


def test_whoever_manages_is_removed_after_proof(account, late):
    member = join(account, Role.ADMIN)[0]

    asked = late.post(reverse("team:remove", args=[member.pk]))

    assert Member.objects.filter(pk=member.pk).exists()
    late.post(asked["Location"], {"password": PASSWORD})
    assert not Member.objects.filter(pk=member.pk).exists()


def test_other_roles_need_no_proof(account, late):
    member = join(account, Role.VIEWER)[0]

    late.post(change(member), {"role": Role.ENGINEER})
    late.post(reverse("team:invite"), invitation(account, Role.BILLING))

    assert Member.objects.get(pk=member.pk).role == Role.ENGINEER
    assert Invitation.objects.get().role == Role.BILLING


def test_a_link_that_lets_somebody_manage_is_sent_again_after_proof(account, owner, late):
    sign_in(owner.user).post(reverse("team:invite"), invitation(account, Role.ADMIN))
    mail.outbox.clear()

    asked = late.post(reverse("team:resend", args=[Invitation.objects.get().pk]))

    assert asked["Location"].startswith(f"{ASKED}?next=")
    assert mail.outbox == []
