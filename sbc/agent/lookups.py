"""Looks up host names of destinations before any call needs them, and checks every answer."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Collection, Sequence

from sbc.addresses import Address, Network, find_unfit, is_within, unmapped
from sbc.agent.names import Found, Lost, Name, NameServers
from sbc.agent.node import Node
from sbc.agent.render import PEER, Key
from sbc.agent.switch import SwitchUnavailable

log = logging.getLogger(__name__)

AT_ONCE = 100
TICK_SECONDS = 0.2
WAIT_SECONDS = 5.0  # while Kamailio does not answer
LONGEST = 60  # times the shortest wait: 3600 seconds for 60


class LookUps(threading.Thread):
    """Asks `servers` for a name when the time to live of its last answer is over, after `shortest` seconds at the
    earliest. `own` are addresses of this node that Kamailio does not know, `allowed` networks that a name may lead to
    although they are not on the internet.
    """

    def __init__(
        self,
        node: Node,
        servers: NameServers,
        *,
        shortest: float,
        own: Collection[str] = (),
        allowed: Sequence[Network] = (),
    ) -> None:
        super().__init__(name="look-ups", daemon=True)
        self._node, self._names, self._servers = node, node.store.names, servers
        self._shortest, self._own, self._allowed = shortest, own, allowed
        self._ended = threading.Event()

    def run(self) -> None:
        """Until `end` is called."""
        asyncio.run(self._run())

    def end(self) -> None:
        """Make `run` return soon."""
        self._ended.set()

    async def _run(self) -> None:
        under_way = set[asyncio.Task[None]]()
        while not self._ended.is_set():
            pause = WAIT_SECONDS
            try:
                self._begin(under_way)
                pause = TICK_SECONDS
            except SwitchUnavailable as error:
                log.debug("names wait: %s", error)
            except Exception:
                log.exception("names wait after a failed round")
            await asyncio.sleep(pause)

    def _begin(self, under_way: set[asyncio.Task[None]]) -> None:
        now = time.time()
        with self._node.lock:
            if not self._names.are_due(now):
                return
            own = self.own_addresses()
            due = self._names.take_due(AT_ONCE - len(under_way), now, now + self._shortest)
        for name in due:
            task = asyncio.create_task(self.look_up(name, own))
            under_way.add(task)
            task.add_done_callback(under_way.discard)

    def own_addresses(self) -> set[str]:
        """Where the node itself can be called. Raises SwitchUnavailable."""
        with self._node.lock:
            return {*self._own, *self._node.switch.listens_on()}

    async def look_up(self, name: str, own: set[str]) -> None:
        """One name, from the question to what Kamailio knows of it."""
        try:
            if self._is_wanted(name):
                await self._ask(name, own)
        except SwitchUnavailable as error:
            log.info("%s is in the store and waits for Kamailio: %s", name, error)
        except Exception:
            log.exception("%s could not be looked up", name)

    async def _ask(self, name: str, own: set[str]) -> None:
        try:
            found = await self._servers.look_up(Name.parse(name), ipv6=any(":" in address for address in own))
        except Lost as trouble:
            log.debug("%s", trouble)
            self._lose(name, own)
            return
        self._take(name, found, own)

    def _is_wanted(self, name: str) -> bool:
        with self._node.lock:
            if self._names.is_wanted(name):
                return True
            self._names.forget(name)
            self._node.apply_name(name)
            return False

    def _take(self, name: str, found: Found, own: set[str]) -> None:
        """Without any address that is left the name leads where it may not."""
        now = time.time()
        places = [(unmapped(address), port) for address, port in found.places]
        with self._node.lock:  # who is ours may change as long as it is not held
            fit = [_written(*place) for place in places if self._may_lead_to(place[0], own)]
            if fit:
                wait = min(max(found.ttl, self._shortest), LONGEST * self._shortest)
                self._names.found(name, fit, now, now + wait)
            else:
                log.debug("%s leads to addresses that are not allowed", name)
                self._names.refused(name)
            self._node.apply_name(name)

    def _lose(self, name: str, own: set[str]) -> None:
        """Where it led to last is judged again: the carrier may be there by now."""
        with self._node.lock:
            if all(self._may_lead_to(address, own) for address in self._names.addresses(name)):
                self._names.lost(name, time.time())
            else:
                self._names.refused(name)
            self._node.apply_name(name)

    def _may_lead_to(self, address: Address, own: set[str]) -> bool:
        """Not to us, to another node or to the carrier: what comes back from there would be the carrier's call. To a
        provider it may: providers call from where they are called.
        """
        store, text = self._node.store, str(address)
        if text in own or store.owner(Key(PEER, text)) or store.owner(Key("carrier", text)):
            return False
        return is_within(address, self._allowed) or find_unfit(address) is None


def _written(address: Address, port: int) -> str:
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"  # noqa: PLR2004 - IPv6
