"""Asks a node of a data centre what it would do now with a call."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from provisioning.models import SbcNode
from provisioning.nodes import client_of
from sbc.client import NodeError
from sbc.documents import RouteDocument
from sbc.rehearsal import Rehearsal, RehearsedEntry

__all__ = ["Rehearsal", "RehearsedEntry", "Said", "rehearse_at"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """Which node said what."""

    node: SbcNode
    rehearsal: Rehearsal


def rehearse_at(data_centre: str, number: str, caller: str, route: RouteDocument | None = None) -> Said | None:
    """What the primary node says, or the backup where the primary does not answer; None when neither does. A node that
    did not answer lately is asked last. `number`, `caller` and `route` as in `sbc.client.NodeClient.rehearse`.
    """
    nodes = SbcNode.objects.filter(data_centre=data_centre).order_by("-role")
    for node in sorted(nodes, key=lambda node: node.failing_since is not None):
        try:
            return Said(node, client_of(node.agent_url).rehearse(number, caller, route))
        except NodeError as trouble:
            logger.info("node %s did not rehearse a call: %s", node, trouble)
    return None
