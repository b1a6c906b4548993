"""What happened to a trunk, in words: its changes and its audit lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEvent, User
from common.templatetags.ui import span
from provisioning.enums import OperationKind, Status
from provisioning.models import Operation
from trunks.models import Trunk
from trunks.models.trunk import SUBJECT

CHANGES: dict[str, Any] = {
    OperationKind.CREATE: gettext_lazy("Create"),
    OperationKind.UPDATE: gettext_lazy("Change settings"),
    OperationKind.ENABLE: gettext_lazy("Enable"),
    OperationKind.DISABLE: gettext_lazy("Disable"),
    OperationKind.RESET_PASSWORD: gettext_lazy("Reset password"),
    OperationKind.DELETE: gettext_lazy("Delete"),
    OperationKind.SUSPEND: gettext_lazy("Suspend"),
    OperationKind.RELEASE: gettext_lazy("Release"),
}
TONES = {Status.PENDING: "busy", Status.SUCCESS: "good", Status.RESET: "warn", Status.FAILED: "bad"}


class Change:
    """An operation as people read it."""

    def __init__(self, operation: Operation, reader: User) -> None:
        self.what = CHANGES[operation.kind]
        self.tone = TONES[Status(operation.status)]
        self.result = operation.label if operation.is_pending else operation.get_status_display()
        self.reason = "" if operation.status == Status.SUCCESS else operation.message
        self.at = operation.requested_at
        self.who = who(operation.requested_by, reader)
        self.took = took(operation.requested_at, operation.finished_at)


def who(person: User | None, reader: User) -> str:
    if person is None:
        return _("the system")
    return _("you") if person == reader else str(person)


def took(begun: datetime, ended: datetime | None) -> str:
    """Like 0.21 s or 3 min; empty while it goes on."""
    if ended is None:
        return ""
    seconds = max(0.0, (ended - begun).total_seconds())
    return _("%(seconds).2f s") % {"seconds": seconds} if seconds < 10 else span(int(seconds))  # noqa: PLR2004 -- ten


def audit_of(trunk: Trunk, reader: User, most: int = 50) -> list[tuple[datetime, str, str]]:
    """When, who, what; the newest first."""
    events = AuditEvent.objects.filter(subject_kind=SUBJECT, subject_id=str(trunk.pk)).select_related("actor")
    return [(event.at, who(event.actor, reader), audit_words(event.action)) for event in events[:most]]


def audit_words(action: str) -> str:
    """`trunk.create.success` → "Create: applied"."""
    kind, _dot, status = action.removeprefix("trunk.").partition(".")
    what = CHANGES.get(kind.upper(), action)
    if status.upper() in Status.values:
        ended = str(Status(status.upper()).label).lower()
        return _("%(what)s: %(ended)s") % {"what": what, "ended": ended}
    return _("%(what)s: asked for") % {"what": what}
