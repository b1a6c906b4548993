"""What the portal itself adds to the trunk page: in the lab, a button for a test call."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.access import signed_member
from accounts.enums import Right
from portal.test_calls import why_no_call
from trunks.enums import AdminStatus
from trunks.models import Trunk
from trunks.panels import Panel


def test_call(request: HttpRequest, trunk: Trunk) -> Panel | None:
    """Nothing outside the lab, with simulated nodes, for members who may only look, and on a trunk without calls. Where
    the lab has no telephone that could stand in for the equipment, the reason instead of the button.
    """
    if not settings.LAB or settings.MEMORY_NODES or not signed_member(request).may(Right.CHANGE_TRUNKS):
        return None
    if trunk.admin_status != AdminStatus.ENABLED or trunk.live_id is None or trunk.withdrawn_at is not None:
        return None
    context = {"trunk": trunk, "why_not": why_no_call(trunk)}
    return Panel(_("Test call"), "portal/test_call_panel.html", position=90, context=context)
