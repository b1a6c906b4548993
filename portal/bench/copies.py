"""Many trunks within seconds: one that was ordered as usual is copied inside the database, with all its rows."""

from __future__ import annotations

from typing import TypeVar

from django.db import connection, transaction
from django.db.models import AutoField, Max, Model

from provisioning.enums import Status
from provisioning.models import NodeState, Operation
from trunks.enums import AdminStatus
from trunks.models import HostClaim, Trunk, TrunkRevision
from trunks.models.trunk import SUBJECT

# How the copy `n` is; every other one is as the original `o`. A few failed, some disabled: what lists sort by.
_STATUS = (
    f"CASE WHEN mod(n, 5000) = 3 THEN '{Status.FAILED}' WHEN mod(n, 1000) = 1 THEN '{Status.RESET}' "
    f"ELSE '{Status.SUCCESS}' END"
)
_ADMIN = f"CASE WHEN mod(n, 50) = 2 THEN '{AdminStatus.DISABLED}' ELSE o.admin_status END"
_NAME = "'Office ' || n"

Row = TypeVar("Row", bound=Model)


@transaction.atomic
def copy_trunk(trunk: Trunk, count: int) -> None:
    """Each copy, "Office 1" and so on, has a quote, a revision, a claim, an operation and node states of its own.
    `trunk` is settled, with its related rows at hand.
    """
    own, quote, revision = _uuid("trunk", trunk), _uuid("quote", trunk), f"{_last_id(TrunkRevision)} + n"
    with connection.cursor() as cursor:
        # The keys are right by construction; checking each of a million would be most of the time.
        cursor.execute("SET LOCAL session_replication_role = replica")
    _copy(trunk.quote, count, id=quote)
    _copy(
        trunk,
        count,
        id=own,
        name=_NAME,
        quote_id=quote,
        wanted_id=revision,
        live_id=revision,
        action=_STATUS,
        admin_status=_ADMIN,
    )
    address = f"'10.0.0.0'::inet + ({revision})"
    _copy_revision(trunk, count, address, id=revision, trunk_id=own, quote_id=quote)
    for claim in HostClaim.objects.filter(trunk=trunk):
        _copy(claim, count, trunk_id=own, address=address)
    about = {"subject_kind": SUBJECT, "subject_id": str(trunk.pk)}
    for operation in Operation.objects.filter(**about):
        words = {"subject_id": f"({own})::text", "subject_name": _NAME, "status": _STATUS}
        _copy(operation, count, id=_uuid("operation", trunk), **words)
    for state in NodeState.objects.filter(**about):
        _copy(state, count, subject_id=f"({own})::text")


def _copy_revision(trunk: Trunk, count: int, address: str, **keys: str) -> None:
    """The next revision that is written as usual gets an id after them all."""
    if trunk.wanted is None:
        raise ValueError(f"{trunk.pk} has no revision")
    _copy(trunk.wanted, count, name=_NAME, source_hosts=f"ARRAY[{address}]", **keys)
    with connection.cursor() as cursor:
        table = TrunkRevision._meta.db_table
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, _last_id(TrunkRevision)])


def _copy(row: Row, count: int, **changed: str) -> None:
    """`changed` is SQL by column, in which `n` counts the copies from 1 and `o` is the original."""
    fields = [field for field in row._meta.local_concrete_fields if not field.generated]
    columns = [str(field.column) for field in fields if field.column in changed or not isinstance(field, AutoField)]
    values = [changed.get(column, f'o."{column}"') for column in columns]
    table, names = row._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    sql = f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} o, generate_series(1, {count:d}) n"  # noqa: S608 -- our own constants
    with connection.cursor() as cursor:
        cursor.execute(sql + " WHERE o.id = %s", [row.pk])


def _uuid(kind: str, trunk: Trunk) -> str:
    return f"md5('{kind} {trunk.pk} ' || n)::uuid"


def _last_id(model: type[TrunkRevision]) -> int:
    last: int = model.objects.aggregate(last=Max("pk"))["last"] or 0
    return last
