"""Many streams of sound at once, 50 packets a second each, sent and counted by one loop that costs little."""

from __future__ import annotations

import base64
import itertools
import secrets
import socket
import struct
import time
from collections.abc import Sequence

from pylibsrtp import Error, Policy
from pylibsrtp import Session as Cipher

from sbc.lab.rtp import RTCP
from sbc.lab.sip import Address
from sbc.lab.sound import FRAME, encode, tone

HEADER = struct.Struct("!BBHII")
FRAME_SECONDS = 0.02
_SLOTS = 10  # the streams take turns within a frame, as those of strangers do
_SETTLE_SECONDS = 0.2
_G729_FRAME = 20
_LARGEST = 2048


class Stream:
    """One end's stream. It says a tone; with G.729, which Python cannot encode, what it heard last.

    `address` is its own; `remote`, where it sends, and the payload number `payload` are told when the call is up.
    """

    def __init__(self, host: str, codec: str) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._socket.setblocking(False)
        self.address = Address(*self._socket.getsockname())
        self.remote = Address("", 0)
        self.payload = 0
        self.sent = self.heard = 0
        self._sound = None if codec == "G729" else itertools.cycle(_frames(codec))
        self._last = bytes(_G729_FRAME)
        self._number, self._source = secrets.randbelow(1000), secrets.randbits(31)
        self._protect: Cipher | None = None
        self._unprotect: Cipher | None = None

    def encrypt(self, own_key: str, other_key: str) -> None:
        """SRTP from now on; the keys in base64."""
        self._protect = Cipher(Policy(key=base64.b64decode(own_key), ssrc_type=Policy.SSRC_ANY_OUTBOUND))
        self._unprotect = Cipher(Policy(key=base64.b64decode(other_key), ssrc_type=Policy.SSRC_ANY_INBOUND))

    def say(self) -> None:
        """The next frame."""
        frame = next(self._sound) if self._sound else self._last
        at = self._number
        packet = HEADER.pack(0x80, self.payload, at & 0xFFFF, at * FRAME & 0xFFFFFFFF, self._source) + frame
        self._socket.sendto(self._protect.protect(packet) if self._protect else packet, self.remote)
        self._number += 1
        self.sent += 1

    def listen(self) -> None:
        """Take what has come; what is another payload or cannot be decrypted was not heard."""
        while True:
            try:
                packet = self._socket.recv(_LARGEST)
                if packet[1] in RTCP:
                    continue
                plain = self._unprotect.unprotect(packet) if self._unprotect else packet
            except BlockingIOError:
                return
            except Error:
                continue
            if plain[1] & 0x7F == self.payload:
                self.heard += 1
                self._last = plain[HEADER.size :]

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()


def speak(streams: Sequence[Stream], seconds: float) -> None:
    """Let all of them say so many seconds, and hear what is on its way then; their counts begin at nothing."""
    for stream in streams:
        stream.sent = stream.heard = 0
    turns = [streams[slot::_SLOTS] for slot in range(_SLOTS)]
    began = time.perf_counter()
    for turn in range(round(seconds / FRAME_SECONDS) * _SLOTS):
        time.sleep(max(0.0, began + turn * FRAME_SECONDS / _SLOTS - time.perf_counter()))
        for stream in turns[turn % _SLOTS]:
            stream.say()
            stream.listen()
    time.sleep(_SETTLE_SECONDS)
    for stream in streams:
        stream.listen()


def _frames(codec: str) -> list[bytes]:
    data = encode(codec, tone(440, 1000, seconds=1, loud=4000))
    return [data[at : at + FRAME] for at in range(0, len(data), FRAME)]
