"""Just enough SIP for a softphone: messages, their headers, and the parts of an address."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass, field
from typing import NamedTuple

_COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length"}
_URI = re.compile(r"<?sips?:(?:(?P<user>[^@;>]*)@)?(?P<host>\[[^\]]+\]|[^:;>]+)(?::(?P<port>\d+))?")
METHODS = "INVITE, ACK, BYE, CANCEL, OPTIONS"


class Address(NamedTuple):
    """Host and port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.uri_host}:{self.port}"

    @property
    def uri_host(self) -> str:
        """The host as a URI has it: IPv6 in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host


@dataclass
class Message:
    """A request or an answer; `first` is its first line, headers keep their order."""

    first: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @classmethod
    def parse(cls, raw: str) -> Message:
        """Raises ValueError for what is not SIP."""
        head, _, body = raw.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        if "SIP/2.0" not in first:
            raise ValueError("not a SIP message")
        headers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        return cls(first, headers, body)

    def __str__(self) -> str:
        headers = [*self.headers, ("Content-Length", str(len(self.body)))]
        return "\r\n".join([self.first, *(f"{name}: {value}" for name, value in headers), "", self.body])

    def all(self, name: str) -> list[str]:
        """Every value of a header, in order."""
        return [value for key, value in self.headers if _COMPACT.get(key.lower(), key.lower()) == name.lower()]

    def __getitem__(self, name: str) -> str:
        """The first value of a header, or ""."""
        return next(iter(self.all(name)), "")

    @property
    def status(self) -> int:
        """The status of an answer; 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """The method of a request, or of the request that is answered."""
        return self["CSeq"].split()[-1] if self.status else self.first.split()[0]

    @property
    def user(self) -> str:
        """The user part of the request URI."""
        found = _URI.match(self.first.split()[1])
        return (found["user"] or "") if found else ""

    def answer(self, status: int, reason: str, *, tag: str, contact: Address | str, body: str = "") -> Message:
        """An answer to this request."""
        headers = [(name, value) for name in ("Via", "Record-Route") for value in self.all(name)]
        to = self["To"] if ";tag=" in self["To"] or status == 100 else f"{self['To']};tag={tag}"  # noqa: PLR2004
        headers += [("From", self["From"]), ("To", to), ("Call-ID", self["Call-ID"]), ("CSeq", self["CSeq"])]
        headers += [("Contact", f"<sip:{contact}>"), ("Allow", METHODS)]
        if body:
            headers.append(("Content-Type", "application/sdp"))
        return Message(f"SIP/2.0 {status} {reason}", headers, body)


def address_of(uri: str, default_port: int = 5060) -> Address:
    """Where a URI (or a header value with one) points to. Raises ValueError."""
    found = _URI.search(uri)
    if not found:
        raise ValueError(f"no SIP address in {uri!r}")
    return Address(found["host"].strip("[]"), int(found["port"] or default_port))


def new_tag() -> str:
    """A fresh tag, branch suffix or Call-ID."""
    return secrets.token_hex(8)


def offer(local: Address, key_tag: int = 0) -> str:
    """A session description; the lab sends no media, so the port is the discard port. With the tag of a key (1 and up)
    it is one of encrypted sound.
    """
    key = base64.b64encode(secrets.token_bytes(30)).decode()
    lines = [
        "v=0",
        f"o=- 1 1 IN IP4 {local.host}",
        "s=-",
        f"c=IN IP4 {local.host}",
        "t=0 0",
        f"m=audio 9 RTP/{'SAVP' if key_tag else 'AVP'} 8 0 101",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000",
        *([f"a=crypto:{key_tag} AES_CM_128_HMAC_SHA1_80 inline:{key}"] if key_tag else []),
        "a=sendrecv",
        "",
    ]
    return "\r\n".join(lines)


def answer_to(offered: str, local: Address) -> str:
    """A session description that takes what was offered: encrypted when that was."""
    found = re.search(r"a=crypto:(\d+) AES_CM_128_HMAC_SHA1_80", offered)
    return offer(local, int(found[1]) if found else 0)
