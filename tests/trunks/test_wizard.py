"""The wizard without JavaScript: from the first question to the trunk."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from trunks.models import Trunk, TrunkDraft

STEPS = ("provider", "plan", "settings", "ips")


def begin(client):
    """The draft that a press of "Start a new order" makes."""
    response = client.post(reverse("trunks:new"))
    assert response.status_code == 302
    return TrunkDraft.objects.get(pk=response["Location"].split("/")[3])


def url(draft, step):
    return reverse("trunks:step", args=[draft.pk, step])


def review_url(draft):
    return reverse("trunks:review", args=[draft.pk])


def fill(client, answers, *steps):
    """Begin and answer the given steps."""
    draft = begin(client)
    for step in steps or STEPS:
        response = client.post(url(draft, step), answers[step])
        assert response.status_code == 302, response.content.decode()
    draft.refresh_from_db()
    return draft


def fingerprint(client, draft):
    page = client.get(review_url(draft)).content.decode()
    return re.search(r'name="offer" value="(\w+)"', page)[1]


def pay(client, draft):
    return client.post(reverse("trunks:pay", args=[draft.pk]), {"offer": fingerprint(client, draft)})


def test_answers_and_pay_now_buy_a_trunk(alice, account, answers):
    draft = fill(alice, answers)

    response = pay(alice, draft)

    trunk = Trunk.objects.get(account=account)
    assert response.status_code == 303
    assert response["Location"] == reverse("trunks:handover", args=[trunk.pk])
    assert (trunk.name, trunk.wanted.channels, trunk.wanted.source_hosts) == ("Main office", 10, ["127.77.128.1"])
    assert trunk.wanted.destinations == [["127.77.128.2", 5060]]
