"""What happened to a trunk, in words: its changes with what they changed, and its audit lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEvent, User
from common.templatetags.ui import moment_words, span
from provisioning.enums import OperationKind, Status
from provisioning.models import Operation
from trunks.differences import Difference, differences
from trunks.enums import Cause
from trunks.models import Trunk, TrunkRevision
from trunks.models.trunk import SUBJECT
from trunks.selectors import applied_changes
from trunks.specification import TrunkSettings

CHANGES: dict[str, Any] = {
    OperationKind.CREATE: gettext_lazy("Create"),
    OperationKind.UPDATE: gettext_lazy("Change settings"),
    OperationKind.ENABLE: gettext_lazy("Enable"),
    OperationKind.DISABLE: gettext_lazy("Disable"),
    OperationKind.RESET_PASSWORD: gettext_lazy("Reset password"),
    OperationKind.DELETE: gettext_lazy("Delete"),
    OperationKind.SUSPEND: gettext_lazy("Suspended by support"),
    OperationKind.RELEASE: gettext_lazy("Released by support"),
}
# What else the audit trail says about a trunk.
EVENTS: dict[str, Any] = {
    "password_shown": gettext_lazy("Looked at the password"),
    "password_acknowledged": gettext_lazy("Kept the password and closed it"),
    "reconcile": gettext_lazy("Had the nodes read and written again"),
    "rollback": gettext_lazy("Had the change taken back"),
}
# These words say already who did it.
BY_SUPPORT = frozenset({OperationKind.SUSPEND, OperationKind.RELEASE})
TONES = {Status.PENDING: "busy", Status.SUCCESS: "good", Status.RESET: "warn", Status.FAILED: "bad"}


class Change:
    """An operation in words. `number` is that of the revision it asked for, `differences` what is new in that one."""

    def __init__(
        self, operation: Operation, reader: User, number: int | None = None, changed: Sequence[Difference] = ()
    ) -> None:
        self.what = CHANGES[operation.kind]
        self.number, self.differences = number, changed
        self.status, self.kind = Status(operation.status), OperationKind(operation.kind)
        self.tone = TONES[self.status]
        self.result = operation.label if operation.is_pending else operation.get_status_display()
        self.reason = "" if operation.status == Status.SUCCESS else operation.message
        self.at = operation.requested_at
        self.who = who(operation.requested_by, reader)
        self.took = took(operation.requested_at, operation.finished_at)

    @property
    def deed(self) -> str:
        """What was done by whom: "Edit, by Ana"."""
        words = {"what": self.what, "who": self.who}
        return str(self.what) if self.kind in BY_SUPPORT else _("%(what)s, by %(who)s") % words

    @property
    def was_rejected(self) -> bool:
        """New settings that came to nothing; they are kept."""
        return self.kind == OperationKind.UPDATE and self.status == Status.RESET


def changes_of(trunk: Trunk, operations: Iterable[Operation], reader: User) -> list[Change]:
    """Two queries, however many operations."""
    revisions = {revision.generation: revision for revision in TrunkRevision.objects.filter(trunk=trunk)}
    applied = applied_changes(trunk).values_list("generation", flat=True)
    live = [revisions[generation] for generation in applied if generation in revisions]
    return [_change(operation, reader, revisions.get(operation.generation), live) for operation in operations]


def _change(operation: Operation, reader: User, wanted: TrunkRevision | None, live: list[TrunkRevision]) -> Change:
    """`live`: the revisions that were applied at some time, the newest first."""
    if wanted is None:
        return Change(operation, reader)
    before = next((revision for revision in live if revision.number < wanted.number), None)
    changed = differences(TrunkSettings.of(before), TrunkSettings.of(wanted)) if before else []
    return Change(operation, reader, wanted.number, changed)


def underway(operation: Operation, reader: User) -> str:
    """Of a pending operation: "Saving since 14:02 (UTC) by Ana. Waiting for the backup node"."""
    words = {
        "doing": operation.get_kind_display().capitalize(),
        "time": moment_words(operation.requested_at),
        "who": who(operation.requested_by, reader),
        "step": operation.message or operation.get_step_display(),
    }
    return _("%(doing)s since %(time)s by %(who)s. %(step)s") % words


def who(person: User | None, reader: User) -> str:
    """Staff who act for us are named only among themselves."""
    if person is None:
        return _("the system")
    if person == reader:
        return _("you")
    return _("our support") if person.is_staff and not reader.is_staff else str(person)


def took(begun: datetime, ended: datetime | None) -> str:
    """Like 0.21 s or 3 min; empty while it goes on."""
    if ended is None:
        return ""
    seconds = max(0.0, (ended - begun).total_seconds())
    return _("%(seconds).2f s") % {"seconds": seconds} if seconds < 10 else span(int(seconds))  # noqa: PLR2004 -- ten


def audit_of(trunk: Trunk, reader: User, most: int = 50) -> list[tuple[datetime, str, str]]:
    """When, who, what; the newest first."""
    events = AuditEvent.objects.filter(subject_kind=SUBJECT, subject_id=str(trunk.pk)).select_related("actor")
    return [(event.at, who(event.actor, reader), audit_words(event.action, event.details)) for event in events[:most]]


def audit_words(action: str, details: dict[str, Any] | None = None) -> str:
    """`trunk.create.success` → "Create: applied". The reason that support keeps for itself is never part of it."""
    said = details or {}
    kind, _dot, status = action.partition(".")[2].partition(".")
    if kind in {"suspension", "released"}:
        return _of_support(kind, said)
    if "support" in said:
        did = str(EVENTS.get(kind, kind))
        return _("Changed by support: %(did)s") % {"did": did[:1].lower() + did[1:]}
    what = CHANGES.get(kind.upper())
    if what is None:
        return str(EVENTS.get(kind, kind.replace("_", " ").capitalize()))
    if status.upper() in Status.values:
        ended = str(Status(status.upper()).label).lower()
        return _("%(what)s: %(ended)s") % {"what": what, "ended": ended}
    return _("%(what)s: asked for") % {"what": what}


def _of_support(kind: str, said: dict[str, Any]) -> str:
    """With the cause and the note for the customer, where there are any."""
    cause = said.get("cause", "")
    named = str(Cause(cause).label) if cause in Cause.values and cause != Cause.OTHER else ""
    why = ". ".join(filter(None, [named, said.get("note", "")]))
    did = CHANGES[OperationKind.RELEASE if kind == "released" else OperationKind.SUSPEND]
    return f"{did}: {why}" if why else str(did)
