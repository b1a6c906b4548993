"""The trunk, its revisions, the claims on source addresses, and the half-finished order."""

from trunks.models.claim import HostClaim
from trunks.models.draft import TrunkDraft
from trunks.models.trunk import Trunk, TrunkRevision

__all__ = ["HostClaim", "Trunk", "TrunkDraft", "TrunkRevision"]
