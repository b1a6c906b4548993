"""Every address of sign-in: what visitors find, what needs a person, what needs the password again."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from tests.accounts.people import PASSWORD
from tests.accounts.test_second_factor import give_app, give_key
from tests.factories import make_member
from tests.portal.matrix import SIGN_IN
from tests.portal.sides import ADDRESSES, DONE, ODD_METHODS, REFUSED, everything, signed_in, status_of, status_of_trying

LOGIN, PROVE = reverse("account_login"), reverse("account_reauthenticate")
VALUES = {"pk": "1", "key": "abc-def", "uidb36": "1"}
URLS = {name: reverse(name, kwargs={word: VALUES[word] for word in ADDRESSES.get(name, ())}) for name in SIGN_IN}
# Nobody was sent this key, and the person has no recovery codes.
NOTHING_THERE = {"account_confirm_email", "mfa_view_recovery_codes", "mfa_download_recovery_codes"}


@pytest.fixture
def person(account):
    """Somebody with an app as second factor."""
    user = make_member(account)
    give_app(user)
    return user


@pytest.fixture
def stranger(stranger_account):
    return make_member(stranger_account, Role.OWNER)


def leads_to(answer):
    return urlsplit(answer.get("Location", "")).path if answer.status_code == 302 else ""


def expected_of(name, method):
    if method == "post" and not SIGN_IN[name].posts:
        return {405}
    return DONE | ({404} if name in NOTHING_THERE else set())


def test_visitors_find_the_entrance_and_nothing_of_anybodys(db):
    wrong, before = {}, everything()

    for name, url in URLS.items():
        for method in ("get", "post"):
            answer = getattr(Client(), method)(url)
            if SIGN_IN[name].own:
                is_right = leads_to(answer) == LOGIN
            else:
                is_right = answer.status_code in expected_of(name, method)
            if not is_right:
                wrong[name, method] = answer.status_code

    assert not wrong
    assert everything() == before


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_own_pages_and_proves_who_it_is_for_the_delicate_ones(account, role):
    user = make_member(account, role)
    give_app(user)
    wrong, before = {}, everything()

    for name, url in URLS.items():
        for method in ("get", "post"):
            client = signed_in(user)
            if SIGN_IN[name].proof:
                is_right = leads_to(getattr(client, method)(url)) == PROVE
            else:
                is_right = status_of_trying(client, method, url) in expected_of(name, method)
            if not is_right:
                wrong[name, method] = leads_to(getattr(client, method)(url))

    assert not wrong
    assert everything() == before


@pytest.mark.parametrize("who", ["visitor", "person"])
@pytest.mark.parametrize("method", ODD_METHODS)
def test_no_page_knows_other_methods(person, who, method):
    client = signed_in(person) if who == "person" else Client()
    before = everything()

    answers = {name: status_of(client, method, url) for name, url in URLS.items()}

    assert set(answers.values()) == {405}
    assert everything() == before


@pytest.mark.parametrize("who", ["visitor", "person"])
def test_a_form_of_another_site_is_refused(person, who):
    client = Client(enforce_csrf_checks=True)
    if who == "person":
        client.force_login(person)
    before = everything()

    answers = {name: status_of(client, "post", url) for name, url in URLS.items()}

    assert not {name: status for name, status in answers.items() if status not in REFUSED}
    assert everything() == before


@pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_a_strangers_key_is_not_found(person, stranger, name):
    client, key = signed_in(person), give_key(stranger)
    client.post(PROVE, {"password": PASSWORD})
    url = reverse(name, args=[key.pk])

    assert client.get(url).status_code == client.post(url, {"name": "Mine now"}).status_code == 404
    assert Authenticator.objects.get(pk=key.pk).data == key.data


@pytest.mark.parametrize("action", ["action_remove", "action_primary", "action_send"])
def test_a_strangers_address_is_left_alone(person, stranger, action, mailoutbox):
    theirs = EmailAddress.objects.get_or_create(user=stranger, email="theirs@example.com", verified=True)[0]
    before = EmailAddress.objects.values().get(pk=theirs.pk)

    signed_in(person).post(reverse("account_email"), {"email": theirs.email, action: "yes"})

    assert EmailAddress.objects.values().get(pk=theirs.pk) == before
    assert mailoutbox == []


def test_ending_ones_sessions_ends_nobody_elses(person, stranger):
    theirs, mine = signed_in(stranger), signed_in(person)
    theirs.get(reverse("usersessions_list"))
    session = UserSession.objects.get(user=stranger)

    mine.post(reverse("usersessions_list"), {"session": session.pk})

    assert theirs.get(reverse("team:list")).status_code == 200
    assert UserSession.objects.filter(user=stranger).exists()
