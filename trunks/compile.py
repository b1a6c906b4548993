"""Trunk → the document that its nodes must have."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from accounts.services import limits_of
from common.sealing import unseal
from sbc.documents import Destination, EarlierHa1, TrunkDocument
from trunks.models import Credential, Trunk


def trunk_document(trunk: Trunk) -> TrunkDocument | None:
    """None when the nodes must not have the trunk."""
    revision = trunk.wanted
    if revision is None or trunk.withdrawn_at is not None:
        return None
    return TrunkDocument(
        id=str(trunk.pk),
        account_id=str(trunk.account_id),
        trunk_kind=trunk.kind,
        provider=trunk.provider,
        provider_key="" if trunk.connects.shares_channels else trunk.call_key or "",
        admin_status=trunk.admin_status,
        group=str(trunk.pk),
        tls=trunk.tls,
        channels=revision.channels,
        calls_per_second=limits_of(trunk.account).calls_per_second,
        codecs=tuple(revision.codecs),
        dtmf=revision.dtmf,
        fax=revision.fax,
        number_format=revision.number_format,
        privacy=revision.privacy,
        international=revision.international,
        options=revision.options,
        strategy=revision.strategy,
        source_hosts=tuple(revision.source_hosts),
        destinations=tuple(Destination(host, port) for host, port in destinations_of(trunk)),
        challenge_invites=revision.challenge_invites,
        **_login(trunk),
    )


def destinations_of(trunk: Trunk) -> list[tuple[str, int]]:
    """Where calls to the trunk go: its provider's addresses, else the customer's own."""
    if trunk.wanted is None:
        return []
    theirs = trunk.connects.destinations(trunk.provider_facts)
    return theirs or [(host, port) for host, port in trunk.wanted.destinations]


def _login(trunk: Trunk) -> dict[str, Any]:
    """What a registering PBX proves itself with. Earlier passwords stay in, expired or not: the nodes end them."""
    if trunk.credential is None:
        return {"username": "", "realm": "", "ha1_md5": "", "ha1_sha256": "", "earlier_ha1s": ()}
    earlier = trunk.credentials.exclude(until=None).exclude(pk=trunk.credential.pk).order_by("until", "pk")
    return {
        "username": trunk.username,
        "realm": settings.SIP_REALM,
        "ha1_md5": unseal(trunk.credential.sealed_ha1_md5),
        "ha1_sha256": unseal(trunk.credential.sealed_ha1_sha256),
        "earlier_ha1s": tuple(_earlier(credential) for credential in earlier),
    }


def _earlier(credential: Credential) -> EarlierHa1:
    until = int(credential.until.timestamp()) if credential.until else 0
    return EarlierHa1(unseal(credential.sealed_ha1_md5), unseal(credential.sealed_ha1_sha256), until)
