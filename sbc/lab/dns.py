"""A name server on a loopback address that says what a test tells it to, or nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from sbc.lab.net import LabError

DNS_PORT = 5300
_LONGEST = 65535
_Key = tuple[dns.name.Name, dns.rdatatype.RdataType]


class NameServer:
    """Answers over UDP once it was started, at any free port if that is 0. Names that were not set do not exist.

    While `refusing` it says that it will not tell.
    """

    def __init__(self, address: str, port: int = DNS_PORT) -> None:
        self.address, self.port = address, port
        self.refusing = False
        self.asked: list[str] = []
        self._records: dict[_Key, dns.rrset.RRset] = {}
        self._silent_below: list[dns.name.Name] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._serve, name="name server", daemon=True)

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"

    def start(self) -> None:
        """Raises LabError when somebody else listens there."""
        try:
            self._socket.bind((self.address, self.port))
        except OSError as error:
            raise LabError(f"cannot listen on {self}: {error.strerror}") from error
        self.port = self._socket.getsockname()[1]
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more."""
        self._socket.close()

    def set(self, name: str, kind: str, *values: str, ttl: int = 60) -> None:
        """`set("pbx.example.com", "A", "127.77.128.1")`; no values: there is no such record any more."""
        owner = dns.name.from_text(name)
        key = owner, dns.rdatatype.from_text(kind)
        self._records.pop(key, None)
        if values:
            self._records[key] = dns.rrset.from_text(owner, ttl, "IN", kind, *values)

    @contextmanager
    def silence(self, domain: str = ".") -> Iterator[None]:
        """Nothing at and below a domain is answered meanwhile."""
        below = dns.name.from_text(domain)
        self._silent_below.append(below)
        try:
            yield
        finally:
            self._silent_below.remove(below)

    def _serve(self) -> None:
        while True:
            try:
                data, remote = self._socket.recvfrom(_LONGEST)
            except OSError:  # stopped
                return
            try:
                question = dns.message.from_wire(data)
            except dns.exception.DNSException:
                continue
            answer = self._answer(question)
            if answer:
                self._socket.sendto(answer.to_wire(want_shuffle=False), remote)

    def _answer(self, question: dns.message.Message) -> dns.message.Message | None:
        [asked] = question.question
        self.asked.append(f"{asked.name.to_text(omit_final_dot=True)} {dns.rdatatype.to_text(asked.rdtype)}")
        if any(asked.name.is_subdomain(domain) for domain in self._silent_below):
            return None
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        records = self._records.get((asked.name, asked.rdtype))
        if self.refusing:
            answer.set_rcode(dns.rcode.REFUSED)
        elif records:
            answer.answer.append(records)
        elif not any(asked.name == name for name, _ in list(self._records)):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer
