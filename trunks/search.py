"""Finds trunks by what people say about them: name, id, reference, address, account or a member's e-mail."""

from __future__ import annotations

import ipaddress
import re
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from trunks.models import HostClaim, Trunk, TrunkRevision

_REFERENCE = re.compile(r"(?:TR-)?([0-9A-F]{8})", re.IGNORECASE)
_REST = 24


def find_own(trunks: QuerySet[Trunk], text: str) -> QuerySet[Trunk]:
    """Those of a customer's `trunks` that the words may mean: part of a name, the beginning of a user name or of a
    source address (also one it once had), an id or a reference. Each by an index, among 100,000 as among ten.
    """
    said = text.strip()
    meant = trunks.filter(Q(name__icontains=said) | Q(username__startswith=said.lower()) | _by_id(said))
    addresses = _addresses(said)
    if addresses is None:
        return meant
    claimed = HostClaim.objects.filter(address__range=addresses).values("trunk")
    return trunks.filter(pk__in=meant.values("pk").union(claimed))


def _addresses(said: str) -> tuple[str, str] | None:
    """The first and the last address that begin so: 10.1 and 10.1. are 10.1.0.0 to 10.1.255.255."""
    parts = said.removesuffix(".").split(".")
    missing = 4 - len(parts) if len(parts) > 1 else 0
    try:
        first, last = (ipaddress.ip_address(".".join([*parts, *[end] * missing])) for end in ("0", "255"))
    except ValueError:
        return None
    return str(first), str(last)


def find_trunks(trunks: QuerySet[Trunk], text: str) -> QuerySet[Trunk]:
    """Those of `trunks` that the words may mean, or whose customer; all of them for no words."""
    said = text.strip()
    if not said:
        return trunks
    return trunks.filter(pk__in=meant_by(said).union(_of_account(said)))


def meant_by(said: str) -> QuerySet[Trunk, Any]:
    """The ids of the trunks, of any customer, that have this as part of their name, as id, reference, user name, source
    or destination, now or earlier. A union, because each way has an index and all of them in one condition have none.
    """
    address = normalised(said)
    by_name = Trunk.objects.filter(name__icontains=said).values_list("pk")
    return by_name.union(
        Trunk.objects.filter(_by_id(said)).values_list("pk"),
        Trunk.objects.filter(username__in=[said, said.lower()]).values_list("pk"),
        HostClaim.objects.filter(address=address).values_list("trunk") if address else HostClaim.objects.none(),
        TrunkRevision.objects.filter(destinations__contains=[[address or said.lower()]]).values_list("trunk"),
    )


def _of_account(said: str) -> QuerySet[Trunk, Any]:
    member = Q(account__members__email=said.lower()) if "@" in said else Q()
    return Trunk.objects.filter(Q(account__name__icontains=said) | member).values_list("pk")


def normalised(said: str) -> str:
    """The IP address as it is stored; empty for other words."""
    try:
        return str(ipaddress.ip_address(said.strip("[]")))
    except ValueError:
        return ""


def find_trunk(trunks: QuerySet[Trunk], text: str) -> list[Trunk]:
    """The trunk whose id, reference or exact name this is; several when the name is used more than once."""
    said = text.strip()
    return list(trunks.filter(_by_id(said) | Q(name__iexact=said))[:10])


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
