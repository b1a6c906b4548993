"""Passwords of registered trunks: made by us, kept only as sealed HA1s, their clear text shown to one person once."""

from __future__ import annotations

import hashlib
import secrets
import string
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from common.errors import Conflict
from common.sealing import seal, unseal
from provisioning.enums import OperationKind
from provisioning.models import Operation
from provisioning.operations import STILL_APPLIED, latest_operation
from trunks.models import Credential, OneTimeSecret, Trunk
from trunks.models.trunk import SUBJECT
from trunks.services.accepting import accept_change, lock_trunk, refuse_if_unusable

# Without letters and digits that look alike in print; 20 of these are 115 bits.
_ALPHABET = "".join(char for char in string.ascii_letters + string.digits if char not in "0O1lI")
_LENGTH = 20
RESETS_AN_HOUR = 3
OVERLAPS = (timedelta(0), timedelta(minutes=10), timedelta(hours=1))


def give_password(trunk: Trunk, *, reader: User) -> Credential:
    """Set `trunk.credential` (unsaved) to a new password, whose clear text `reader` may look at for a while."""
    trunk.username = trunk.username or f"t{secrets.token_hex(8)}"
    password = "".join(secrets.choice(_ALPHABET) for _place in range(_LENGTH))
    trunk.credential = Credential.objects.create(
        trunk=trunk,
        sealed_ha1_md5=seal(_ha1("md5", trunk.username, password)),
        sealed_ha1_sha256=seal(_ha1("sha256", trunk.username, password)),
    )
    OneTimeSecret.objects.create(
        credential=trunk.credential, reader=reader, sealed=seal(password), expires_at=Now() + settings.SECRET_SHOWN_FOR
    )
    return trunk.credential


def _ha1(algorithm: str, username: str, password: str) -> str:
    """RFC 8760: the hash of user name, realm and password."""
    return hashlib.new(algorithm, f"{username}:{settings.SIP_REALM}:{password}".encode()).hexdigest()


def reset_password(trunk: Trunk, overlap: timedelta, actor: User) -> Operation:
    """Give the trunk a new password. The old one works for `overlap` (one of OVERLAPS) longer; without an overlap
    every earlier one ends.

    Raises Conflict for a trunk without a password, an unusable one, during another change (V-OP-1) and after
    RESETS_AN_HOUR resets.
    """
    with transaction.atomic():
        trunk = lock_trunk(trunk)
        _refuse(trunk)
        _replace(trunk, overlap)
        credential = give_password(trunk, reader=actor)
        return accept_change(OperationKind.RESET_PASSWORD, trunk, actor, credential=credential)


def why_no_reset(trunk: Trunk) -> str:
    """Why the password cannot be reset now, in words; empty when it can."""
    newest = latest_operation(SUBJECT, str(trunk.pk))
    if newest is not None and newest.is_pending:
        return str(STILL_APPLIED)
    try:
        _refuse(trunk)
    except Conflict as conflict:
        return str(conflict.message)
    return ""


def _refuse(trunk: Trunk) -> None:
    refuse_if_unusable(trunk)
    if not trunk.registers:
        raise Conflict(_("Only registered trunks have a password"), code="V-PW-1")
    resets = Operation.objects.filter(
        subject_kind=SUBJECT,
        subject_id=str(trunk.pk),
        kind=OperationKind.RESET_PASSWORD,
        requested_at__gt=Now() - timedelta(hours=1),
    )
    if resets.count() >= RESETS_AN_HOUR:
        message = _("The password was reset %(most)s times within an hour. Try again later")
        raise Conflict(message % {"most": RESETS_AN_HOUR}, code="V-PW-2")


def _replace(trunk: Trunk, overlap: timedelta) -> None:
    earlier, current = Credential.objects.filter(trunk=trunk), trunk.credential
    earlier.filter(until__lt=Now()).update(until=None)
    if overlap and current:
        earlier.filter(pk=current.pk).update(until=Now() + overlap)
    else:
        earlier.update(until=None)


def secret_of(trunk: Trunk) -> OneTimeSecret | None:
    """The clear text of the trunk's present password, for whomever it is meant; readable or ended."""
    return OneTimeSecret.objects.filter(credential=trunk.credential_id).select_related("reader").first()


def reveal_secret(trunk: Trunk, reader: User) -> str | None:
    """The password, as often as its reader asks until they acknowledged it or its time is up; else None."""
    with transaction.atomic():
        secret = _readable(trunk, reader)
        if secret is None:
            return None
        if secret.shown_at is None:
            OneTimeSecret.objects.filter(pk=secret.pk).update(shown_at=Now())
        _record("password_shown", trunk, reader)
        return unseal(secret.sealed)


def acknowledge_secret(trunk: Trunk, reader: User) -> bool:
    """The reader has the password: forget its clear text. False when there was nothing to forget."""
    with transaction.atomic():
        secret = _readable(trunk, reader)
        if secret is None:
            return False
        OneTimeSecret.objects.filter(pk=secret.pk).update(sealed="", ended_at=Now())
        _record("password_acknowledged", trunk, reader)
        return True


def _readable(trunk: Trunk, reader: User) -> OneTimeSecret | None:
    readable = OneTimeSecret.objects.filter(reader=reader, credential=trunk.credential_id, expires_at__gt=Now())
    return readable.exclude(sealed="").select_for_update().first()


def _record(action: str, trunk: Trunk, reader: User) -> None:
    record(
        f"{SUBJECT}.{action}",
        account_id=trunk.account_id,
        actor=reader,
        subject_kind=SUBJECT,
        subject_id=str(trunk.pk),
    )


def end_expired_secrets() -> int:
    """Forget clear texts whose time is up; answers how many."""
    return OneTimeSecret.objects.filter(expires_at__lte=Now()).exclude(sealed="").update(sealed="", ended_at=Now())
