"""Invitations: who sends them, what the mail says, who may accept, and that a link works once."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.invitations import MOST_AN_HOUR, accept
from accounts.models import AuditEvent, Invitation, Member, User
from common.errors import Conflict
from tests.accounts.people import PASSWORD, join, sign_in, words
from tests.factories import make_user

TEAM, INVITE = reverse("team:list"), reverse("team:invite")
NEW = {"name": "Nina New", "password1": "horse battery staple", "password2": "horse battery staple"}
GONE = "This invitation does not work any more"


@pytest.fixture
def owner(account):
    return join(account, Role.OWNER, "Olivia")[1]


def ask(client, email="nina@example.com", role=Role.ENGINEER):
    form = client.get(INVITE)
    return client.post(INVITE, {"account": account_in(form), "email": email, "role": role}, follow=True)


def account_in(form):
    """The account that a form was shown for."""
    return re.search(r'type="hidden" name="account" value="(.+?)"', form.content.decode())[1]


def link(message=None):
    return re.search(r"http://testserver(/invitations/\S+)", (message or mail.outbox[-1]).body)[1]


def test_an_invitation_is_mailed_with_a_link(owner):
    answer = ask(owner)

    assert "We have sent an invitation to nina@example.com" in words(answer)
    assert "Not accepted yet" in words(answer)
    [message] = mail.outbox
    assert message.to == ["nina@example.com"]
    assert message.subject == "[Trunkline] Olivia invites you to Alice Telecom"
    assert "with the role Engineer" in message.body
    assert link()


def test_only_the_hash_of_the_token_is_kept(owner):
    ask(owner)

    token = link().split("/")[2]
    assert Invitation.objects.get().token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(AuditEvent.objects.values_list("details", flat=True))


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.BILLING, Role.VIEWER])
def test_only_owner_and_admin_invite(account, role):
    client = join(account, role)[1]

    assert client.get(INVITE).status_code == client.post(INVITE, {"email": "a@b.example"}).status_code == 403
    assert not Invitation.objects.exists()


def test_an_admin_invites_everybody_but_owners(account):
    client = join(account, Role.ADMIN)[1]

    assert ask(client, role=Role.OWNER).status_code == 422
    assert "We have sent an invitation" in words(ask(client, role=Role.ADMIN))


def test_an_invitation_goes_to_the_account_its_form_was_shown_for_or_nowhere(account, owner, stranger_account):
    form = owner.get(INVITE)
    Member.objects.create(account=stranger_account, user=Member.objects.get(account=account).user, role=Role.OWNER)
    owner.post(reverse("team:switch"), {"account": str(stranger_account.pk)})

    answers = {"email": "nina@example.com", "role": Role.VIEWER}
    answer = owner.post(INVITE, answers | {"account": account_in(form)})

    assert (answer.status_code, owner.post(INVITE, answers).status_code) == (409, 409)
    assert "nothing was changed" in words(answer)
    assert not Invitation.objects.exists()


def test_inviting_again_withdraws_the_earlier_invitation_with_an_audit_line(account, owner):
    ask(owner)

    ask(owner, role=Role.VIEWER)

    assert list(Invitation.objects.filter(revoked_at=None).values_list("role", flat=True)) == [Role.VIEWER]
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["invitation.send", "invitation.revoke", "invitation.send"]


def test_an_admin_does_not_replace_the_invitation_of_an_owner(account, owner):
    ask(owner, role=Role.OWNER)
    before = Invitation.objects.values().get()

    answer = ask(join(account, Role.ADMIN)[1], role=Role.VIEWER)

    assert answer.status_code == 403
    assert "Only these roles may make and unmake owners: Owner" in words(answer)
    assert Invitation.objects.values().get() == before


@pytest.mark.parametrize("change", ["gone", "demoted", "closed"])
def test_an_invitation_dies_with_the_inviters_right_to_give_it(account, owner, change):
    ask(owner)
    found = Invitation.objects.get()
    inviter = Member.objects.get(account=account)
    if change == "gone":
        inviter.delete()
    elif change == "demoted":
        Member.objects.update(role=Role.VIEWER)
    else:
        User.objects.update(is_active=False)

    answer = Client().post(link(), NEW)

    assert (answer.status_code, GONE in words(answer)) == (410, True)
    with pytest.raises(Conflict):
        accept(found, make_user("nina@example.com"))
    assert not Member.objects.filter(user__email="nina@example.com").exists()


@pytest.mark.parametrize(
    ("email", "says"),
    [
        ("", "Enter an email address"),
        ("nina", "Enter an email address like name@example.com"),
        ("nina@example.com\nBcc: x@example.com", "Enter an email address like name@example.com"),
        ("a" * 250 + "@example.com", "at most 254 characters"),
    ],
)
def test_what_is_no_address_is_refused(owner, email, says):
    answer = ask(owner, email)

    assert answer.status_code == 422
    assert says in words(answer)
    assert mail.outbox == []


def test_the_inviter_learns_nothing_about_who_exists(owner):
    make_user("known@example.com")

    known, unknown = (words(ask(owner, email)) for email in ("known@example.com", "other@example.com"))

    told = "We have sent an invitation to %s@example.com"
    assert told % "known" in known
    assert told % "other" in unknown
    bodies = [re.sub(r"/invitations/\S+", "", message.body) for message in mail.outbox]
    assert bodies[0] == bodies[1]


def test_a_member_is_not_invited_again(account, owner):
    member, _client = join(account, Role.VIEWER)

    answer = ask(owner, member.user.email.upper())

    assert answer.status_code == 422
    assert "This person is a member already" in words(answer)


def test_a_new_person_chooses_a_password_and_is_in(account, owner):
    ask(owner)
    nina = Client()
    assert "Join Alice Telecom" in words(nina.get(link()))

    answer = nina.post(link(), NEW, follow=True)

    assert "Welcome to Alice Telecom" in words(answer)
    member = Member.objects.get(user__email="nina@example.com")
    assert (member.account, member.role, str(member.user)) == (account, Role.ENGINEER, "Nina New")
    assert EmailAddress.objects.filter(user=member.user, verified=True, primary=True).exists()
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.actor) == ("invitation.accept", member.user)
    assert Client().post(reverse("account_login"), {"login": "nina@example.com", "password": NEW["password1"]})[
        "Location"
    ]


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"name": ""}, "Enter your name"),
        ({"name": "Ni\u202ena"}, "Enter the name without control characters"),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password1": "password1234", "password2": "password1234"}, "too common"),
        ({"password1": "nina@example.com", "password2": "nina@example.com"}, "too similar"),
        ({"password2": "something else"}, "the same password"),
    ],
)
def test_a_weak_answer_makes_nobody_a_member(owner, answers, says):
    ask(owner)

    answer = Client().post(link(), NEW | answers)

    assert answer.status_code == 422
    assert says in words(answer)
    assert not User.objects.filter(email="nina@example.com").exists()


def test_the_link_decides_address_account_and_role_not_the_form(owner, stranger_account):
    ask(owner, role=Role.VIEWER)

    Client().post(link(), NEW | {"email": "evil@example.com", "role": "OWNER", "account": str(stranger_account.pk)})

    member = Member.objects.get(user__email="nina@example.com")
    assert (member.role, member.account.name) == (Role.VIEWER, "Alice Telecom")


def test_a_known_person_signs_in_first_and_then_accepts(account, owner):
    make_user("nina@example.com")
    ask(owner)
    nina, page = Client(), link()
    assert "Sign in with this address to accept" in words(nina.get(page))
    assert nina.post(page, NEW).status_code == 200
    assert Member.objects.count() == 1

    sign_in_page = f"{reverse('account_login')}?next={page}"
    asked = nina.post(sign_in_page, {"login": "nina@example.com", "password": PASSWORD}, follow=True)
    assert asked.request["PATH_INFO"] == page
    answer = nina.post(page, follow=True)

    assert "Welcome to Alice Telecom" in words(answer)
    assert Member.objects.get(user__email="nina@example.com").account == account


def test_a_second_confirmed_address_counts_an_unconfirmed_one_does_not(owner):
    nina, mallory = make_user("home@example.com"), make_user("mallory@example.com")
    EmailAddress.objects.create(user=nina, email="nina@example.com", verified=True)
    EmailAddress.objects.create(user=mallory, email="nina@example.com", verified=False)
    ask(owner)

    sign_in(mallory).post(link())
    sign_in(nina).post(link())

    assert [member.user for member in Member.objects.filter(role=Role.ENGINEER)] == [nina]


def test_somebody_else_is_told_so_and_gets_nothing(owner):
    ask(owner)
    mallory = sign_in(make_user("mallory@example.com"))

    answer = mallory.post(link())

    assert "You are signed in as mallory@example.com" in words(answer)
    assert Member.objects.count() == 1
    assert Invitation.objects.get().accepted_at is None


def test_who_joins_acts_for_that_account(account, owner, stranger_account):
    nina = make_user("nina@example.com")
    Member.objects.create(account=stranger_account, user=nina, role=Role.VIEWER)
    stranger_account.name = "AAA first by name"
    stranger_account.save()
    ask(owner)

    answer = sign_in(nina).post(link(), follow=True)

    assert "Account Alice Telecom" in words(answer)


def test_a_link_works_once(owner):
    ask(owner)
    Client().post(link(), NEW)

    for client in (Client(), owner):
        answer = client.get(link())
        assert (answer.status_code, GONE in words(answer)) == (410, True)
    assert Client().post(link(), NEW).status_code == 410
    assert Member.objects.count() == 2


def test_a_link_ends_after_seven_days(owner):
    ask(owner)
    left = Invitation.objects.get().expires_at - timezone.now()
    Invitation.objects.update(expires_at=timezone.now())

    answer = Client().post(link(), NEW)

    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    assert (answer.status_code, GONE in words(answer)) == (410, True)
    assert "Expired" in words(owner.get(TEAM))


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "é", "a" * 3000])
def test_a_made_up_link_says_the_same(db, token):
    answer = Client().get(f"/invitations/{token}/")

    assert (answer.status_code, GONE in words(answer)) == (410, True)


def test_a_withdrawn_invitation_does_not_work(owner):
    ask(owner)

    answer = owner.post(reverse("team:revoke", args=[Invitation.objects.get().pk]), follow=True)

    assert "The invitation of nina@example.com was withdrawn" in words(answer)
    assert Client().get(link()).status_code == 410
    assert AuditEvent.objects.latest("pk").action == "invitation.revoke"


def test_sending_again_makes_a_new_link_and_ends_the_old_one(owner):
    ask(owner)
    old = link()

    owner.post(reverse("team:resend", args=[Invitation.objects.get().pk]))

    assert Client().get(old).status_code == 410
    assert Client().get(link()).status_code == 200
    assert Invitation.objects.filter(revoked_at=None).count() == 1


@pytest.mark.parametrize("name", ["team:resend", "team:revoke"])
def test_a_strangers_invitation_is_not_found(owner, charlie, name):
    ask(owner)
    before = Invitation.objects.values().get()

    assert charlie.post(reverse(name, args=[before["id"]])).status_code == 404
    assert Invitation.objects.values().get() == before


@pytest.mark.parametrize("name", ["team:resend", "team:revoke"])
def test_an_admin_leaves_the_invitation_of_an_owner_alone(account, owner, name):
    ask(owner, role=Role.OWNER)
    before = Invitation.objects.values().get()

    admin = join(account, Role.ADMIN)[1]

    assert "Only these roles may make and unmake owners: Owner" in words(admin.get(TEAM))
    assert admin.post(reverse(name, args=[before["id"]])).status_code == 403
    assert Invitation.objects.values().get() == before


def test_nobody_invites_without_end(owner, account):
    for at in range(MOST_AN_HOUR):
        ask(owner, f"guest{at}@example.com")

    answer = ask(owner, "onemore@example.com")
    again = owner.post(reverse("team:resend", args=[Invitation.objects.first().pk]), follow=True)

    assert "Too many invitations in one hour" in words(answer)
    assert "Too many invitations in one hour" in words(again)
    assert len(mail.outbox) == MOST_AN_HOUR
    Invitation.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert "We have sent" in words(ask(owner, "onemore@example.com"))


def test_a_dead_mail_server_breaks_no_page_and_the_mail_can_be_sent_again(owner, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        9,
    )

    answer = ask(owner)

    assert answer.status_code == 200
    assert "nina@example.com is invited, but the email could not be sent" in words(answer)
    assert "Email not sent" in words(answer)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    again = owner.post(reverse("team:resend", args=[Invitation.objects.get().pk]), follow=True)
    assert "Not accepted yet" in words(again)


@pytest.mark.parametrize("change", ["gone", "demoted", "closed"])
def test_a_link_that_died_with_its_inviter_is_not_shown_as_waiting_and_can_be_sent_again(account, owner, change):
    ask(join(account, Role.ADMIN)[1])
    inviter = Member.objects.get(account=account, role=Role.ADMIN)
    if change == "gone":
        inviter.delete()
    elif change == "demoted":
        Member.objects.filter(pk=inviter.pk).update(role=Role.VIEWER)
    else:
        User.objects.filter(pk=inviter.user_id).update(is_active=False)

    shown = words(owner.get(TEAM))
    again = words(owner.post(reverse("team:resend", args=[Invitation.objects.get().pk]), follow=True))

    assert "Does not work any more" in shown
    assert "Not accepted yet" not in shown
    assert "Not accepted yet" in again
    assert Client().get(link()).status_code == 200


def test_a_withdrawn_invitation_is_not_listed(owner):
    ask(owner)

    owner.post(reverse("team:revoke", args=[Invitation.objects.get().pk]))

    assert "nina@example.com" not in words(owner.get(TEAM)).partition("Members")[2]
