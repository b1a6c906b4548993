"""Deletes a trunk."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import Conflict
from provisioning.enums import OperationKind
from trunks.models import Trunk
from trunks.services.accepting import accept_change, lock_trunk


def delete_trunk(trunk: Trunk, actor: User) -> None:
    """Take the trunk off its nodes for good. Raises Conflict while a change is pending that it cannot overtake, and
    when it is gone already.
    """
    with transaction.atomic():
        trunk = lock_trunk(trunk)
        if trunk.gone_at is not None:
            raise Conflict(_("This trunk is deleted already"))
        accept_change(OperationKind.DELETE, trunk, actor, withdrawn_at=trunk.withdrawn_at or Now())
