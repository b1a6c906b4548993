"""The command line: `python -m portal.bench {provisioning,list,calls,media} [--orders 200] [--rounds 40] [--write]`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator

from portal.bench import report
from portal.bench.calls import measure_calls
from portal.bench.changes import measure_changes
from portal.bench.lists import measure_lists
from portal.bench.machine import about_this_machine
from portal.bench.media import measure_media
from portal.bench.orders import measure_orders
from portal.bench.portal import running_portal
from portal.launcher.processes import LaunchError, signals_as_exit
from sbc.lab.net import LabError

MANY = 100_000
SIZES = (1_000, MANY)


def main() -> int:
    """Measure, print, and with --write keep the tables in docs/performance.md."""
    options, load = _options(), os.getloadavg()[0]
    with signals_as_exit(signal.SIGTERM, signal.SIGHUP):
        sections = list(_measured(options))
    facts = about_this_machine(load)
    print(report.page(facts, sections))
    if options.write:
        report.write(facts, sections)
    return 0 if all(section.reached for section in sections) else 1


def _measured(options: argparse.Namespace) -> Iterator[report.Section]:
    if options.what == "list":
        yield report.lists_section(measure_lists(MANY, options.rounds))
    elif options.what == "calls":
        yield report.calls_section(*measure_calls(MANY, options.call_rounds, options.calls))
    elif options.what == "media":
        kinds = measure_media(options.at_once, options.media_rounds, options.seconds)
        yield report.media_section(kinds, options.at_once, options.seconds)
    else:
        yield from _provisioning(options)


def _provisioning(options: argparse.Namespace) -> Iterator[report.Section]:
    if options.orders:
        with running_portal() as portal:
            runs = [
                measure_orders(portal, options.orders, parallel, customers)
                for parallel in options.parallel
                for customers in sorted({1, parallel})
            ]
        yield report.orders_section(runs)
    if options.changes:
        yield report.changes_section(measure_changes(SIZES, options.changes))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m portal.bench", description=__doc__)
    parser.add_argument("what", choices=["provisioning", "list", "calls", "media"])
    parser.add_argument("--orders", type=int, default=200, help="in every run (200); 0 leaves them out")
    parser.add_argument("--parallel", type=_numbers, default=[1, 8], help="orders at a time, a run for each (1,8)")
    parser.add_argument("--changes", type=int, default=500, help="on each node (500); 0 leaves them out")
    parser.add_argument("--rounds", type=int, default=40, help="of the list's pages (40)")
    parser.add_argument("--calls", type=int, default=5000, help="in every round of every case (5000)")
    parser.add_argument("--call-rounds", type=int, default=6, help="of calls (6)")
    parser.add_argument("--at-once", type=int, default=40, help="calls with sound (40)")
    parser.add_argument("--media-rounds", type=int, default=5, help="of every kind of sound (5)")
    parser.add_argument("--seconds", type=float, default=10, help="of sound in every round (10)")
    parser.add_argument("--write", action="store_true", help="keep the tables in docs/performance.md")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (LaunchError, LabError) as error:
        sys.exit(str(error))
