"""`manage.py up`: the whole portal on one machine, with a lab of real SBC nodes; Ctrl-C stops it."""

from __future__ import annotations

import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.launcher.processes import LaunchError, signals_as_exit
from portal.launcher.up import Up


class Command(BaseCommand):
    help = "Start PostgreSQL, Valkey, SBC nodes, a stand-in phone network, worker, beat, reconciler and web."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="of the web pages on 127.0.0.1 (8000)")
        parser.add_argument(
            "--memory-nodes", action="store_true", help="simulate the SBC nodes: no Kamailio, no real calls"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        up = Up(port=options["port"], memory_nodes=options["memory_nodes"], out=sys.stdout)
        try:
            with signals_as_exit(signal.SIGTERM, signal.SIGHUP):
                up.run()
        except LaunchError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
