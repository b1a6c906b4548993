"""What a customer's trunks should be, in a few lines: the state machine's own idea of the world."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from django.conf import settings

from provisioning.enums import OperationKind, Status
from provisioning.models import Operation
from sbc.documents import TrunkDocument
from trunks.compile import trunk_document
from trunks.enums import AdminStatus
from trunks.models import Trunk
from trunks.specification import TrunkSettings

ENDS_AS = {
    OperationKind.ENABLE: AdminStatus.ENABLED,
    OperationKind.DISABLE: AdminStatus.DISABLED,
    OperationKind.RELEASE: AdminStatus.DISABLED,
    OperationKind.SUSPEND: AdminStatus.SYSTEM_DISABLED,
}


@dataclass(frozen=True)
class Desired:
    """One trunk, as calls should find it; None where there is no trunk."""

    settings: TrunkSettings
    password: str | None
    admin_status: AdminStatus = AdminStatus.ENABLED


@dataclass
class Asked:
    """What was asked of one trunk, by generation: only what the change itself says."""

    created: Desired
    settings: dict[int, TrunkSettings] = field(default_factory=dict)
    passwords: dict[int, str | None] = field(default_factory=dict)

    def now(self, trunk: Trunk) -> Desired | None:
        """Every change that succeeded, one after the other; the others count for nothing."""
        desired = self.created
        for operation in Operation.objects.filter(subject_id=str(trunk.pk)).order_by("generation"):
            kind = OperationKind(operation.kind)
            if operation.status == Status.FAILED or (kind, operation.status) == (kind.DELETE, Status.SUCCESS):
                return None
            if operation.status != Status.SUCCESS:
                continue
            if kind == OperationKind.UPDATE:
                desired = replace(desired, settings=self.settings[operation.generation])
            elif kind == OperationKind.RESET_PASSWORD:
                desired = replace(desired, password=self.passwords[operation.generation])
            else:
                desired = replace(desired, admin_status=ENDS_AS.get(kind, desired.admin_status))
        return desired


def assert_as_desired(trunk: Trunk, desired: Desired | None) -> None:
    """What the trunk's nodes must have, field by field. That they have it is in `tests.world`."""
    document = trunk_document(trunk)
    if desired is None:
        assert document is None
        return
    assert isinstance(document, TrunkDocument)
    ours = desired.settings
    assert document.admin_status == desired.admin_status
    assert (document.channels, document.international) == (ours.channels, ours.international)
    assert document.source_hosts == tuple(ours.source_hosts)
    assert tuple((each.host, each.port) for each in document.destinations) == tuple(ours.destinations)
    if desired.password is not None:
        ha1 = hashlib.md5(f"{trunk.username}:{settings.SIP_REALM}:{desired.password}".encode())
        assert document.ha1_md5 == ha1.hexdigest()
