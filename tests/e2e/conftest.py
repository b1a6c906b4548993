"""A browser, a served portal, and behind it nodes that only remember; test_life_with_calls.py brings real ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.enums import Role
from accounts.models import Account, User
from billing.models import Plan
from provisioning import engine
from provisioning.models import DataCentre
from sbc.lab.memory import MemoryNodeProcess
from tests.factories import make_account, make_address, make_member, open_data_centre

# Playwright's own event loop runs in the thread of the test, where the test also asks the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOKEN = "e2e"
# What a member sees at first; other tests ask for other sizes.
DESKTOP = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def node_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[MemoryNodeProcess]]:
    folder = tmp_path_factory.mktemp("nodes")
    nodes = [MemoryNodeProcess.start(folder, name=name, token=TOKEN) for name in ("primary", "backup")]
    yield nodes
    for node in nodes:
        node.stop()


@pytest.fixture
def nodes(node_processes: list[MemoryNodeProcess], settings: Any) -> list[MemoryNodeProcess]:
    """Both nodes of New York, empty and in order."""
    settings.NODE_TOKEN = TOKEN
    settings.NODE_TIMEOUT_SECONDS = 2.0
    for node in node_processes:
        node.heal()
        node.fault(restart_empty=True)
    return node_processes


@pytest.fixture
def account(transactional_db: None) -> Account:
    account = make_account("Alice Telecom")
    account.plans.remove(Plan.objects.get(code="UNLIMITED"))
    make_address(account)
    return account


@pytest.fixture
def new_york(transactional_db: None, nodes: list[MemoryNodeProcess]) -> DataCentre:
    return open_data_centre("NEW_YORK", primary=nodes[0].url, backup=nodes[1].url)


@pytest.fixture
def engineer(account: Account) -> User:
    return make_member(account, Role.ENGINEER, "alice@example.com")


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, live_server: Any, engineer: User, new_york: DataCentre) -> Iterator[Visit]:
    """Opens a page as the engineer: `visit()`; options are those of a browser context."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{"base_url": live_server.url, "viewport": DESKTOP, **options})
        context.set_default_timeout(10_000)
        context.add_cookies([session_cookie(engineer, live_server.url)])
        contexts.append(context)
        context.add_init_script(path=HERE / "watch.js")
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [text for text in troubles if not is_expected(text)] == []


def is_expected(text: str) -> bool:
    """The browser calls the answers 422 and 409 errors; a form with mistakes and a conflict are answered with them. A
    preview that was asked for when the page was left never comes.
    """
    return any(
        words in text for words in ("422 (Unprocessable", "409 (Conflict", "htmx:afterRequest", "htmx:sendAbort")
    )


def session_cookie(user: User, url: str) -> Any:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = django_settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.fixture
def work() -> Callable[[], None]:
    """Does what a worker would do now."""

    def drain() -> None:
        while engine.run():
            pass

    return drain
