"""Trunk → the document that its nodes must have."""

from __future__ import annotations

from sbc.documents import Destination, TrunkDocument
from trunks.models import Trunk


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
        provider_key="",
        admin_status=trunk.admin_status,
        group=str(trunk.pk),
        tls=trunk.tls,
        channels=revision.channels,
        codecs=tuple(revision.codecs),
        dtmf=revision.dtmf,
        fax=revision.fax,
        number_format=revision.number_format,
        privacy=revision.privacy,
        international=revision.international,
        options=revision.options,
        strategy=revision.strategy,
        source_hosts=tuple(revision.source_hosts),
        destinations=tuple(Destination(host, port) for host, port in revision.destinations),
        challenge_invites=revision.challenge_invites,
        username="",
        ha1_md5="",
        ha1_sha256="",
    )
