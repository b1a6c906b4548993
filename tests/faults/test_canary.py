"""A known password is looked for everywhere it must not be: the one promise that cannot be made page by page."""

from __future__ import annotations

import logging
import re
import secrets
import time
from itertools import cycle
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.urls import get_resolver, reverse

from common.sealing import unseal
from provisioning.enums import Status
from tests.factories import order_trunk, registered
from tests.provisioning.scene import newest, wait_until, work_on
from trunks.models import OneTimeSecret, Trunk
from trunks.services import end_expired_secrets
from trunks.services.passwords import _ha1

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

CANARY = "CanaryCanaryCanary42"
SEALED = re.compile(r"gAAAA[\w-]{40,}={0,2}")


@pytest.fixture
def canary(monkeypatch):
    """Only the source of chance is another one: the password is `CANARY`."""
    letters = cycle(CANARY)
    chance = SimpleNamespace(choice=lambda _letters: next(letters), token_hex=secrets.token_hex)
    monkeypatch.setattr("trunks.services.passwords.secrets", chance)


@pytest.fixture
def trunk(canary, customer, engineer, new_york):
    trunk = order_trunk(customer, registered(new_york, name="Main office"), engineer)
    assert work_on(trunk).status == Status.SUCCESS
    return trunk


@pytest.fixture
def browser_of_the_reader(engineer):
    client = Client()
    client.force_login(engineer, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(engineer.pk)
    session.save()
    return client


def url(name, trunk):
    return reverse(f"trunks:{name}", args=[trunk.pk])


def pages_of(trunk):
    """Every address of the trunk that can be looked at."""
    named = dict(_patterns(get_resolver()))
    return [reverse(name, args=[trunk.pk]) for name, words in named.items() if words == {"trunk_id"}]


def _patterns(resolver, namespace=""):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            inner = f"{namespace}{entry.namespace}:" if getattr(entry, "namespace", None) else namespace
            yield from _patterns(entry, inner)
        elif entry.name:
            yield namespace + entry.name, set(entry.pattern.regex.groupindex)


def database() -> str:
    """Every row of every table as text, and what is inside the sessions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(f"SELECT whole::text FROM {table} whole")
            rows += [row for (row,) in cursor.fetchall()]
    assert any("Main office" in row for row in rows)
    return "\n".join([*rows, *(str(session.get_decoded()) for session in Session.objects.all())])


def opened(dump: str) -> list[str]:
    """What the sealed texts of the database say."""
    texts = []
    for sealed in set(SEALED.findall(dump)):
        try:
            texts.append(unseal(sealed))
        except InvalidToken:
            continue
    return texts


def valkey(url: str) -> str:
    """Every key of a Valkey with its value."""
    found: list[Any] = []
    with redis.Redis.from_url(url, db=0) as client:
        for key in client.scan_iter():
            kind = client.type(key)
            read = {
                b"string": lambda key=key: client.get(key),
                b"list": lambda key=key: client.lrange(key, 0, -1),
                b"set": lambda key=key: client.smembers(key),
                b"hash": lambda key=key: client.hgetall(key),
                b"zset": lambda key=key: client.zrange(key, 0, -1),
            }[kind]
            found += [key, read()]
    return str(found)


def test_a_password_is_nowhere_but_in_the_answer_to_show(trunk, browser_of_the_reader, crew, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    client, places = browser_of_the_reader, {}
    asked = client.post(url("reset_password", trunk), {"overlap": "600"})
    wait_until(crew.broker.queued)
    places["the message to the worker"] = valkey(crew.broker.url)
    assert "run_operation" in places["the message to the worker"]
    crew.worker()
    wait_until(lambda: newest(trunk).status == Status.SUCCESS)

    shown = client.post(url("reveal_password", trunk))
    file = client.post(url("password_csv", trunk))

    assert CANARY in shown.content.decode()
    assert CANARY in file.content.decode()
    places["where the answers lead"] = str([answer.headers for answer in (asked, shown, file)]) + str(client.cookies)
    places |= {page: client.get(page).content.decode() for page in pages_of(trunk)}
    assert url("handover", trunk) in places
    places["the database"] = database()
    places["the worker's log"] = "".join(log.read_text() for log in tmp_path.glob("*.log"))
    assert "run_operation" in places["the worker's log"]
    places["our log"] = caplog.text
    places["the broker"], places["the cache"] = valkey(crew.broker.url), valkey(settings.REDIS_URL)
    places["mail"] = str([message.message() for message in mail.outbox])
    username = Trunk.objects.get(pk=trunk.pk).username
    hashes = [_ha1(algorithm, username, CANARY) for algorithm in ("md5", "sha256")]
    for place, content in places.items():
        for secret in (CANARY, *hashes):
            assert secret not in content, place
    # The first one and the one after the reset, both sealed and not expired.
    assert opened(places["the database"]).count(CANARY) == 2


@pytest.mark.parametrize("ending", ["acknowledged", "expired"])
def test_afterwards_it_is_not_even_there_sealed(trunk, browser_of_the_reader, ending):
    assert opened(database()).count(CANARY) == 1

    if ending == "acknowledged":
        browser_of_the_reader.post(url("acknowledge_password", trunk), {"saved": "on"})
    else:
        OneTimeSecret.objects.update(expires_at=Now())
        end_expired_secrets()

    dump = database()
    assert CANARY not in opened(dump)
    assert CANARY not in dump
