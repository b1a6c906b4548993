"""Data centres with their nodes and gateways; operations; what each node was asked for and was read back to have."""

from provisioning.models.facts import DestinationCheck, FailedSignIn, GroupCalls, Registration
from provisioning.models.network import DataCentre, Gateway, ProviderSource, SbcNode
from provisioning.models.node_state import NodeState
from provisioning.models.operation import Operation

__all__ = [
    "DataCentre",
    "DestinationCheck",
    "FailedSignIn",
    "Gateway",
    "GroupCalls",
    "NodeState",
    "Operation",
    "ProviderSource",
    "Registration",
    "SbcNode",
]
