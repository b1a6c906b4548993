"""The mails of sign-in: in our words, with our name, none of them a page's undoing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.accounts.people import PASSWORD, sign_in, words
from tests.factories import make_user

TEMPLATES = Path(__file__).parents[2] / "templates"
NEW_PASSWORD = "horse battery staple"


@pytest.fixture
def nina(db):
    return make_user("nina@example.com", first_name="Nina")


@pytest.fixture
def client(nina):
    client = sign_in(nina)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def the_mail():
    [message] = mail.outbox
    assert message.body.endswith("Trunkline, testserver\nQuestions? Write to support@example.com")
    assert "example.com" in message.to[0]
    assert not re.search(r"Hello from|Thank you for using|\{\{|\{%|&#", message.body)
    assert "\n\n\n" not in message.body
    return message


def test_a_forgotten_password_gets_a_link_that_works_for_half_an_hour(nina, settings):
    Client().post(reverse("account_reset_password"), {"email": "nina@example.com"})

    message = the_mail()
    assert message.subject == "[Trunkline] Choose a new password"
    assert "It works once, for 30 minutes" in message.body
    assert settings.PASSWORD_RESET_TIMEOUT == 1800
    link = re.search(r"http://testserver(/\S+)", message.body)[1]
    page = Client()
    form = page.get(link, follow=True).request["PATH_INFO"]
    page.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert "Your password was changed with the link" in mail.outbox[-1].body
    nina.refresh_from_db()
    assert nina.check_password(NEW_PASSWORD)


def test_an_unknown_address_is_told_by_mail_only(db):
    answer = Client().post(reverse("account_reset_password"), {"email": "who@example.com"}, follow=True)

    assert "If there is an account, we have sent a link" in words(answer)
    message = the_mail()
    assert message.subject == "[Trunkline] No sign-in for this address"
    assert "ask a colleague to invite you" in message.body
    assert "sign up" not in message.body


def test_a_new_address_is_confirmed_by_a_link(client):
    client.post(reverse("account_email"), {"action_add": "", "email": "second@example.com"})

    message = the_mail()
    assert message.subject == "[Trunkline] Confirm your email address"
    assert message.to == ["second@example.com"]
    assert "Nina wants to sign in to Trunkline with this address" in message.body


def test_only_the_new_password_is_told_what_it_must_be_like(client):
    page = client.get(reverse("account_change_password")).content.decode()

    assert page.count("At least 12 characters") == 1
    assert page.index("Present password") < page.index("At least 12 characters")


def test_a_changed_password_is_told(client):
    answers = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    client.post(reverse("account_change_password"), answers)

    message = the_mail()
    assert message.subject == "[Trunkline] Your password was changed"
    assert "From: 127.0.0.1" in message.body
    assert "If this was not you" in message.body


@pytest.mark.django_db(transaction=True)
def test_an_authenticator_app_turned_on_and_off_is_told(client):
    set_up(client)
    assert {message.subject for message in mail.outbox} >= {"[Trunkline] Authenticator app turned on"}
    mail.outbox.clear()

    client.post(reverse("mfa_deactivate_totp"))

    assert the_mail().subject == "[Trunkline] Authenticator app turned off"


def set_up(client):
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    return client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)


def test_whoever_sets_one_up_sees_the_recovery_codes(client):
    answer = set_up(client)

    assert answer.request["PATH_INFO"] == reverse("mfa_view_recovery_codes")


def test_a_dead_mail_server_breaks_no_page(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    answer = Client().post(reverse("account_reset_password"), {"email": "nina@example.com"}, follow=True)

    assert answer.status_code == 200
    assert "The email about this could not be sent" in words(answer)


@pytest.mark.parametrize(
    "path",
    sorted(path for app in ("account", "accounts", "mfa") for path in TEMPLATES.glob(f"{app}/email/*.txt")),
    ids=lambda path: path.stem,
)
def test_no_mail_speaks_like_somebody_else(path):
    text = path.read_text()

    assert not re.search(r"please|sorry|successfully|Two-Factor|Hello", text, re.IGNORECASE)
