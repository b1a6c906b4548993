"""Orders: from the browser's POST of Pay now to the rows that say that both nodes were read back to have the trunk."""

from __future__ import annotations

import itertools
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any
from uuid import UUID

import httpx

from portal.bench.cpu import used_below
from portal.bench.figures import Figures
from portal.bench.portal import RunningPortal
from portal.launcher.processes import LaunchError

PATIENCE_SECONDS = 60.0
WARM_UP = 16
# Often enough to keep a buyer busy, seldom enough not to be what is measured.
POLL_SECONDS = 0.05
_OFFER = re.compile(r'name="offer" value="([0-9a-f]+)"')
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Order:
    """Milliseconds since the POST."""

    answered: float
    started: float
    verified: float
    settled: float


@dataclass(frozen=True, slots=True)
class Run:
    """The orders of one run, `parallel` at a time; figures in milliseconds, `cpu` those of one order per part."""

    parallel: int
    seconds: float
    answered: Figures
    started: Figures
    verified: Figures
    settled: Figures
    cpu: dict[str, float]


def measure_orders(portal: RunningPortal, count: int, parallel: int) -> Run:
    """Prepare drafts, pay for them, and read from the database when what happened. Django is set up."""
    template, fingerprint = _answer_wizard(portal)
    _pay_all(portal, _copies(template, WARM_UP), fingerprint, parallel)
    drafts = _copies(template, count)
    began, before = time.monotonic(), used_below(os.getpid())
    orders = _pay_all(portal, drafts, fingerprint, parallel)
    seconds, after = time.monotonic() - began, used_below(os.getpid())
    columns = ("answered", "started", "verified", "settled")
    figures = {name: Figures.of([getattr(order, name) for order in orders]) for name in columns}
    cpu = {part: 1000 * (spent - before[part]) / count for part, spent in after.most_common()}
    return Run(parallel, seconds, cpu=cpu, **figures)


def _answer_wizard(portal: RunningPortal) -> tuple[UUID, str]:
    """Answer every question over HTTP once; gives the draft and what the review offers."""
    _make_room()
    with portal.browser() as browser:
        page = _expect(browser.post("/trunks/new/"), httpx.codes.FOUND)
        draft = UUID(page.headers["Location"].split("/")[3])
        for step, answers in _answers(_fresh(), _fresh_host()).items():
            _expect(browser.post(f"/trunks/new/{draft}/{step}/", data=answers), httpx.codes.FOUND)
        review = _expect(browser.get(f"/trunks/new/{draft}/review/"), httpx.codes.OK)
    found = _OFFER.search(review.text)
    if found is None:
        raise LaunchError("The review page offers nothing to pay for.")
    return draft, found[1]


def _answers(name: str, host: str) -> dict[str, dict[str, Any]]:
    from addresses.models import ServiceAddress  # models exist only once Django is set up

    return {
        "provider": {"provider": "DIRECT"},
        "plan": {"plan": "METERED", "channels": "2"},
        "settings": {
            "name": name,
            "data_centre": "NEW_YORK",
            "in_the_us": "yes",
            "service_address": str(ServiceAddress.objects.values_list("pk", flat=True).first()),
            "codecs": ["PCMA", "PCMU"],
            "dtmf": "RFC2833",
            "fax": "NONE",
            "number_format": "E164",
        },
        "ips": {
            "sources": [host],
            "destinations": [host],
            "destinations_port": ["5060"],
            "strategy": "FAILOVER",
        },
    }


def _make_room() -> None:
    """The demo account may order as much as it is asked to here."""
    from django.db import transaction

    from accounts.models import Limits
    from accounts.services import lock_account
    from billing.services import credit

    most = 1_000_000
    Limits.objects.update(trunks=most, trunks_per_data_centre=most, channels=most)
    with transaction.atomic():
        account = lock_account(Limits.objects.values_list("account_id", flat=True)[0])
        credit(account, most, reference=f"bench-{next(_numbers)}", description="Bench", actor=None)  # type: ignore[arg-type]


def _copies(template: UUID, count: int) -> list[UUID]:
    """Drafts with the same answers but a name and an address of their own."""
    from trunks.models import TrunkDraft

    original = TrunkDraft.objects.get(pk=template)
    copies = []
    for _number in range(count):
        answers = {step: dict(values) for step, values in original.answers.items()}
        answers["settings"]["name"], answers["ips"]["sources"] = [_fresh()], [_fresh_host()]
        copies.append(TrunkDraft(account=original.account, created_by=original.created_by, answers=answers))
    return [draft.pk for draft in TrunkDraft.objects.bulk_create(copies)]


def _fresh() -> str:
    return f"Bench {next(_numbers)}"


def _fresh_host() -> str:
    from django.conf import settings

    return str(settings.LAB_NET[0x8000 + 16 + next(_numbers)])


def _pay_all(portal: RunningPortal, drafts: list[UUID], fingerprint: str, parallel: int) -> list[Order]:
    waiting: SimpleQueue[UUID] = SimpleQueue()
    for draft in drafts:
        waiting.put(draft)
    with ThreadPoolExecutor(parallel) as pool:
        buyers = [pool.submit(_buy, portal, waiting, fingerprint) for _number in range(parallel)]
        return [order for buyer in buyers for order in buyer.result()]


def _buy(portal: RunningPortal, waiting: SimpleQueue[UUID], fingerprint: str) -> list[Order]:
    """One buyer: pays for a draft, waits until its trunk is live, takes the next."""
    from django.db import connection

    orders = []
    with portal.browser() as browser:
        for draft in _taken(waiting):
            posted = time.time()
            page = _expect(
                browser.post(f"/trunks/new/{draft}/pay/", data={"offer": fingerprint}), httpx.codes.SEE_OTHER
            )
            answered = time.time()
            trunk = page.headers["Location"].split("/")[2]
            orders.append(_wait_until_live(trunk, posted, answered))
    connection.close()
    return orders


def _taken(waiting: SimpleQueue[UUID]) -> Iterator[UUID]:
    while True:
        try:
            yield waiting.get_nowait()
        except Empty:
            return


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
