"""Trunks that share a limit on the way out, as a subject: Freshworks of one account in one data centre."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max, Q

from accounts.models import Account
from provisioning.models import NodeState, Operation, SbcNode
from provisioning.wanted import want
from sbc.documents import GROUP, Document, GroupDocument
from trunks.enums import AdminStatus
from trunks.models import Trunk
from trunks.providers import all_providers


def group_id_of(trunk: Trunk) -> str:
    """Of the group that the trunk is in, if its provider's trunks share their channels."""
    return f"{trunk.provider}.{trunk.account_id}.{trunk.data_centre_id}"


def shared_channels(trunk: Trunk) -> int:
    """How many calls out the trunks of its group may have up together."""
    alike = Q(provider=trunk.provider, account=trunk.account_id, data_centre=trunk.data_centre_id)
    return sum(document.channels for document in _documents(alike).values())


class GroupSubject:
    """Follows from its trunks, without operations."""

    kind = GROUP
    needs_a_node = True

    def lock(self, id: str) -> None:
        Account.objects.select_for_update().only("pk").get(pk=id.split(".")[1])

    def compile(self, id: str) -> Document | None:
        provider, account_id, data_centre = id.split(".")
        return _documents(Q(provider=provider, account=account_id, data_centre=data_centre)).get(id)

    def assigned_nodes(self, id: str) -> Iterable[SbcNode]:
        return SbcNode.objects.filter(data_centre=id.split(".")[2])

    def ids_on(self, node: SbcNode) -> Iterable[str]:
        return _documents(Q(data_centre=node.data_centre_id)).keys()

    def give_up(self, operation: Operation) -> None:
        """Never called: groups have no operations."""

    def accepted(self, operation: Operation) -> None:
        """Never called: groups have no operations."""

    def settled(self, operation: Operation) -> None:
        """Never called: groups have no operations."""


def want_changed_groups() -> None:
    """A chore of the sweep: groups that their nodes were asked for otherwise become new generations."""
    wanted = {group_id: {document.hash} for group_id, document in _documents(Q()).items()}
    asked = defaultdict[str, set[str]](set)
    for group_id, digest in NodeState.objects.filter(subject_kind=GROUP).values_list("subject_id", "wanted_hash"):
        asked[group_id].add(digest)
    for group_id in wanted.keys() | asked.keys():
        if asked.get(group_id) != wanted.get(group_id, {""}):
            _want(group_id)


def _want(group_id: str) -> None:
    with transaction.atomic():
        GroupSubject().lock(group_id)
        states = NodeState.objects.filter(subject_kind=GROUP, subject_id=group_id)
        latest = states.aggregate(latest=Max("wanted_generation", default=0))["latest"]
        want(GROUP, group_id, generation=latest + 1, epoch=1)


def _documents(chosen: Q) -> dict[str, GroupDocument]:
    """By id, in one query, for trunks that are live."""
    sharing = [code for code, provider in all_providers().items() if provider.shares_channels]
    trunks = Trunk.objects.filter(chosen, provider__in=sharing, gone_at=None, withdrawn_at=None).exclude(live=None)
    groups = defaultdict[str, list[Trunk]](list)
    for trunk in trunks.select_related("live").order_by("created_at", "pk"):
        groups[group_id_of(trunk)].append(trunk)
    return {group_id: _document(group_id, members) for group_id, members in groups.items()}


def _document(group_id: str, trunks: list[Trunk]) -> GroupDocument:
    """`trunks` from the oldest on. Channels of enabled ones count, and the oldest of these says what a call may do; it
    is booked on the oldest of all, enabled or not, as long as that one is on the nodes.
    """
    oldest = trunks[0]
    enabled = [trunk for trunk in trunks if trunk.admin_status == AdminStatus.ENABLED]
    return GroupDocument(
        id=group_id,
        account_id=str(oldest.account_id),
        provider=oldest.provider,
        provider_keys=tuple(sorted({trunk.call_key for trunk in trunks if trunk.call_key})),
        channels=sum(trunk.live.channels for trunk in enabled if trunk.live),
        trunk_id=str((enabled or trunks)[0].pk),
        booked_on=str(oldest.pk),
    )
