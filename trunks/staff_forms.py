"""What staff are asked before they suspend a trunk."""

from __future__ import annotations

from accounts.staff_forms import SuspendForm
from trunks.enums import Cause


class SuspendTrunkForm(SuspendForm):
    """The cause ACCOUNT belongs to suspending the account."""

    causes = [choice for choice in Cause.choices if choice[0] != Cause.ACCOUNT]
