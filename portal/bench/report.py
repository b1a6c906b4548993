"""The measured figures as a page: docs/performance.md is written by this and by nobody else, section by section."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.bench.calls import FULL, RELAY, Case
from portal.bench.changes import Changes
from portal.bench.figures import Figures
from portal.bench.lists import Pages
from portal.bench.media import MOST_LOSS, Kind
from portal.bench.orders import Run
from portal.launcher.state import REPOSITORY

PAGE = REPOSITORY / "docs" / "performance.md"
ORDER_P50_MS, ORDER_P99_MS = 500.0, 2000.0
CHANGE_MS, CHANGE_GROWTH = 10.0, 1.2
LIST_GROWTH = 2.0
FULL_TO_RELAY, MANY_TO_FULL = 0.75, 0.95
INTRO = """# Performance

Written by `bin/bench provisioning|list|calls|media --write`. Real servers, real Kamailio nodes, durable
storage, everything on one machine, the measuring included. Percentiles are by nearest rank.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """`bars` are what must be reached, with what was."""

    title: str
    about: str
    table: str
    bars: list[tuple[str, str, bool]]

    @property
    def reached(self) -> bool:
        return all(good for _bar, _measured, good in self.bars)

    def __str__(self) -> str:
        bars = _table(["Bar", "Measured", ""], [[bar, measured, _word(good)] for bar, measured, good in self.bars])
        return f"## {self.title}\n\n{self.about}\n\n{self.table}\n\n{bars}\n"


def orders_section(runs: Sequence[Run]) -> Section:
    """From Pay now to verified, a table per run."""
    about = (
        "Milliseconds from the browser's POST of Pay now (HTTP to gunicorn, as `bin/up` runs it) to the moment noted\n"
        "in the portal's rows. Each buyer waits until the trunk is live before the next order. Verified: read back,\n"
        "equal, from primary and backup."
    )
    rows = [row for run in runs for row in _order_rows(run)]
    bars = []
    for run in runs:
        name = _name(run)
        bars.append(_bar(f"p50 ≤ {ORDER_P50_MS:.0f} ms, {name}", run.verified.p50, ORDER_P50_MS))
        bars.append(_bar(f"p99 ≤ {ORDER_P99_MS:.0f} ms, {name}", run.verified.p99, ORDER_P99_MS))
    table = _table(["Orders", "Until", "p50", "p99", "max"], rows)
    table += "\n\nProcessor time of one order, in milliseconds:\n\n" + _cpu_table(runs)
    return Section("Pay now to verified on both nodes", about, table, bars)


def _name(run: Run) -> str:
    """Orders of one customer wait for each other: money and limits are counted under the account's lock."""
    whose = f" by {run.customers} customer{'s' if run.customers > 1 else ''}" if run.parallel > 1 else ""
    return f"{run.parallel} at a time{whose}"


def _order_rows(run: Run) -> list[list[str]]:
    per_second = run.verified.count / run.seconds
    name = f"{run.verified.count}, {_name(run)}, {per_second:.1f} a second"
    moments = {
        "the page answered": run.answered,
        "a worker began to write": run.started,
        "**verified on both nodes**": run.verified,
        "settled: charged and live": run.settled,
    }
    return [[name if place == 0 else "", what, *_cells(moments[what])] for place, what in enumerate(moments)]


def _cpu_table(runs: Sequence[Run]) -> str:
    parts = sorted({part for run in runs for part in run.cpu}, key=lambda part: -runs[0].cpu.get(part, 0))
    rows = [[part, *(f"{run.cpu.get(part, 0):.1f}" for run in runs)] for part in parts]
    rows.append(["**together**", *(f"{sum(run.cpu.values()):.1f}" for run in runs)])
    return _table(["Part", *(_name(run) for run in runs)], rows)


def changes_section(changes: Sequence[Changes]) -> Section:
    """One change on a node, few trunks first."""
    about = (
        "Milliseconds of one change of one trunk, over HTTP to the agent: stored durably, set in Kamailio, read back.\n"
        "The second row of each adds the portal's own reading back. The nodes run side by side and are changed in\n"
        "turn, trunks at random."
    )
    rows = []
    for one in changes:
        rows.append([f"{one.trunks:,}", f"PUT ({one.put.count} times)", *_cells(one.put)])
        rows.append(["", "PUT, then read back", *_cells(one.put_and_read)])
    few, many = changes[0], changes[-1]
    growth = many.put_and_read.p50 / few.put_and_read.p50
    bars = [
        _bar(f"p50 ≤ {CHANGE_MS:.0f} ms with {many.trunks:,} trunks", many.put_and_read.p50, CHANGE_MS),
        (f"p50 ≤ {CHANGE_GROWTH} times that with {few.trunks:,}", f"{growth:.2f} times", growth <= CHANGE_GROWTH),
    ]
    return Section("One change on a node", about, _table(["Trunks", "What", "p50", "p99", "max"], rows), bars)


def lists_section(pages: Sequence[Pages]) -> Section:
    """The list of trunks; the first case is what the others are compared with."""
    about = (
        "Milliseconds of answering the list's pages inside the portal's process, signed in: middleware, queries on a\n"
        "real PostgreSQL, templates, without the web server. The cases take turns. A page has 25 rows; 50 rows are\n"
        "two pages."
    )
    rows = [[one.case.name, str(one.queries), *_cells(one.took)] for one in pages]
    few, *large = pages[:3]
    bars = []
    for one in large:
        growth = one.took.p50 / few.took.p50
        bars.append((f"{one.case.name}: p50 ≤ {LIST_GROWTH:.0f} times", f"{growth:.2f} times", growth <= LIST_GROWTH))
        bars.append(("as many queries", f"{one.queries} and {few.queries}", one.queries == few.queries))
    return Section("The list of trunks", about, _table(["What", "Queries", "p50", "p99", "max"], rows), bars)


# Looked at by hand, for bench measures time only.
WHERE_IT_GOES = (
    "Where it goes: a call is 1,313,000 instructions of the process that has it, through the bare relay 198,000\n"
    "(200 calls on 1 December 2026: `valgrind --tool=callgrind --zero-before=udp_rcv_loop kamailio -DD -n 1\n"
    "…`). Of these Kamailio's memory manager has 33 % (980 pieces are taken), the configuration's own\n"
    "statements 26 % (660 of them), messages read and written 18 %, the C library 7 %, dialogs 6 %. Across all\n"
    "that, hidden topology is 23 %: it reads every message again, on its way in and on its way out. The\n"
    "kernel's work comes on top, 28 % of the time (`perf record -e cpu-clock`): messages sent 10 %, Valkey\n"
    "asked and told 8 %, dialogs written to disk 4 %."
)


def calls_section(cases: Sequence[Case], direct: Figures) -> Section:
    """Calls through a node; the cases are those of `measure_calls`."""
    about = (
        "Calls of 50 ms, 100 at any time, from SIPp through one node (two processes) to SIPp, which share the\n"
        "machine's cores with the node. The cases take turns; a ratio is the median of the rounds' ratios to the bare\n"
        "relay. CPU is the node's alone. The full configuration: static trunk, both numbers read and written anew,\n"
        "international block, channel limit, durable dialogs, records, hidden topology; no media. The rows\n"
        "below it leave out one part each: the difference is what the part costs. Later: milliseconds from INVITE to\n"
        f"200 of single calls, beside {direct.p50:.2f} (p99 {direct.p99:.2f}) without any node.\n\n{WHERE_IT_GOES}"
    )
    relay, full, many = (_case_of(cases, name) for name in (RELAY, FULL, "with "))
    rows = [_case_row(case, relay) for case in cases]
    bars = [
        _at_least(f"full configuration ÷ bare relay ≥ {FULL_TO_RELAY}", full.ratio_to(relay), FULL_TO_RELAY),
        _at_least(f"{many.name} ÷ without ≥ {MANY_TO_FULL}", many.ratio_to(full), MANY_TO_FULL),
    ]
    head = ["Through", "Calls a second", "÷ relay", "CPU per call, µs", "Later p50", "p99"]
    return Section("Calls through a node", about, _table(head, rows), bars)


def _case_of(cases: Sequence[Case], start: str) -> Case:
    return next(case for case in cases if case.name.startswith(start))


def _case_row(case: Case, relay: Case) -> list[str]:
    row = [case.name, f"{case.rate:.0f}", f"{case.ratio_to(relay):.2f}", f"{case.cpu_us:.0f}"]
    if not case.delays:
        return [*row, "", ""]
    delay = Figures.of(case.delays)
    return [*row, f"{delay.p50:.2f}", f"{delay.p99:.2f}"]


def media_section(kinds: Sequence[Kind], calls: int, seconds: float) -> Section:
    """The sound of calls; the first kind is what the others are compared with."""
    about = (
        f"{calls} calls at once through one node with the full configuration, 50 packets a second each way, in rounds\n"
        f"of {seconds:g} seconds; the kinds take turns. CPU is RTPengine's alone, the kernel's work for it included:\n"
        "medians of the rounds that lost less than 1 % of the packets. What comes with another payload type, or over\n"
        "SRTP cannot be decrypted, is lost. Calls per core: a second divided by what a second of a call costs; sound\n"
        "suffers before a core is full, so plan with less. Kamailio's part is apart: once a call, however long it is."
    )
    rows = [_kind_row(kind, kinds[0]) for kind in kinds]
    bars = [
        (f"{kind.name}: every round loses < {MOST_LOSS:.0%}", f"{max(kind.loss):.2%}", max(kind.loss) < MOST_LOSS)
        for kind in kinds
    ]
    head = ["Sound", "µs per packet", "µs per second of a call", "÷ relayed", "Calls per core", "Kamailio, µs per call"]
    return Section("The sound of calls", about, _table(head, rows), bars)


def _kind_row(kind: Kind, relayed: Kind) -> list[str]:
    second = kind.second_us
    costs = [f"{kind.packet_us:.1f}", f"{second:.0f}", f"{second / relayed.second_us:.1f}"]
    return [kind.name, *costs, f"{kind.calls_per_core:.0f}", f"{kind.call_us:.0f}"]


def _at_least(name: str, measured: float, least: float) -> tuple[str, str, bool]:
    return name, f"{measured:.2f}", measured >= least


def page(machine: Sequence[tuple[str, str]], sections: Sequence[Section]) -> str:
    """The sections as docs/performance.md has them."""
    return "\n".join([INTRO, *_texts(machine, sections).values()])


def write(machine: Sequence[tuple[str, str]], sections: Sequence[Section]) -> None:
    """Keep them in the place of the earlier ones; what was not measured now stays."""
    earlier = re.split(r"^(?=## )", PAGE.read_text(), flags=re.MULTILINE)[1:] if PAGE.exists() else []
    texts = {text.splitlines()[0].removeprefix("## "): f"{text.strip()}\n" for text in earlier}
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text("\n".join([INTRO, *(texts | _texts(machine, sections)).values()]))


def _texts(machine: Sequence[tuple[str, str]], sections: Sequence[Section]) -> dict[str, str]:
    facts = "\n".join(f"* {name}: {fact}" for name, fact in machine)
    return {section.title: f"{section}\nMeasured on:\n\n{facts}\n" for section in sections}


def _bar(name: str, measured: float, most: float) -> tuple[str, str, bool]:
    return name, f"{measured:.1f} ms", measured <= most


def _word(good: bool) -> str:
    return "reached" if good else "**missed**"


def _cells(figures: Figures) -> list[str]:
    return [f"{value:.1f}" for value in (figures.p50, figures.p99, figures.most)]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    padded = ([cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in padded)
