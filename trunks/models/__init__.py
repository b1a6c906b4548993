"""The trunk, its revisions and credentials, the claims on source addresses, and the half-finished order."""

from trunks.models.claim import HostClaim
from trunks.models.credential import Credential, OneTimeSecret
from trunks.models.draft import TrunkDraft
from trunks.models.trunk import Trunk, TrunkRevision

__all__ = ["Credential", "HostClaim", "OneTimeSecret", "Trunk", "TrunkDraft", "TrunkRevision"]
