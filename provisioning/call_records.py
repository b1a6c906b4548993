"""Asks nodes for the records of ended calls; what becomes of them is for the layer above."""

from __future__ import annotations

import logging

from provisioning.models import SbcNode
from provisioning.nodes import client_of
from sbc.agent.records import CallRecord
from sbc.client import NodeError, RecordPage

__all__ = ["CallRecord", "RecordPage", "read_records"]

logger = logging.getLogger(__name__)


def read_records(node: SbcNode, store: str, after: int, limit: int) -> RecordPage | None:
    """The records after a cursor, which tells the node that all before are safe here. None when it cannot say."""
    try:
        return client_of(node.agent_url).records(store, after, limit)
    except NodeError as trouble:
        logger.info("the call records of node %s could not be read: %s", node, trouble)
        return None
