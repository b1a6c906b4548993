"""`manage.py reconcile`: the sweep as a process of its own, which needs neither Celery nor Valkey."""

from __future__ import annotations

import logging
import signal
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection

from provisioning.sweeps import sweep

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Finish what is due, write what nodes are owed, compare nodes; until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            sweep()
            return
        stop = threading.Event()

        def leave(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, leave)
        signal.signal(signal.SIGINT, leave)
        while not stop.is_set():
            try:
                sweep()
            except Error:
                logger.exception("the database did not answer")
                connection.close()
            stop.wait(settings.SWEEP_SECONDS)
