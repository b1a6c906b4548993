"""Session descriptions as the lab's telephones write and read them: one stream, its codecs in order."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Self

from sbc.lab.sip import Address

PAYLOADS = {"PCMU": 0, "PCMA": 8, "G722": 9, "G729": 18, "telephone-event": 101}
EVENTS = "telephone-event"
_NAMES = {number: name for name, number in PAYLOADS.items() if name != EVENTS}
_MEDIA = re.compile(r"^m=(?P<kind>\S+) (?P<port>\d+) (?P<transport>\S+) (?P<formats>.*)$", re.MULTILINE)
_MAP = re.compile(r"^a=rtpmap:(\d+) ([^/\s]+)", re.MULTILINE)
_HOST = re.compile(r"^c=IN IP[46] (\S+)", re.MULTILINE)
_DIRECTION = re.compile(r"^a=(sendrecv|sendonly|recvonly|inactive)$", re.MULTILINE)
_KEY = re.compile(r"^a=crypto:(\d+) AES_CM_128_HMAC_SHA1_80 inline:([^\s|]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Session:
    """What one side says of its stream. `kind` is audio, or image for fax over T.38; `key` is an SRTP key in base64
    (RTP/SAVP) or empty.
    """

    address: Address
    codecs: tuple[str, ...] = ("PCMA", "PCMU", EVENTS)
    kind: str = "audio"
    transport: str = "RTP/AVP"
    direction: str = "sendrecv"
    key: str = ""
    key_tag: int = 1  # by which an answer names the cipher that it takes
    payloads: tuple[int, ...] = ()  # the number of each codec; the usual ones unless told

    @classmethod
    def parse(cls, text: str) -> Self:
        """The first stream with a port. Raises ValueError when there is none."""
        text = text.replace("\r\n", "\n")
        found = next((stream for stream in _MEDIA.finditer(text) if stream["port"] != "0"), None)
        host, direction, key = _HOST.search(text), _DIRECTION.search(text), _KEY.search(text)
        if not found or not host:
            raise ValueError(f"no stream in {text!r}")
        payloads = tuple(map(int, found["formats"].split())) if found["kind"] == "audio" else ()
        names = _NAMES | {int(number): name for number, name in _MAP.findall(text)}
        return cls(
            Address(host[1], int(found["port"])),
            tuple(names.get(number, str(number)) for number in payloads),
            found["kind"],
            found["transport"],
            direction[1] if direction else "sendrecv",
            key[2] if key else "",
            int(key[1]) if key else 1,
            payloads,
        )

    def payload(self, codec: str) -> int:
        """The number under which a codec is sent to this side. Raises ValueError when it is not in the list."""
        return self._numbers()[self.codecs.index(codec)]

    def answering(self, offer: Self) -> Self:
        """The same with the numbers of the offer, as RFC 3264 wants it."""
        numbers = dict(zip(offer.codecs, offer.payloads, strict=True))
        payloads = tuple(numbers.get(codec, PAYLOADS[codec]) for codec in self.codecs)
        return replace(self, payloads=payloads, key_tag=offer.key_tag)

    def _numbers(self) -> tuple[int, ...]:
        return self.payloads or tuple(PAYLOADS[codec] for codec in self.codecs)

    def __str__(self) -> str:
        host, port = self.address
        formats = " ".join(map(str, self._numbers())) if self.kind == "audio" else "t38"
        where = f"IN IP{6 if ':' in host else 4} {host}"
        lines = ["v=0", f"o=- 1 1 {where}", "s=-", f"c={where}", "t=0 0"]
        lines += [f"m={self.kind} {port} {self.transport} {formats}"]
        if self.kind == "audio":
            numbered = zip(self._numbers(), self.codecs, strict=True)
            lines += [f"a=rtpmap:{number} {codec}/8000" for number, codec in numbered]
            lines += [f"a={self.direction}"]
        else:
            lines += ["a=T38FaxVersion:0", "a=T38MaxBitRate:14400", "a=T38FaxRateManagement:transferredTCF"]
            lines += ["a=T38FaxMaxBuffer:1024", "a=T38FaxMaxDatagram:400", "a=T38FaxUdpEC:t38UDPRedundancy"]
        if self.key:
            lines += [f"a=crypto:{self.key_tag} AES_CM_128_HMAC_SHA1_80 inline:{self.key}"]
        return "\r\n".join([*lines, ""])
