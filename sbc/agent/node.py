"""What a node does with a document, agent and in-memory node alike: fence, store, apply, read back."""

from __future__ import annotations

import hashlib
import heapq
import json
import re
import threading
import uuid
from dataclasses import asdict
from typing import Any

from sbc.agent import values
from sbc.agent.certificates import Certificates
from sbc.agent.contacts import Contacts
from sbc.agent.render import ADDRESS, OPTIONS, Facts, Key, is_registered, parse, render
from sbc.agent.store import Refused, Row, Store
from sbc.agent.switch import Switch, SwitchUnavailable
from sbc.documents import KINDS, ROUTE, TRUNK, Document, Fence, TrunkDocument
from sbc.rehearsal import Rehearsal

_SESSION = Key("agent", "session")
_CERTIFICATES = Key("agent", "certificates")
ANSWERS = "answers"  # a table that Kamailio fills: sbc/kamailio/options.cfg
FAILURES = "failures"  # another one: sbc/kamailio/users.cfg
_ANSWER = ("tried", "answered", "code", "ms", "missed", "silent")
_MEMBER = re.compile(r"(\w+)=(\d+);")
Answer = dict[str, Any]


class Node:
    """A store and a switch that is kept equal to it. Methods may be called from several threads."""

    def __init__(self, store: Store, switch: Switch, contacts: Contacts, certificates: Certificates) -> None:
        self.store, self.switch, self.contacts, self.certificates = store, switch, contacts, certificates
        self.lock = threading.RLock()
        self._session = uuid.uuid4().hex

    def put(self, kind: str, id: str, fence: Fence, wire: Any) -> Answer:
        """Store and apply a document.

        Raises Refused, and SwitchUnavailable when it is stored (and will be applied) but cannot be yet.
        """
        try:
            document = parse(kind, id, wire)
        except ValueError as error:
            raise Refused("BadDocument", str(error)) from error
        return self._change(kind, id, fence, document)

    def delete(self, kind: str, id: str, fence: Fence) -> Answer:
        """Leave a tombstone and remove the keys. Raises as `put` does."""
        if kind not in KINDS:
            raise Refused("BadDocument", f"unknown kind of document {kind!r}")
        return self._change(kind, id, fence, None)

    def read(self, kind: str, id: str) -> Answer | None:
        """What Kamailio has of the document at this moment; None when it was never heard of."""
        with self.lock:
            row = self.store.get(kind, id)
            return self._read_back(row, _facts(row)) if row else None

    def page(self, kind: str, after: str, limit: int) -> list[Answer]:
        """Live documents as they were last read back."""
        with self.lock:
            return [_answer(row, row.verified, present=True) for row in self.store.page(kind, after, limit)]

    def status(self) -> Answer:
        """The boot id of the store, the number of documents, whether Kamailio answers."""
        with self.lock:
            try:
                self.switch.get(_SESSION)
            except SwitchUnavailable:
                return self._status(kamailio=False)
            return self._status(kamailio=True)

    def calls(self) -> dict[str, int]:
        """Calls up per channel group. Without the lock: a long answer must not hold up documents."""
        return self.switch.calls()

    def certificate(self) -> Answer:
        """What the node shows to whoever comes over TLS; empty when that cannot be read."""
        found = self.certificates.read()
        return asdict(found) if found else {}

    def renew_certificates(self) -> None:
        """Have Kamailio read the files again when one was replaced. One that is no good is tried again next time.

        Kamailio keeps the mark, so that an agent that was away finds out; one without it has read them when it started.
        """
        times = self.certificates.written_at()
        written = "/".join(map(str, times))
        with self.lock:
            mark = self.switch.get(_CERTIFICATES)
            if mark == written:
                return
            if mark is not None or max(times) > self.switch.started_at() * 1e9:
                self.switch.reload_certificates()
            self.switch.set(_CERTIFICATES, written)

    def registrations(self, after: str, limit: int) -> list[Answer]:
        """Contacts of registered trunks. Raises SwitchUnavailable: what a stopped Kamailio left behind says nothing."""
        with self.lock:
            self.switch.get(_SESSION)
            return [asdict(contact) for contact in self.contacts.page(after, limit)]

    def checks(self, after: str, limit: int) -> list[Answer]:
        """What came of asking destinations with OPTIONS, and which have names that are of no use, in order of
        `<trunk id>/<host:port>`.
        """
        with self.lock:
            asked = [key.name for key, _ in self.store.facts(Key(OPTIONS, after), limit) if key.table == OPTIONS]
            troubles = self.store.names.troubles(after, limit)
        names = sorted({*asked, *troubles})[:limit]
        return [{**self._check(name), "name": troubles.get(name, "")} for name in names]

    def failures(self, limit: int) -> Answer:
        """Failed sign-ins within a day per `<trunk id>/<source address>`, the latest first, and how many are left off.

        Without the lock: whoever guesses passwords from many addresses must not hold up documents.
        """
        found = {name: _numbers(value, ("n", "last")) for name, value in self.switch.dump(FAILURES).items()}
        latest = heapq.nsmallest(limit, found, key=lambda name: (-found[name]["last"], name))
        failures = [{"id": name, **found[name]} for name in latest]
        return {"failures": failures, "left_off": len(found) - len(failures)}

    def rehearse(self, number: str, caller: str, route: Any) -> Answer:
        """What would become of a call to the number now; with a route (a document on the wire) of one that takes that
        one. Raises Refused for what is no question, and SwitchUnavailable.
        """
        try:
            values.digits(number)
            values.caller(caller)
            facts = render(parse(ROUTE, route["id"], route)) if route else {}
        except (ValueError, TypeError, KeyError) as error:
            raise Refused("BadRequest", str(error)) from error
        with self.lock:
            return Rehearsal.read(self.switch.rehearse(number, caller, "".join(facts.values()))).to_wire()

    def _check(self, name: str) -> Answer:
        """The lock is given back after each one, so that changes come between."""
        with self.lock:
            answer = self.switch.get(Key(ANSWERS, name)) or ""
        return {"id": name, **_numbers(answer, _ANSWER)}

    def drop_strays(self, trunk_ids: list[str]) -> None:
        """End the registrations of those that are gone or may not register."""
        with self.lock:
            for trunk_id in trunk_ids:
                if not _may_register(self.store.get(TRUNK, trunk_id)):
                    self.switch.drop_contacts(trunk_id)

    def apply(self, kind: str, id: str) -> Answer:
        """Make Kamailio say what the store says about one document, and read it back."""
        with self.lock:
            row = self.store.get(kind, id)
            if row is None:
                raise LookupError(f"{kind} {id} is not in the store")
            # The trunk's key comes last on create and first on delete: nothing leads to half a trunk.
            facts = _facts(row)
            for key in sorted(facts, key=_trunk_last):
                self.switch.set(key, facts[key])
            for key in sorted(self.store.leftovers(kind, id), key=_trunk_last, reverse=True):
                self.switch.delete(key)
            if kind == TRUNK and (not _may_register(row) or self.store.lost_password(id)):
                self.switch.drop_contacts(id)
            answer = self._read_back(row, facts)
            settled = answer["hash"] == row.hash
            self.store.set_verified(kind, id, answer["hash"], settled=settled)
            return answer

    def apply_name(self, name: str) -> None:
        """Make Kamailio say what the store says about one host name."""
        with self.lock:
            value = self.store.names.value(name)
            if value is None:
                self.switch.delete(Key(ADDRESS, name))
            else:
                self.switch.set(Key(ADDRESS, name), value)

    def is_kamailio_new(self) -> bool:
        """Whether it was started since `resume` was last called by any agent."""
        with self.lock:
            return self.switch.get(_SESSION) is None

    def resume(self) -> bool:
        """Send again what was not read back. True after a start of the agent or of Kamailio."""
        with self.lock:
            started = self.switch.get(_SESSION) != self._session
            for subject in self.store.unsettled(limit=500):
                self.apply(*subject)
            if started:
                self.switch.set(_SESSION, self._session)
            return started

    def _change(self, kind: str, id: str, fence: Fence, document: Document | None) -> Answer:
        with self.lock:
            self.store.save(kind, id, fence, document)
            return self.apply(kind, id)

    def _read_back(self, row: Row, wanted: Facts) -> Answer:
        keys = [*wanted, *self.store.leftovers(row.kind, row.id)]
        read = {key: value for key in keys if (value := self.switch.get(key)) is not None}
        return _answer(row, row.hash if read == wanted else _hash(read), present=bool(read))

    def _status(self, *, kamailio: bool) -> Answer:
        return {"boot_id": self.store.boot_id, "counts": dict(self.store.counts), "kamailio": kamailio}


def _numbers(value: str, members: tuple[str, ...]) -> dict[str, int]:
    """A value like "n=3;last=1700000000;" with 0 for what is not in it."""
    return {**dict.fromkeys(members, 0), **{name: int(number) for name, number in _MEMBER.findall(value)}}


def _facts(row: Row) -> Facts:
    return render(row.document) if row.document else {}


def _may_register(row: Row | None) -> bool:
    trunk = row.document if row else None
    return isinstance(trunk, TrunkDocument) and is_registered(trunk) and trunk.admin_status == "ENABLED"


def _trunk_last(key: Key) -> bool:
    return key.table == "trunk"


def _hash(facts: Facts) -> str:
    text = json.dumps(sorted([*key, value] for key, value in facts.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def _answer(row: Row, hash: str, *, present: bool) -> Answer:
    fence = {"generation": row.fence.generation, "epoch": row.fence.epoch}
    return {"kind": row.kind, "id": row.id, **fence, "hash": hash, "present": present}
