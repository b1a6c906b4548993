"""Doors between the portal, sign-in and the admin; who may open which page is in `test_isolation`."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from trunks.models import TrunkDraft

SIGN_IN = reverse("account_login")


def test_whoever_pressed_a_button_too_late_comes_back_to_its_page(client, account):
    draft = TrunkDraft.objects.create(account=account)
    page = reverse("trunks:review", args=[draft.pk])

    answer = client.post(reverse("trunks:pay", args=[draft.pk]), headers={"Referer": f"http://testserver{page}"})

    assert answer["Location"] == f"{SIGN_IN}?next={page}"


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example/", "///evil.example/", "/\\evil.example"]
)
def test_nobody_is_led_out_of_the_portal(alice, next_page):
    adding = alice.get(reverse("addresses:add"), {"next": next_page})
    changing = alice.post(reverse("portal:theme"), {"theme": "dark", "next": next_page})

    assert not re.search(r'href="[^"]*evil', adding.content.decode())
    assert changing["Location"] == "/"


@pytest.mark.parametrize("who", ["alice", "charlie"])
def test_members_do_not_get_into_the_admin(request, who):
    assert request.getfixturevalue(who).get(reverse("admin:index"), follow=True).status_code == 403


def test_a_visitor_signs_in_before_the_admin(client, db):
    answer = client.get(reverse("admin:index"), follow=True)

    assert answer.request["PATH_INFO"] == SIGN_IN
