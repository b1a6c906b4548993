"""Orders: from the browser's POST of Pay now to the rows that say that both nodes were read back to have the trunk."""

from __future__ import annotations

import itertools
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from portal.bench.cpu import used_below
from portal.bench.customers import Customer, make_customer
from portal.bench.figures import Figures
from portal.bench.portal import RunningPortal
from portal.launcher.processes import LaunchError

PATIENCE_SECONDS = 60.0
WARM_UP = 16
# Often enough to keep a buyer busy, seldom enough not to be what is measured.
POLL_SECONDS = 0.05
_numbers = itertools.count(1)

# A customer and the draft that its orders copy; a draft to pay for, and what its buyer saw.
Buyer = tuple[Customer, UUID]
Waiting = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class Order:
    """Milliseconds since the POST."""

    answered: float
    started: float
    verified: float
    settled: float


@dataclass(frozen=True, slots=True)
class Run:
    """The orders of one run, `parallel` at a time by so many `customers`; figures in milliseconds, `cpu` those of
    one order per part.
    """

    parallel: int
    customers: int
    seconds: float
    answered: Figures
    started: Figures
    verified: Figures
    settled: Figures
    cpu: dict[str, float]


def measure_orders(portal: RunningPortal, count: int, parallel: int, customers: int) -> Run:
    """Prepare drafts, pay for them, and read from the database when what happened. Django is set up.

    `parallel` buyers order at a time; they belong to so many `customers`.
    """
    accounts = [make_customer(portal) for _number in range(customers)]
    templates = [_answer_wizard(customer) for customer in accounts]
    buyers = [(accounts[buyer % customers], templates[buyer % customers]) for buyer in range(parallel)]
    _pay_all(buyers, WARM_UP)
    drafts = [_copies(template, count // parallel) for _customer, template in buyers]
    began, before = time.monotonic(), used_below(os.getpid())
    orders = _pay(buyers, drafts)
    seconds, after = time.monotonic() - began, used_below(os.getpid())
    columns = ("answered", "started", "verified", "settled")
    figures = {name: Figures.of([getattr(order, name) for order in orders]) for name in columns}
    cpu = {part: 1000 * (spent - before[part]) / len(orders) for part, spent in after.most_common()}
    return Run(parallel, customers, seconds, cpu=cpu, **figures)


def _answer_wizard(customer: Customer) -> UUID:
    """Answer every question over HTTP once; gives the draft."""
    with customer.portal.browser() as browser:
        page = _expect(browser.post("/trunks/new/"), httpx.codes.FOUND)
        draft = UUID(page.headers["Location"].split("/")[3])
        for step, answers in _answers(_fresh(), _fresh_host(), customer.address_id).items():
            _expect(browser.post(f"/trunks/new/{draft}/{step}/", data=answers), httpx.codes.FOUND)
        _expect(browser.get(f"/trunks/new/{draft}/review/"), httpx.codes.OK)
    return draft


def _answers(name: str, host: str, address_id: UUID) -> dict[str, dict[str, Any]]:
    return {
        "provider": {"provider": "DIRECT", "kind": "STATIC"},
        "plan": {"plan": "METERED", "channels": "2"},
        "settings": {
            "name": name,
            "data_centre": "NEW_YORK",
            "in_the_us": "yes",
            "service_address": str(address_id),
            "codecs": ["PCMA", "PCMU"],
            "dtmf": "RFC2833",
            "fax": "NONE",
            "number_format": "E164",
            "privacy": "NONE",
            "tls": "no",
        },
        "ips": {
            "sources": [host],
            "destinations": [host],
            "destinations_port": ["5060"],
            "strategy": "FAILOVER",
        },
    }


def _copies(template: UUID, count: int) -> list[Waiting]:
    """Drafts with the same answers but a name and an address of their own."""
    from trunks.models import TrunkDraft  # models exist only once Django is set up
    from trunks.wizard.order import Order as Asked

    original = TrunkDraft.objects.get(pk=template)
    copies = []
    for _number in range(count):
        answers = {step: dict(values) for step, values in original.answers.items()}
        answers["settings"]["name"], answers["ips"]["sources"] = [_fresh()], [_fresh_host()]
        copies.append(TrunkDraft(account=original.account, created_by=original.created_by, answers=answers))
    return [(draft.pk, Asked(draft).seen()) for draft in TrunkDraft.objects.bulk_create(copies)]


def _fresh() -> str:
    return f"Bench {next(_numbers)}"


def _fresh_host() -> str:
    from django.conf import settings

    return str(settings.LAB_NET[0x8000 + 16 + next(_numbers)])


def _pay_all(buyers: list[Buyer], count: int) -> None:
    _pay(buyers, [_copies(template, max(1, count // len(buyers))) for _customer, template in buyers])


def _pay(buyers: list[Buyer], drafts: list[list[Waiting]]) -> list[Order]:
    with ThreadPoolExecutor(len(buyers)) as pool:
        running = [pool.submit(_buy, customer, mine) for (customer, _), mine in zip(buyers, drafts, strict=True)]
        return [order for buyer in running for order in buyer.result()]


def _buy(customer: Customer, drafts: list[Waiting]) -> list[Order]:
    """One buyer: pays for a draft, waits until its trunk is live, takes the next."""
    from django.db import connection

    orders = []
    with customer.portal.browser() as browser:
        for draft, seen in drafts:
            posted = time.time()
            page = _expect(browser.post(f"/trunks/new/{draft}/pay/", data={"seen": seen}), httpx.codes.SEE_OTHER)
            answered = time.time()
            trunk = page.headers["Location"].split("/")[2]
            orders.append(_wait_until_live(trunk, posted, answered))
    connection.close()
    return orders


def _wait_until_live(trunk: str, posted: float, answered: float) -> Order:
    """The times are those that the portal wrote into its rows, by the clock of this machine."""
    from provisioning.models import NodeState, Operation

    until = time.monotonic() + PATIENCE_SECONDS
    operations = Operation.objects.filter(subject_id=trunk)
    while (operation := operations.get()).is_pending:
        if time.monotonic() > until:
            raise LaunchError(f"{trunk} is still {operation.label}: {operation.message}")
        time.sleep(POLL_SECONDS)
    states = list(NodeState.objects.filter(subject_id=trunk))
    if operation.status != "SUCCESS" or len(states) != 2 or not all(state.verified for state in states):  # noqa: PLR2004
        raise LaunchError(f"{trunk} ended as {operation.status}: {operation.message}")
    moments = (
        min(state.wanted_at for state in states),
        max(state.verified_at for state in states if state.verified_at),
        operation.finished_at,
    )
    started, verified, settled = (1000 * (moment.timestamp() - posted) for moment in moments if moment)
    return Order(1000 * (answered - posted), started, verified, settled)


def _expect(page: httpx.Response, status: int) -> httpx.Response:
    if page.status_code != status:
        raise LaunchError(f"{page.request.method} {page.url} answered {page.status_code}:\n{page.text[:2000]}")
    return page
