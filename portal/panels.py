"""What the portal itself adds to the trunk page: in the lab, a button for a test call."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from accounts.access import signed_member
from accounts.enums import Right
from trunks.enums import AdminStatus, TrunkKind
from trunks.models import Trunk
from trunks.panels import Panel


def test_call(request: HttpRequest, trunk: Trunk) -> Panel | None:
    """Nothing outside the lab, with simulated nodes, for members who may only look, on a trunk without calls, and where
    the lab has no telephone that could stand in for the equipment: it has one for source addresses only.
    """
    if not settings.LAB or settings.MEMORY_NODES or not signed_member(request).may(Right.CHANGE_TRUNKS):
        return None
    if trunk.admin_status != AdminStatus.ENABLED or trunk.withdrawn_at is not None or trunk.kind != TrunkKind.STATIC:
        return None
    return Panel("Test call", "portal/test_call_panel.html", position=90, context={"trunk": trunk})
