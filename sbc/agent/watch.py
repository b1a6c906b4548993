"""Keeps Kamailio equal to the store, portal or not: notices restarts, lost keys, keys that do not belong."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sbc.agent.node import Node
from sbc.agent.render import ADDRESS, TABLES, Key
from sbc.agent.switch import SwitchUnavailable

log = logging.getLogger(__name__)

SLICE = 50  # keys or contacts looked at while the node's lock is held: a few ms
PAUSE = 0.01  # between slices, so that changes and calls come first
_START = Key("", "")


class Watch(threading.Thread):
    """Looks every `period` seconds, at up to `keys` keys; the next round goes on where the last one ended.

    `on_start` is told that Kamailio was started.
    """

    def __init__(
        self, node: Node, *, period: float, keys: int = 2500, on_start: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(name="watch", daemon=True)
        self._node, self._period, self._keys, self._on_start = node, period, keys, on_start
        self._cursor = _START
        self._ended = threading.Event()

    def run(self) -> None:
        """Until `end` is called."""
        answered = True
        while not self._ended.is_set():
            try:
                self.look()
                answered = True
            except SwitchUnavailable as error:
                if answered:
                    log.warning("%s", error)
                answered = False
            except Exception:
                log.exception("the watch goes on after a failed round")
            self._ended.wait(self._period)

    def end(self) -> None:
        """Make `run` return after its present round."""
        self._ended.set()

    def look(self) -> None:
        """One round: a restart first, then table sizes, then the next keys."""
        if self._node.is_kamailio_new():
            self._on_start()
        if self._node.resume():
            self._cursor = _START
        with self._node.lock:
            self._node.store.forget_old_tombstones()
        self._drop_strays()
        for table in self._tables_of_another_size():
            self._repair_table(table)
        self._compare_keys()
        self._node.renew_certificates()

    def _drop_strays(self) -> None:
        trunk_ids = self._node.contacts.trunk_ids()
        for start in range(0, len(trunk_ids), SLICE):
            self._node.drop_strays(trunk_ids[start : start + SLICE])
            time.sleep(PAUSE)

    def _tables_of_another_size(self) -> list[str]:
        with self._node.lock:
            real, wanted = self._node.switch.sizes(), self._node.store.sizes
            return [table for table in TABLES if real[table] != wanted.get(table, 0)]

    def _repair_table(self, table: str) -> None:
        with self._node.lock:
            real, wanted = self._node.switch.dump(table), self._node.store.table(table)
        log.warning("table %s has %d keys, %d wanted", table, len(real), len(wanted))
        for name in sorted(wanted.keys() - real.keys()) + sorted(real.keys() - wanted.keys()):
            self._repair(Key(table, name))

    def _repair(self, key: Key) -> None:
        """Look again under the lock: since the dump the key may have changed for good reason."""
        with self._node.lock:
            owner = self._node.store.owner(key)
            if key.table == ADDRESS:
                self._node.apply_name(key.name)
            elif owner:
                self._node.apply(*owner)
            else:
                self._node.switch.delete(key)

    def _compare_keys(self) -> None:
        for _ in range(0, self._keys, SLICE):
            with self._node.lock:
                facts = self._node.store.facts(self._cursor, SLICE)
                for key, value in facts:
                    if self._node.switch.get(key) != value:
                        log.warning("%s %s was not as it should be", *key)
                        self._repair(key)
            if len(facts) < SLICE:
                self._cursor = _START
                return
            self._cursor = facts[-1][0]
            time.sleep(PAUSE)
