"""A dead or frozen Valkey costs a moment, never a page."""

import logging
import socket
import time

import pytest

from common.cache import PatientRedisCache


@pytest.fixture
def frozen():
    """Accepts connections and never answers, like a stopped process."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def dead():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"redis://127.0.0.1:{port}/0"


@pytest.fixture(autouse=True)
def awake(monkeypatch):
    monkeypatch.setattr(PatientRedisCache, "_asleep_until", 0.0)
    monkeypatch.setattr(PatientRedisCache, "_logged_at", float("-inf"))


def cache_at(url):
    return PatientRedisCache(url, {"OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3}})


@pytest.mark.parametrize("where", ["dead", "frozen"])
def test_every_answer_is_a_miss_and_comes_quickly(where, request, caplog):
    cache = cache_at(request.getfixturevalue(where))
    started = time.monotonic()

    with caplog.at_level(logging.WARNING):
        answers = [cache.get("a"), cache.get("a", 7), cache.add("a", 1), cache.set("a", 1), cache.incr("a")]
        answers += [cache.get_many(["a"]), cache.set_many({"a": 1}), cache.has_key("a"), cache.delete("a")]

    assert answers == [None, 7, True, None, 1, {}, ["a"], False, False]
    assert time.monotonic() - started < 1
    assert len(caplog.records) == 1


def test_it_is_asked_again_after_a_rest(dead, monkeypatch):
    cache = cache_at(dead)
    cache.get("a")
    asked = []
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.get", lambda *args: asked.append(args))

    cache.get("a")
    assert asked == []

    monkeypatch.setattr(PatientRedisCache, "_asleep_until", 0.0)
    cache.get("a")
    assert len(asked) == 1
