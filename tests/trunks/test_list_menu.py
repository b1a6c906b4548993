"""What a row of the list offers, and why not."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from provisioning.enums import Status
from tests.factories import order_trunk, registered
from tests.trunks.states import settle
from trunks.services import disable_trunk

LIST = reverse("trunks:list")


def menu(response, trunk):
    """What stands in the trunk's menu: links, buttons, and reasons why not."""
    content = response.content.decode()
    inside = re.search(rf'<div id="menu-{trunk.pk}">(.*?)</details>', content, re.DOTALL)[1]
    return [text.strip() for text in re.findall(r"<(?:a|button|p)\b[^>]*>([^<]*)</", inside)]


def test_a_live_trunk_can_be_opened_edited_disabled_duplicated_and_deleted(alice, order):
    trunk = settle(order("Main office"))

    assert menu(alice.get(LIST), trunk) == ["Open", "Edit", "Disable", "Duplicate settings", "Delete"]


def test_a_registered_trunk_can_have_its_password_reset(alice, account, new_york):
    trunk = settle(order_trunk(account, registered(new_york)))

    assert "Reset password" in menu(alice.get(LIST), trunk)


def test_a_disabled_trunk_is_enabled_from_its_row(alice, order):
    trunk = settle(order("Main office"))
    disable_trunk(trunk, trunk.created_by)
    settle(trunk)
    address = reverse("trunks:enable", args=[trunk.pk])

    assert f'form="row-actions" formaction="{address}"' in alice.get(LIST).content.decode()
    assert alice.post(address).status_code == 303


def test_a_failed_trunk_can_only_be_opened_and_deleted(alice, order):
    trunk = settle(order("Main office"), Status.FAILED, "The primary node refused it")

    assert menu(alice.get(LIST), trunk) == ["Open", "Delete"]


def test_during_a_change_the_menu_says_why_nothing_can_be_done(alice, order):
    trunk = order("Main office")

    assert "Disable: Another change is being applied" in menu(alice.get(LIST), trunk)


@pytest.mark.parametrize("label", ["Edit", "Disable", "Delete"])
def test_a_viewer_is_told_why_not(bob, order, label):
    trunk = settle(order("Main office"))

    assert f"{label}: Your role may look at trunks but not change them" in menu(bob.get(LIST), trunk)


def test_a_viewer_is_told_why_settings_are_not_duplicated(bob, order):
    trunk = settle(order("Main office"))

    assert "Duplicate settings: Your role may look at trunks but not order them" in menu(bob.get(LIST), trunk)
