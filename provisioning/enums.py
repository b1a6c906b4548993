"""Words of operations, as stored and as shown."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OperationKind(models.TextChoices):
    CREATE = "CREATE", _("creating")
    UPDATE = "UPDATE", _("saving")
    ENABLE = "ENABLE", _("enabling")
    DISABLE = "DISABLE", _("disabling")
    RESET_PASSWORD = "RESET_PASSWORD", _("resetting password")
    DELETE = "DELETE", _("deleting")
    SUSPEND = "SUSPEND", _("suspending")
    RELEASE = "RELEASE", _("releasing")


NEVER_GIVES_UP = frozenset({OperationKind.DELETE, OperationKind.DISABLE, OperationKind.SUSPEND})
# Given up, these go back to a state without calls. A node that cannot be reached is owed that, as after a DISABLE.
GOES_BACK_TO_SILENCE = frozenset({OperationKind.CREATE, OperationKind.ENABLE, OperationKind.RELEASE})


class Status(models.TextChoices):
    PENDING = "PENDING", _("Pending")
    SUCCESS = "SUCCESS", _("Applied")
    RESET = "RESET", _("Not applied, restored")
    FAILED = "FAILED", _("Failed")


class Step(models.TextChoices):
    """Where the engine is; also the names of its failpoints."""

    CLAIM = "claim", _("Waiting to start")
    COMPILE = "compile", _("Preparing")
    PUT = "put", _("Writing to the nodes")
    READ_BACK = "read_back", _("Reading back from the nodes")
    SETTLE = "settle", _("Finishing")


class NodeRole(models.TextChoices):
    PRIMARY = "PRIMARY", _("Primary")
    BACKUP = "BACKUP", _("Backup")


class CheckCode(models.IntegerChoices):
    """What is no status of a SIP answer: why a destination was not reached at all."""

    NAME_LOST = 1, _("its name leads nowhere")
    NAME_REFUSED = 2, _("its name leads to an address that is not allowed")
    NO_ANSWER = 408, _("no answer")


class RegistrationStatus(models.TextChoices):
    REGISTERED = "REGISTERED", _("Registered")
    UNREGISTERED = "UNREGISTERED", _("Unregistered")
    UNKNOWN = "UNKNOWN", _("Unknown")
