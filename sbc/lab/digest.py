"""Digest authentication as a softphone does it (RFC 2617, MD5)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from sbc.lab.sip import Message, new_tag

_MEMBER = re.compile(r'(\w+)=(?:"([^"]*)"|([^,\s]+))')
_HEADERS = {401: ("WWW-Authenticate", "Authorization"), 407: ("Proxy-Authenticate", "Proxy-Authorization")}


@dataclass(frozen=True, slots=True)
class Login:
    """Whom a softphone claims to be."""

    username: str
    password: str

    def credentials(self, challenge: Message, method: str, uri: str) -> tuple[str, str]:
        """The header that answers a 401 or 407, as name and value."""
        asking, answering = _HEADERS[challenge.status]
        asked = {name: quoted or plain for name, quoted, plain in _MEMBER.findall(challenge[asking])}
        realm, nonce, cnonce = asked["realm"], asked["nonce"], new_tag()
        secret, request = md5(f"{self.username}:{realm}:{self.password}"), md5(f"{method}:{uri}")
        response = md5(f"{secret}:{nonce}:00000001:{cnonce}:auth:{request}")
        value = f'Digest username="{self.username}", realm="{realm}", nonce="{nonce}", uri="{uri}", algorithm=MD5, '
        return answering, value + f'response="{response}", qop=auth, nc=00000001, cnonce="{cnonce}"'


def md5(text: str) -> str:
    """In hexadecimal; what the protocol asks for, not what we would choose."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
