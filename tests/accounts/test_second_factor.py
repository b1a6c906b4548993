"""The second factor: open to all, required of owners and staff where the installation says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Member
from tests.accounts.people import PASSWORD, join, sign_in, words
from tests.factories import make_account, make_user

SET_UP, PAGE, ADMIN = reverse("mfa_index"), reverse("team:list"), reverse("admin:index")
WHY = "Set up a second factor to go on"
KEEP = "Add another second factor first"


@pytest.fixture
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def owner(account):
    return join(account, Role.OWNER)


@pytest.fixture
def staff(db):
    return sign_in(make_user("staff@example.com", is_staff=True, is_superuser=True))


def give_app(user):
    TOTP.activate(user, generate_totp_secret())


def give_key(user):
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Blue key"})


def confirmed(client):
    """The password was entered a moment ago: pages that change the second factor ask for it."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_without_the_setting_nobody_is_held_up(owner, staff):
    assert owner[1].get(PAGE).status_code == 200
    assert staff.get(ADMIN).status_code == 200


def test_an_owner_without_one_is_led_to_its_set_up_and_told_why(required, owner):
    answer = owner[1].get(PAGE, follow=True)

    assert answer.request["PATH_INFO"] == SET_UP
    assert WHY in words(answer)
    assert "Owners of an account always sign in with one" in words(answer)


@pytest.mark.parametrize("page", [ADMIN, reverse("admin:accounts_user_changelist"), PAGE])
def test_so_is_staff_in_the_admin_too(required, staff, page):
    answer = staff.get(page, follow=True)

    assert answer.request["PATH_INFO"] == SET_UP
    assert "Staff always sign in with one" in words(answer)


def test_an_owner_of_any_account_is_asked_in_every_account(required, owner, stranger_account):
    user = owner[0].user
    Member.objects.create(account=stranger_account, user=user, role=Role.VIEWER)
    client = owner[1]

    client.post(reverse("team:switch"), {"account": str(stranger_account.pk)})

    assert client.get(PAGE)["Location"] == SET_UP


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ENGINEER, Role.BILLING, Role.VIEWER])
def test_others_are_not_held_up(required, account, role):
    client = join(account, role)[1]

    assert client.get(PAGE).status_code == 200
    assert client.get(SET_UP).status_code == 200


def test_htmx_loads_the_set_up_as_a_page(required, owner):
    answer = owner[1].get(PAGE, headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Redirect"]) == (204, SET_UP)


@pytest.mark.parametrize("page", ["/team/", "/billing/", "/numbers/", "/accounts/email/", "/accounts/password/change/"])
def test_nothing_private_opens_before_it_is_set_up(required, owner, page):
    assert owner[1].get(page)["Location"] == owner[1].post(page)["Location"] == SET_UP


@pytest.mark.parametrize("page", ["mfa_index", "mfa_add_webauthn", "mfa_activate_totp"])
def test_the_set_up_opens(required, owner, page):
    assert confirmed(owner[1]).get(reverse(page)).status_code == 200


def test_sign_out_theme_and_health_stay_open(required, owner):
    client = owner[1]

    assert client.post(reverse("portal:theme"), {"theme": "dark"})["Location"] != SET_UP
    assert client.get(reverse("portal:healthz")).status_code == 200
    assert client.get(reverse("portal:readyz")).status_code in {200, 503}
    assert client.post(reverse("account_logout"))["Location"] != SET_UP
    assert client.get(PAGE)["Location"].startswith(reverse("account_login"))


def test_the_set_up_page_offers_no_links_that_lead_back_to_it(required, owner):
    content = owner[1].get(SET_UP).content.decode()

    assert f'href="{PAGE}"' not in content
    assert reverse("account_email") not in content


def test_an_address_that_waits_for_confirmation_does_not_block_the_set_up(required, owner):
    owner[0].user.emailaddress_set.create(email="second@example.com", verified=False)

    assert confirmed(owner[1]).get(reverse("mfa_activate_totp")).status_code == 200


@pytest.mark.parametrize("give", [give_app, give_key])
def test_with_a_second_factor_everything_opens(required, owner, give):
    give(owner[0].user)

    assert owner[1].get(PAGE).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(required, owner):
    Authenticator.objects.create(user=owner[0].user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": ""})

    assert owner[1].get(PAGE)["Location"] == SET_UP


def test_the_last_one_cannot_be_turned_off(required, owner):
    member, client = owner
    give_app(member.user)
    assert KEEP in words(client.get(SET_UP))
    assert reverse("mfa_deactivate_totp") not in client.get(SET_UP).content.decode()

    answer = confirmed(client).post(reverse("mfa_deactivate_totp"), follow=True)

    assert KEEP in words(answer)
    assert Authenticator.objects.filter(user=member.user, type=Authenticator.Type.TOTP).exists()


def test_the_last_key_cannot_be_removed(required, owner):
    member, client = owner
    remove = reverse("mfa_remove_webauthn", args=[give_key(member.user).pk])
    assert remove not in client.get(reverse("mfa_list_webauthn")).content.decode()

    answer = client.post(remove, follow=True)

    assert KEEP in words(answer)
    assert Authenticator.objects.filter(user=member.user).exists()


@pytest.mark.parametrize("goes", ["app", "key"])
def test_the_last_one_stays_when_two_are_turned_off_before_the_password_is_confirmed(required, owner, goes):
    member, client = owner
    give_app(member.user)
    key = give_key(member.user)
    url = reverse("mfa_deactivate_totp") if goes == "app" else reverse("mfa_remove_webauthn", args=[key.pk])
    held_back = client.post(url)["Location"]
    other = Authenticator.Type.WEBAUTHN if goes == "app" else Authenticator.Type.TOTP
    Authenticator.objects.filter(type=other).delete()

    answer = client.post(held_back, {"password": PASSWORD}, follow=True)

    assert answer.redirect_chain == [(SET_UP, 302)]
    assert KEEP in words(answer)
    assert Authenticator.objects.filter(user=member.user).count() == 1


def test_one_of_two_can_be_turned_off(required, owner):
    member, client = owner
    confirmed(client)
    give_app(member.user)
    give_key(member.user)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.filter(user=member.user, type=Authenticator.Type.TOTP).exists()


def test_others_may_turn_their_last_one_off(required, account):
    member, client = join(account, Role.ENGINEER)
    confirmed(client)
    give_app(member.user)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.exists()


def test_who_becomes_owner_is_asked_at_the_next_page(required, account, owner):
    give_app(owner[0].user)
    member, client = join(account, Role.ENGINEER)
    assert client.get(PAGE).status_code == 200

    owner[1].post(reverse("team:role", args=[member.pk]), {"role": Role.OWNER})

    assert client.get(PAGE)["Location"] == SET_UP
    assert "Off asked for at the next visit" in words(owner[1].get(reverse("team:list")))


def test_the_team_page_shows_who_has_one(account, owner):
    give_key(owner[0].user)

    assert "On" in words(owner[1].get(reverse("team:list"))).split("Last sign-in")[1].split("Change role")[0]


def test_signing_in_with_one_asks_for_it(required, owner):
    give_app(owner[0].user)
    client = Client()

    answer = client.post(reverse("account_login"), {"login": owner[0].user.email, "password": PASSWORD})

    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get(PAGE)["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(("environment", "says"), [("1", "False"), ("0", "True")])
def test_production_requires_it_and_the_lab_does_not(environment, says, tmp_path: Path):
    told = subprocess.run(
        [sys.executable, "-c", "from portal import settings; print(settings.REQUIRE_SECOND_FACTOR)"],
        check=True,
        capture_output=True,
        text=True,
        cwd=django_settings.BASE_DIR,
        env={"TRUNKLINE_LAB": environment, "TRUNKLINE_VAR": str(tmp_path), "DJANGO_SECRET_KEY": "x"},
    )

    assert told.stdout.strip() == says


def test_a_person_with_a_factor_costs_one_query_more(required, owner, django_assert_max_num_queries):
    give_app(owner[0].user)
    owner[1].get(PAGE)

    with django_assert_max_num_queries(12):
        owner[1].get(PAGE)


def test_two_accounts_of_an_owner_are_listed_once_each(required, owner):
    give_app(owner[0].user)
    Member.objects.create(account=make_account("Beta"), user=owner[0].user, role=Role.VIEWER)

    assert owner[1].get(PAGE).content.decode().count('name="account"') == 2
