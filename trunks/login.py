"""What a page may say about the password of a registered trunk to whom."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from accounts.enums import Right
from accounts.models import Member
from trunks.models import OneTimeSecret, Trunk
from trunks.services import secret_of


@dataclass(frozen=True, slots=True)
class Login:
    """How a PBX signs in, for one reader. `password` is set only in the answer to Show."""

    username: str
    realm: str
    secret: OneTimeSecret | None
    is_reader: bool
    password: str = ""

    @property
    def is_offered(self) -> bool:
        """Somebody may still look at the password."""
        return bool(self.secret and self.secret.sealed and self.secret.expires_at > timezone.now())

    @property
    def is_mine(self) -> bool:
        """It is this reader who may."""
        return self.is_offered and self.is_reader


def login_of(trunk: Trunk, member: Member, password: str = "") -> Login | None:
    """None for a trunk that has no password (any more)."""
    if trunk.credential_id is None:
        return None
    secret = secret_of(trunk)
    mine = secret is not None and secret.reader_id == member.user_id and member.may(Right.CHANGE_TRUNKS)
    return Login(trunk.username or "", settings.SIP_REALM, secret, mine, password)
