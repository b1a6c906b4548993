"""Reads trunks: always of one account, gone ones left out."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast
from django.http import Http404

from accounts.models import Account
from accounts.services import limits_of
from provisioning.enums import OperationKind, Status
from provisioning.models import DataCentre, Gateway, Operation, SbcNode
from sbc.addresses import Network
from trunks.enums import AdminStatus, State
from trunks.models import Trunk, TrunkDraft, TrunkRevision
from trunks.models.trunk import SUBJECT
from trunks.validators.ip import HostRules

# Customers of the lab live in the upper half of its /16; nodes and carriers in the lower one.
LAB_CUSTOMERS = 1


def trunks_of(account: Account) -> QuerySet[Trunk]:
    """The account's trunks, see `with_state`."""
    return with_state(Trunk.objects.filter(account=account, gone_at=None))


def with_state(trunks: QuerySet[Trunk]) -> QuerySet[Trunk]:
    """Trunks with the newest operation's kind and the consolidated state in words (see `State`)."""
    own = Operation.objects.filter(subject_kind=SUBJECT, subject_id=Cast(OuterRef("pk"), CharField()))
    newest = own.order_by("-requested_at").values("kind")[:1]
    related = trunks.select_related("wanted", "live", "data_centre", "plan")
    return related.annotate(state=_state(), action_kind=Subquery(newest))


def _state() -> Case:
    return Case(
        *[When(urgency=place, then=Value(state)) for place, state in enumerate(State.values)],
        output_field=CharField(),
    )


def trunk_of(account: Account, trunk_id: UUID) -> Trunk:
    """One trunk. Raises Http404 for a stranger's, an unknown and a gone one alike."""
    shown = trunks_of(account).select_related("live__quote", "service_address")
    trunk = shown.filter(pk=trunk_id).first()
    if trunk is None:
        raise Http404
    return trunk


def is_gone(account: Account, trunk_id: UUID) -> bool:
    """Whether the account had the trunk once and its deletion is done."""
    return Trunk.objects.filter(account=account, pk=trunk_id, gone_at__isnull=False).exists()


def applied_changes(trunk: Trunk) -> QuerySet[Operation]:
    """The operations by which its revisions became live, the newest first."""
    return operations_of(trunk).filter(kind__in=[OperationKind.CREATE, OperationKind.UPDATE], status=Status.SUCCESS)


def applied_revisions(trunk: Trunk) -> list[TrunkRevision]:
    """The revisions that were live at some time, with their quotes, the newest first."""
    generations = applied_changes(trunk).order_by().values("generation")
    revisions = TrunkRevision.objects.filter(trunk=trunk, generation__in=generations)
    return list(revisions.select_related("quote", "created_by").order_by("-number"))


def earlier_revision(trunk: Trunk) -> TrunkRevision | None:
    """What was live before the revision that the trunk shall have now."""
    if trunk.wanted is None:
        return None
    present = trunk.wanted.number
    return next((revision for revision in applied_revisions(trunk) if revision.number < present), None)


def operations_of(trunk: Trunk) -> QuerySet[Operation]:
    """The history, newest first."""
    return Operation.objects.filter(subject_kind=SUBJECT, subject_id=str(trunk.pk)).select_related("requested_by")


def newest_operations(trunks: Iterable[Trunk]) -> dict[str, Operation]:
    """By trunk id. One query, however many trunks."""
    operations = Operation.objects.filter(subject_kind=SUBJECT, subject_id__in=[str(trunk.pk) for trunk in trunks])
    newest = operations.order_by("subject_id", "-requested_at").distinct("subject_id")
    return {operation.subject_id: operation for operation in newest}


def open_drafts_of(account: Account) -> QuerySet[TrunkDraft]:
    """Orders that somebody began and did not pay."""
    return TrunkDraft.objects.filter(account=account, trunk=None).exclude(answers={})


def nodes_of(data_centre: DataCentre) -> QuerySet[SbcNode]:
    """The nodes whose addresses a customer must let through, primary first."""
    return data_centre.nodes.order_by("-role")


def living(account: Account) -> QuerySet[Trunk]:
    """Trunks that count against limits and take names: not withdrawn."""
    return Trunk.objects.filter(account=account, gone_at=None, withdrawn_at=None)


def released(account: Account) -> QuerySet[Trunk]:
    """Trunks that we disabled and released, and that its people have not enabled since, by name."""
    disabled = Trunk.objects.filter(account=account, gone_at=None, withdrawn_at=None, admin_status=AdminStatus.DISABLED)
    return disabled.filter(released_at__isnull=False).order_by("name")


def host_rules(account: Account, data_centre: DataCentre | None, own: list[Network] | None = None) -> HostRules:
    """What the host validators must know about us: our own addresses (looked up unless given), the lab, the account's
    limit.
    """
    no_ipv6 = data_centre.name if data_centre and not data_centre.supports_ipv6 else ""
    own = own_networks() if own is None else own
    return HostRules(own, lab_networks(), limits_of(account).hosts_per_direction, no_ipv6)


def own_networks() -> list[Network]:
    """Every address of ours: nodes, gateways, and what is published for data centres."""
    rows = SbcNode.objects.values_list("static_address").union(
        SbcNode.objects.values_list("registered_address"),
        DataCentre.objects.values_list("static_address"),
        DataCentre.objects.values_list("registered_address"),
        Gateway.objects.values_list("host"),
    )
    return networks_of(address for (address,) in rows)


def networks_of(addresses: Iterable[str | None]) -> list[Network]:
    """Without those that are not set."""
    return [ipaddress.ip_network(address) for address in addresses if address]


def lab_networks() -> list[Network]:
    """In the lab, the part of its loopback network where customers live."""
    if not settings.LAB:
        return []
    return [list(settings.LAB_NET.subnets(prefixlen_diff=1))[LAB_CUSTOMERS]]
