"""Kamailio as the agent sees it: hash tables that are read and written key by key over JSON-RPC."""

from __future__ import annotations

import itertools
import json
import os
import select
import socket
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any, Protocol

from sbc.agent.render import Key

_DATAGRAM = 65536
_NO_SUCH_KEY = (404, 500)
_REHEARSAL = "rehearsal"  # a table that Kamailio fills: sbc/kamailio/rehearsal.cfg
_RELOAD_SECONDS = 20.0  # every process reads every authority that the system trusts
_opened = itertools.count(1)


class SwitchUnavailable(Exception):
    """Kamailio did not answer."""


class Switch(Protocol):
    """What the agent needs of a SIP server. Every method raises SwitchUnavailable. One thread at a time, but for `dump`
    and `calls`.
    """

    def get(self, key: Key) -> str | None:
        """The value; None when there is no such key."""

    def set(self, key: Key, value: str) -> None:
        """Write one key."""

    def delete(self, key: Key) -> None:
        """Remove one key; one that is not there is no error."""

    def sizes(self) -> dict[str, int]:
        """How many keys each table holds."""

    def dump(self, table: str) -> dict[str, str]:
        """A whole table; slow, for repair only."""

    def calls(self) -> dict[str, int]:
        """Calls up per channel group."""

    def drop_contacts(self, trunk_id: str) -> None:
        """End all registrations of a trunk; none is no error."""

    def listens_on(self) -> list[str]:
        """The node's own IP addresses."""

    def started_at(self) -> float:
        """When it was started, in Unix seconds, to the second."""

    def reload_certificates(self) -> None:
        """Use the certificate files as they are now, for connections that are made from now on."""

    def rehearse(self, number: str, caller: str, route: str) -> str:
        """What would become of a call now, as sbc/kamailio/rehearsal.cfg says it. `number` is E.164, `caller` digits
        with or without a plus, empty when withheld; `route` is a value of the table of routes, empty for the number's
        own.
        """


class Kamailio:
    """A running Kamailio, reached over the sockets in its working directory."""

    def __init__(self, socket_path: Path, fifo_path: Path, *, timeout: float = 0.5) -> None:
        self._path, self._fifo, self._timeout = socket_path, fifo_path, timeout
        self._own_path = socket_path.with_name(f"a{os.getpid()}.{next(_opened)}")
        self._socket: socket.socket | None = None
        self._sent = 0

    def get(self, key: Key) -> str | None:
        """As in Switch."""
        answer = self.call("htable.get", key.table, key.name, missing={"item": {"value": None}})
        value: str | None = answer["item"]["value"]
        return value

    def set(self, key: Key, value: str) -> None:
        """As in Switch."""
        self.call("htable.sets", key.table, key.name, value)

    def delete(self, key: Key) -> None:
        """As in Switch."""
        self.call("htable.delete", key.table, key.name, missing=None)

    def sizes(self) -> dict[str, int]:
        """As in Switch."""
        return {table["name"]: table["all"] for table in self.call("htable.stats")}

    def dump(self, table: str) -> dict[str, str]:
        """As in Switch."""
        slots = self._call_fifo("htable.dump", table)
        return {entry["name"]: entry["value"] for slot in slots for entry in slot["slot"]}

    def calls(self) -> dict[str, int]:
        """As in Switch."""
        dialogs = self._call_fifo("dlg.profile_list", "group")
        return dict(Counter(_group(dialog) for dialog in dialogs))

    def drop_contacts(self, trunk_id: str) -> None:
        """As in Switch."""
        self.call("ul.rm", "location", trunk_id, missing=None)

    def listens_on(self) -> list[str]:
        """As in Switch."""
        return [found["socket"]["ipaddress"] for found in self.call("core.sockets_list")]

    def started_at(self) -> float:
        """As in Switch."""
        uptime: int = self.call("core.uptime")["uptime"]
        return time.time() - uptime

    def reload_certificates(self) -> None:
        """As in Switch."""
        patient = Kamailio(self._path, self._fifo, timeout=_RELOAD_SECONDS)
        patient.call("tls.reload")

    def rehearse(self, number: str, caller: str, route: str) -> str:
        """As in Switch. Kamailio begins a request to itself, and has the answer before it is sent."""
        key = Key(_REHEARSAL, f"rehearsal-{uuid.uuid4().hex}")
        headers = {"From": f"<sip:{caller or 'anonymous'}@rehearsal.invalid>;tag=rehearsal"}
        headers |= {"To": f"<sip:{number}@rehearsal.invalid>", "Call-ID": key.name}
        headers |= {"Trunkline-Route": route} if route else {}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        [own, *_] = self.listens_on()
        next_hop = f"sip:[{own}]" if ":" in own else f"sip:{own}"
        self.call("tm.t_uac_start", "REHEARSE", f"sip:{number}@rehearsal.invalid", next_hop, ".", lines)
        told = self.get(key)
        if told is None:
            raise SwitchUnavailable("Kamailio cannot rehearse")
        self.delete(key)
        return told

    def turn_records(self) -> None:
        """Each process opens its file of call records anew before it writes the next one. Raises SwitchUnavailable."""
        self.call("flatstore.k_rotate")

    def end_call(self, entry: int, number: int) -> None:
        """The call with that hash entry and id, for both parties; none is no error. Raises SwitchUnavailable."""
        self.call("dlg.end_dlg", entry, number, missing=None)

    def call(self, method: str, *params: str | int, **missing: Any) -> Any:
        """Ask over the datagram socket. `missing` is the answer for a key that does not exist."""
        self._sent += 1
        request = {"jsonrpc": "2.0", "id": self._sent, "method": method, "params": params}
        try:
            answer = self._exchange(json.dumps(request).encode())
        except (OSError, ValueError) as error:
            self.close()
            raise SwitchUnavailable(f"Kamailio does not answer: {error}") from error
        if "error" in answer:
            if missing and answer["error"]["code"] in _NO_SUCH_KEY:
                return missing["missing"]
            raise SwitchUnavailable(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def _exchange(self, request: bytes) -> dict[str, Any]:
        connection = self._socket or self._connect()
        connection.send(request)
        while True:
            answer: dict[str, Any] = json.loads(connection.recv(_DATAGRAM))
            if answer.get("id") == self._sent:  # else: the late answer to a question that timed out
                return answer

    def _connect(self) -> socket.socket:
        """A socket with a name in Kamailio's folder, for Kamailio may answer from another container."""
        self._own_path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(self._timeout)
        self._socket.bind(str(self._own_path))
        self._socket.connect(str(self._path))
        return self._socket

    def close(self) -> None:
        """Give the socket back; the next question opens another."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            self._own_path.unlink(missing_ok=True)

    def __del__(self) -> None:
        """Leave no socket behind in Kamailio's folder."""
        self.close()

    def _call_fifo(self, method: str, *params: str) -> Any:
        """Ask over the FIFO, whose answers have no limit of size."""
        name = f"reply_{os.getpid()}_{time.monotonic_ns()}"  # Kamailio refuses a dot
        reply = self._fifo.with_name(name)
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params, "reply_name": name}
        os.mkfifo(reply, 0o600)
        try:
            descriptor = os.open(reply, os.O_RDONLY | os.O_NONBLOCK)
            try:
                self._write_fifo(json.dumps(request).encode() + b"\n")
                answer = json.loads(self._read_fifo(descriptor))
            finally:
                os.close(descriptor)
        except (OSError, ValueError) as error:
            raise SwitchUnavailable(f"Kamailio does not answer: {error}") from error
        finally:
            reply.unlink()
        if "error" in answer:
            raise SwitchUnavailable(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def _write_fifo(self, request: bytes) -> None:
        descriptor = os.open(self._fifo, os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(descriptor, request)
        finally:
            os.close(descriptor)

    def _read_fifo(self, descriptor: int) -> bytes:
        """Everything until the writer closes; the first byte may take as long as a dump takes."""
        parts: list[bytes] = []
        patience = 30 * self._timeout
        while True:
            if not select.select([descriptor], [], [], patience)[0]:
                raise TimeoutError("no answer on the FIFO")
            part = os.read(descriptor, 1 << 20)
            if not part:
                return b"".join(parts)
            parts.append(part)


def _group(dialog: dict[str, Any]) -> str:
    """The value of the profile `group` in a dialog's description."""
    return next(str(profile["group"]) for profile in dialog["profiles"] if "group" in profile)
