"""Two people, one moment: real threads, each with its own connection to the database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.invitations import invite
from accounts.models import Member, User
from accounts.second_factor import count_factors
from tests.accounts.people import join, sign_in
from tests.accounts.test_invitations import NEW
from tests.accounts.test_second_factor import confirmed, give_app, give_key
from tests.factories import make_account

ROUNDS = 10
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do everything in the same moment, each in a thread."""
    gate = threading.Barrier(len(acts))

    def run(act):
        try:
            gate.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("name", ["team:role", "team:remove"])
def test_two_owners_who_unmake_each_other_leave_one(name):
    for _ in range(ROUNDS):
        account = make_account()
        (first, one), (second, two) = join(account, Role.OWNER), join(account, Role.OWNER)

        answers = at_once(
            partial(one.post, reverse(name, args=[second.pk]), {"role": Role.VIEWER}),
            partial(two.post, reverse(name, args=[first.pk]), {"role": Role.VIEWER}),
        )

        assert Member.objects.filter(account=account, role=Role.OWNER).count() == 1
        assert sum(answer.status_code == 303 for answer in answers) == 1
        # The other was late by a moment: no right any more (door or form), signed out, or signed out while the page was
        # made.
        assert {answer.status_code for answer in answers} <= {303, 403, 422, 302, 400}


def test_two_owners_who_leave_at_once_leave_one():
    for _ in range(ROUNDS):
        account = make_account()
        clients = [join(account, Role.OWNER)[1] for _ in range(2)]

        answers = at_once(
            *[partial(client.post, reverse("team:leave"), {"account": str(account.pk)}) for client in clients]
        )

        assert Member.objects.filter(account=account, role=Role.OWNER).count() == 1
        assert sorted(answer.status_code for answer in answers) == [303, 409]


def test_a_link_pressed_twice_makes_one_member():
    account = make_account()
    owner, _client = join(account, Role.OWNER)
    for at in range(ROUNDS):
        email = f"nina{at}@example.com"
        _invitation, token = invite(owner, email, Role.VIEWER)
        page = reverse("team:invitation", args=[token])

        answers = at_once(*[partial(Client().post, page, NEW) for _ in range(2)])

        assert sum(answer.status_code == 303 for answer in answers) == 1
        assert {answer.status_code for answer in answers} <= {200, 303, 409, 410}
        assert Member.objects.filter(user__email=email).count() == User.objects.filter(email=email).count() == 1


def test_the_app_and_the_key_of_an_owner_taken_away_at_once_leave_one(settings):
    settings.REQUIRE_SECOND_FACTOR = True
    for _ in range(ROUNDS):
        user = join(make_account(), Role.OWNER)[0].user
        give_app(user)
        remove_key = reverse("mfa_remove_webauthn", args=[give_key(user).pk])
        browsers = [confirmed(sign_in(user)) for _ in range(2)]

        at_once(partial(browsers[0].post, reverse("mfa_deactivate_totp")), partial(browsers[1].post, remove_key))

        assert count_factors(user) == 1
