"""No page of any kind of trunk has an accessibility violation, light or dark: ordering, changing, what goes wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from sbc.lab.memory import MemoryNodeProcess
from tests.e2e import wizard
from tests.e2e.hands import Mouse
from tests.e2e.judge import Judge
from tests.e2e.life import KINDS
from tests.factories import freshworks, genesys, make_specification, make_user, order_trunk, registered
from trunks.enums import Cause
from trunks.forms.editing import present_settings
from trunks.models import Trunk
from trunks.services import change_trunk, suspend_trunk


@pytest.fixture
def judge(visit: Any) -> Judge:
    return Judge(visit())


@pytest.fixture
def trunk(account: Any, engineer: Any, new_york: Any, work: Any) -> Trunk:
    """Live."""
    trunk = order_trunk(account, make_specification(new_york, name="Main office", channels=10), engineer)
    work()
    return trunk


def url(name: str, trunk: Trunk) -> str:
    return reverse(f"trunks:{name}", args=[trunk.pk])


def rename(trunk: Trunk, name: str, by: Any) -> None:
    trunk = Trunk.objects.get(pk=trunk.pk)
    assert trunk.wanted
    wanted = replace(present_settings(trunk), name=name)
    change_trunk(trunk, wanted, seen=trunk.wanted.number, price="", actor=by)


def propose(judge: Judge, channels: str) -> None:
    """On the edit page."""
    judge.page.get_by_label("Channels", exact=True).fill(channels)
    judge.page.get_by_role("button", name="Check changes").click()


@pytest.mark.parametrize("name", ["registered", "freshworks", "genesys"])
def test_the_questions_of_a_kind(judge: Judge, name: str) -> None:
    kind, hand = KINDS[name], Mouse(judge.page)
    wizard.begin(hand)
    wizard.choose_provider(hand, kind.provider, kind.kind)
    wizard.choose_plan(hand)
    judge.look("settings")
    wizard.go_on(hand)
    judge.page.get_by_role("alert").wait_for()
    judge.look("settings with mistakes")
    wizard.choose_settings(hand, "Main office", kind.place, kind.facts)
    judge.look("review")

    assert judge.found == {}


def test_changing_each_kind(judge: Judge, account: Any, engineer: Any, new_york: Any, work: Any) -> None:
    makers = (make_specification, registered, freshworks, genesys)
    trunks = [order_trunk(account, make(new_york), engineer) for make in makers]
    work()

    for trunk in trunks:
        judge.visit(url("edit", trunk))
        judge.visit(url("detail", trunk))
    judge.page.goto("/trunks/")
    judge.page.locator("details.menu summary").last.click()
    judge.look("list with an open menu")

    assert judge.found == {}


def test_a_change_and_what_can_come_between(judge: Judge, trunk: Trunk, engineer: Any, work: Any) -> None:
    judge.page.goto(url("edit", trunk))
    propose(judge, "many")
    judge.page.get_by_role("alert").wait_for()
    judge.look("edit with mistakes")
    propose(judge, "12")
    wizard.arrive(judge.page, "Check your changes")
    judge.look("check")
    rename(trunk, "Head office", by=make_user())
    judge.page.get_by_role("button", name="Save and pay").click()
    wizard.arrive(judge.page, "Changed meanwhile")
    judge.look("conflict")
    judge.visit(url("edit", trunk))
    work()
    judge.visit(url("undo", trunk))
    judge.visit(url("history", trunk))

    assert judge.found == {}


def test_a_change_that_was_taken_back(
    judge: Judge, trunk: Trunk, engineer: Any, nodes: list[MemoryNodeProcess], work: Any
) -> None:
    rename(trunk, "Head office", by=engineer)
    nodes[0].fault(reject={str(trunk.pk): "Malformed"})
    work()

    judge.page.goto(url("detail", trunk))
    judge.page.get_by_role("heading", name="Not saved").wait_for()
    judge.look("rejected")
    judge.visit(f"{url('edit', trunk)}?from=2")
    judge.visit(url("history", trunk))

    assert judge.found == {}


def test_a_trunk_that_we_disabled(judge: Judge, trunk: Trunk, work: Any) -> None:
    suspend_trunk(trunk, Cause.PAYMENT, "Invoice 7 is open", make_user(is_staff=True))
    work()

    judge.visit(url("detail", trunk))
    judge.visit(url("edit", trunk))

    assert judge.found == {}
