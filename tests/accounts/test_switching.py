"""People with several accounts."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Member, User
from tests.accounts.people import sign_in
from tests.factories import make_account, make_member

SWITCH = reverse("team:switch")


@pytest.fixture
def beta(db):
    return make_account("Beta")


@pytest.fixture
def client(beta):
    user = make_member(make_account("Alpha"))
    Member.objects.create(account=beta, user=user, role=Role.VIEWER)
    return sign_in(user)


def page(client):
    return client.get(reverse("team:list")).content.decode()


def test_the_menu_offers_every_account_of_the_person(client, beta):
    assert f'value="{beta.pk}"' in page(client)


def test_nobody_with_one_account_is_asked_to_choose(alice):
    assert SWITCH not in page(alice)


def test_choosing_an_account_lasts_and_leads_to_its_trunks(client, beta):
    answer = client.post(SWITCH, {"account": str(beta.pk)}, follow=True)

    assert answer.request["PATH_INFO"] == reverse("trunks:list")
    assert "Account <b>Beta</b>" in page(client)


@pytest.mark.parametrize("chosen", ["", "nonsense", "0", "\x00"])
def test_nonsense_is_no_account(client, chosen):
    assert client.post(SWITCH, {"account": chosen}).status_code == 404


def test_a_strangers_account_is_not_found_and_not_chosen(client, stranger_account):
    assert client.post(SWITCH, {"account": str(stranger_account.pk)}).status_code == 404
    assert "Account <b>Alpha</b>" in page(client)


def test_an_account_one_was_removed_from_gives_the_other(client, beta):
    client.post(SWITCH, {"account": str(beta.pk)})
    Member.objects.filter(account=beta).delete()

    assert "Account <b>Alpha</b>" in page(client)
    assert User.objects.count() == 1


def test_looking_does_not_switch(client, beta):
    assert client.get(SWITCH, {"account": str(beta.pk)}).status_code == 405
