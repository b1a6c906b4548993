"""Staff look at a node: one reading serves whoever asks within some seconds, and nobody reads it twice at a time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from provisioning import looks
from provisioning.looks import look_at
from provisioning.models import SbcNode
from provisioning.registry import kinds
from tests.factories import make_user
from tests.portal.staff import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def node(new_york):
    return SbcNode.objects.get(data_centre=new_york, role="PRIMARY")


@pytest.fixture
def readings(nodes):
    """How often the whole node was read since."""
    before = nodes.primary.lists()
    return lambda: (nodes.primary.lists() - before) / len(kinds())


def test_two_who_press_at_once_make_one_reading(node, nodes, readings):
    nodes.primary.fault(slow=0.2)
    gate = Barrier(2)

    def press(_who):
        try:
            gate.wait()
            return look_at(node)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(press, range(2))

    assert readings() == 1
    assert first is not None
    assert first == second


def test_a_reading_is_kept_for_some_seconds_and_then_made_again(node, readings, monkeypatch):
    monkeypatch.setattr(looks, "KEPT_SECONDS", 1)
    first = look_at(node)
    assert look_at(node) == first
    assert readings() == 1

    give_up_at = time.monotonic() + 5
    while look_at(node) == first:
        assert time.monotonic() < give_up_at
    assert readings() == 2


def test_a_node_that_does_not_answer_is_not_asked_again_at_once(node, nodes):
    nodes.primary.fault(down=True)
    trouble = look_at(node)
    nodes.primary.heal()

    assert look_at(node) == trouble
    assert trouble.trouble


def test_whoever_waits_too_long_is_told_and_may_look_again(node, readings, monkeypatch):
    monkeypatch.setattr(looks, "WAIT_SECONDS", 0)
    cache.set(f"look:{node.pk}:{node.agent_url}:lock", 1, 10)
    root = sign_in(make_user("root@example.com", is_staff=True, is_superuser=True))
    url = reverse("admin:provisioning_sbcnode_drift", args=[node.pk])

    waiting = root.get(url).content.decode()
    cache.delete(f"look:{node.pk}:{node.agent_url}:lock")
    seen = root.get(url).content.decode()

    assert "Look again" in waiting
    assert "Read again" in seen
    assert "It has exactly what it must have" in seen
    assert readings() == 1
