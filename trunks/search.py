"""Finds trunks by what people say about them: name, id, reference, source address, account or a member's e-mail."""

from __future__ import annotations

import ipaddress
import re
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Member
from trunks.models import HostClaim, Trunk

_REFERENCE = re.compile(r"(?:TR-)?([0-9A-F]{8})", re.IGNORECASE)
_REST = 24


def find_trunks(trunks: QuerySet[Trunk], text: str) -> QuerySet[Trunk]:
    """Those of `trunks` that the words may mean; all of them for no words."""
    said = text.strip()
    if not said:
        return trunks
    meant = Q(wanted__name__icontains=said) | Q(account__name__icontains=said)
    for more in (_by_id(said), _by_source(said), _by_email(said)):
        meant |= more
    return trunks.filter(meant)


def find_trunk(trunks: QuerySet[Trunk], text: str) -> list[Trunk]:
    """The trunk whose id, reference or exact name this is; several when the name is used more than once."""
    said = text.strip()
    return list(trunks.filter(_by_id(said) | Q(wanted__name__iexact=said))[:10])


def _by_id(said: str) -> Q:
    """The id, or the reference that is made of its beginning."""
    try:
        return Q(pk=UUID(said))
    except ValueError:
        pass
    reference = _REFERENCE.fullmatch(said)
    if reference is None:
        return Q(pk=None)
    return Q(pk__range=(UUID(reference[1] + "0" * _REST), UUID(reference[1] + "f" * _REST)))


def _by_source(said: str) -> Q:
    """Also addresses it once had: that is what is asked about after a change."""
    try:
        address = str(ipaddress.ip_address(said))
    except ValueError:
        return Q()
    return Q(Exists(HostClaim.objects.filter(trunk=OuterRef("pk"), address=address)))


def _by_email(said: str) -> Q:
    if "@" not in said:
        return Q()
    return Q(Exists(Member.objects.filter(account=OuterRef("account"), user__email__iexact=said)))
