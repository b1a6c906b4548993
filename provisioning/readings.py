"""Reads from the nodes what is true there: who is registered, what answers, what is up, certificates."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from provisioning.enums import CheckCode
from provisioning.models import DestinationCheck, FailedSignIn, GroupCalls, Registration, SbcNode
from provisioning.nodes import client_of
from sbc import client
from sbc.client import NodeError

_NAMES = {"lost": CheckCode.NAME_LOST, "refused": CheckCode.NAME_REFUSED}
logger = logging.getLogger(__name__)
Row = TypeVar("Row", Registration, DestinationCheck, FailedSignIn, GroupCalls)


def read_facts(node: SbcNode) -> None:
    """Once in NODE_FACTS_SECONDS. A node that cannot say it keeps its rows: `facts_read_at` tells how old they are."""
    before = Now() - timedelta(seconds=settings.NODE_FACTS_SECONDS)
    due = SbcNode.objects.filter(Q(facts_read_at=None) | Q(facts_read_at__lt=before), pk=node.pk)
    if not due.exists():
        return
    agent = client_of(node.agent_url)
    try:
        registrations = [_registration(node, found) for found in agent.registrations()]
        checks = [_check(node, found) for found in agent.checks()]
        calls = [GroupCalls(node=node, subject_id=group, calls=count) for group, count in agent.calls().items()]
        certificate = agent.certificate()
        failed = agent.failures()
    except NodeError as trouble:
        logger.info("the facts of node %s could not be read: %s", node, trouble)
        return
    if failed.left_off:
        logger.info("node %s has %d more failed sign-ins, older ones", node, failed.left_off)
    with transaction.atomic():
        known = {"certificate": asdict(certificate)} if certificate else {}
        SbcNode.objects.filter(pk=node.pk).update(facts_read_at=Now(), **known)
        _replace(Registration.objects.filter(node=node), registrations)
        _replace(DestinationCheck.objects.filter(node=node), checks)
        _replace(GroupCalls.objects.filter(node=node), calls)
        _replace(FailedSignIn.objects.filter(node=node), [_failure(node, found) for found in failed.latest])


def _replace(rows: QuerySet[Row], reported: Sequence[Row]) -> None:
    """Make the rows equal to what the node reported; a row that did not change is left alone."""
    columns = [field.attname for field in rows.model._meta.concrete_fields if not field.primary_key]
    held = {values[1:]: values[0] for values in rows.values_list("pk", *columns)}
    wanted = {tuple(getattr(row, column) for column in columns): row for row in reported}
    rows.filter(pk__in=[pk for values, pk in held.items() if values not in wanted]).delete()
    new = [row for values, row in wanted.items() if values not in held]
    rows.bulk_create(new, ignore_conflicts=True)


def _registration(node: SbcNode, found: client.Registration) -> Registration:
    return Registration(
        node=node,
        subject_id=found.trunk_id,
        contact=_plain(found.contact, 512),
        source=_plain(found.source, 128),
        user_agent=_plain(found.user_agent, 255),
        since=_at(found.since),
        refreshed_at=_at(found.refreshed_at),
        expires_at=_at(found.expires_at),
    )


def _check(node: SbcNode, found: client.Check) -> DestinationCheck:
    return DestinationCheck(
        node=node,
        subject_id=found.trunk_id,
        host=found.host,
        port=found.port,
        alive=found.alive,
        code=_NAMES.get(found.name, found.code),
        round_trip_ms=found.round_trip_ms,
        answered_at=_at(found.answered_at) if found.answered_at else None,
        tried_at=_at(found.tried_at) if found.tried_at else None,
        missed=found.missed,
    )


def _failure(node: SbcNode, found: client.FailedSignIn) -> FailedSignIn:
    return FailedSignIn(
        node=node,
        subject_id=found.trunk_id,
        source=_plain(found.source, 64),
        count=found.count,
        last_at=_at(found.last_at),
    )


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _plain(text: str, longest: int) -> str:
    """Customers' equipment may send anything; the database takes no NUL."""
    return "".join(letter for letter in text if letter.isprintable())[:longest]
