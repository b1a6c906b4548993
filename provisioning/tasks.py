"""What Celery may run: a nudge for one operation or one subject, and a round of the sweep."""

from __future__ import annotations

from celery import shared_task

from provisioning import engine, sweeps


@shared_task(name="provisioning.run_operation")
def run_operation(operation_id: str) -> None:
    """Look at one operation now."""
    engine.run(operation_id)


@shared_task(name="provisioning.write_subject")
def write_subject(kind: str, id: str) -> None:
    """Write what the nodes owe of a subject that changes without operations, now."""
    sweeps.write_subject(kind, id)


@shared_task(name="provisioning.sweep")
def sweep() -> None:
    """Look at everything that is due."""
    sweeps.sweep()
