"""Tells workers that there is work, from a thread of its own: no page ever waits for the broker."""

from __future__ import annotations

import contextlib
import logging
import threading
from queue import Empty, Full, Queue

from celery import current_app

logger = logging.getLogger(__name__)
MOST_WAITING = 1000
EXPIRES_SECONDS = 60


class Sender:
    """Sends one message after the other. With a dead broker each takes seconds to fail, so then the rest is dropped."""

    def __init__(self) -> None:
        self._waiting: Queue[tuple[str, tuple[str, ...]]] = Queue(maxsize=MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def send(self, task: str, *arguments: str) -> None:
        """Have a worker run the task soon. Losing the message costs a few seconds: the sweep finds the rows."""
        with contextlib.suppress(Full):
            self._waiting.put_nowait((task, arguments))
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="nudges", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            task, arguments = self._waiting.get()
            try:
                current_app.send_task(task, arguments, retry=False, expires=EXPIRES_SECONDS)
            except Exception as trouble:  # noqa: BLE001 -- whatever the broker does, the work stands
                logger.warning("no nudge for %s%s: %s", task, arguments, trouble)
                self._drop()

    def _drop(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                self._waiting.get_nowait()


sender = Sender()
