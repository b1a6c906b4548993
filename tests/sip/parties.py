"""Two ends of a call that do what a test says, message by message."""

import asyncio
import contextlib
from dataclasses import dataclass, field

from sbc.lab.net import SIP_PORT
from sbc.lab.sip import Address, Message, answer_to, new_tag, offer
from sbc.lab.tls_wire import Tls, open_tls_wire
from sbc.lab.wire import open_wire

CALLER, CALLEE = "13125550100", "13125551234"


@dataclass
class Party:
    """One end. It answers every request with 200; `heard` are the requests that came. With `tls` it speaks TLS, and its
    Contact does not say so.
    """

    local: Address
    node: Address
    contact: Address | None = None
    proxy: str = ""  # what a proxy in front of it puts into Record-Route
    tag: str = field(default_factory=new_tag)
    call_id: str = field(default_factory=new_tag)  # of the calls that it places
    more: tuple[tuple[str, str], ...] = ()  # headers of its INVITEs and answers
    heard: list[Message] = field(default_factory=list)
    answers: asyncio.Queue = field(default_factory=asyncio.Queue)
    first: Message | None = None  # of the other end, as this one saw it: the INVITE, or its answer
    numbers: int = 1
    tls: Tls | None = None
    branch: str = ""  # of the request that it sent last

    async def __aenter__(self):
        if self.tls:
            self.wire = await open_tls_wire(self.local, self._receive, self.tls)
        else:
            self.wire = await open_wire(self.local, self._receive)
        return self

    async def __aexit__(self, *_error):
        self.wire.close()

    def _receive(self, message, remote):
        if message.status:
            self.answers.put_nowait(message)
            return
        self.heard.append(message)
        self.first = self.first or message
        if message.method != "ACK":
            body = answer_to(message.body, self.local) if message.method == "INVITE" else ""
            answer = message.answer(200, "OK", tag=self.tag, contact=self.place, body=body)
            answer.headers = [*answer.headers[:1], *self._record_route(), *answer.headers[1:], *self.more]
            self.wire.send(answer, remote)

    @property
    def place(self):
        return self.contact or self.local

    def offer(self):
        return offer(self.local, int(bool(self.tls)))

    def methods(self):
        return [message.method for message in self.heard]

    async def answer(self, seconds=3):
        """The next final answer; None when there is none."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (answer := await self.answers.get()).status < 200:
                    pass
                return answer

    async def call(self, callee=CALLEE):
        """Call and acknowledge; the final answer."""
        self.invite = f"<sip:{CALLER}@{self.local.host}>;tag={self.tag}"
        headers = [*self._via(), *self._record_route(), ("From", self.invite), ("To", f"<sip:{callee}@{self.node}>")]
        headers += [("Call-ID", self.call_id), ("CSeq", f"{self.numbers} INVITE"), *self._contact(), *self.more]
        headers.append(("Content-Type", "application/sdp"))
        self.wire.send(Message(f"INVITE sip:{callee}@{self.node} SIP/2.0", headers, self.offer()), self.node)
        self.first = await self.answer()
        if self.first and self.first.status == 200:
            self.send("ACK")
        return self.first

    def send(self, method, *, target="", routes=None, body="", sender=None, more=(), branch=""):
        """A request in the call as RFC 3261 wants it, but for what the test wants otherwise. `branch`: that of the
        transaction that it belongs to, for the ACK of a refusal.
        """
        if method not in ("ACK", "CANCEL"):
            self.numbers += 1
        sent_it = self.first.status != 0  # we called
        known = self.first.all("Record-Route")
        headers = [*(sender or self)._via(branch)]
        headers += [("Route", value) for value in (routes if routes is not None else known[:: -1 if sent_it else 1])]
        ours = self.first["From"] if sent_it else f"{self.first['To']};tag={self.tag}"
        theirs = self.first["To"] if sent_it else self.first["From"]
        headers += [("From", ours), ("To", theirs), ("Call-ID", self.first["Call-ID"])]
        headers += [("CSeq", f"{self.numbers} {method}"), *self._contact(), *more]
        if body:
            headers.append(("Content-Type", "application/sdp"))
        uri = target or self.first["Contact"].partition("<")[2].partition(">")[0]
        sender = sender or self
        sender.wire.send(Message(f"{method} {uri} SIP/2.0", headers, body), sender.node)

    async def ask(self, method, **options):
        """Send a request; its final answer."""
        self.send(method, **options)
        answer = await (options.get("sender") or self).answer(1.5)
        if method == "INVITE" and answer and answer.status == 200:
            self.send("ACK")
        return answer

    def _via(self, branch=""):
        self.branch = branch or f"z9hG4bK{new_tag()}"
        return [
            ("Via", f"SIP/2.0/{self.wire.transport} {self.local};branch={self.branch};rport"),
            ("Max-Forwards", "70"),
        ]

    def _record_route(self):
        return [("Record-Route", self.proxy)] if self.proxy else []

    def _contact(self):
        return [("Contact", f"<sip:{self.place}>")]


def end_by_node(site, answer):
    """Let the node end the call, as it does when a party has vanished; `answer` is the one to its INVITE."""
    tags = [answer[name].partition(";tag=")[2] for name in ("From", "To")]
    site.node.switch().call("dlg.terminate_dlg", answer["Call-ID"], *tags)


@dataclass
class Talk:
    """A call that is up, and somebody who has no part in it."""

    caller: Party
    callee: Party
    third: Party


@contextlib.asynccontextmanager
async def talking(site, trunk, proxy="", at=None, callers_proxy="", **callers):
    """A call from the trunk to the carrier; hung up, unless a test has done that. `at` is where the caller listens."""
    gateway, third = Address(site.net.carrier(4), SIP_PORT), Address(site.net.customer(30200), SIP_PORT)
    site.gateways(gateway.host)
    node = site.tls_address if "tls" in callers else site.address
    async with (
        Party(at or Address(trunk.source, 5090), node, proxy=callers_proxy, **callers) as caller,
        Party(gateway, site.address, proxy=proxy) as callee,
        Party(third, site.address) as stranger,
    ):
        answer = await caller.call()
        assert answer is not None
        assert answer.status == 200
        for _ in range(100):
            if "ACK" not in callee.methods() + stranger.methods():
                await asyncio.sleep(0.03)
        yield Talk(caller, callee, stranger)
        if "BYE" not in caller.methods() + callee.methods() + stranger.methods():
            await caller.ask("BYE")
