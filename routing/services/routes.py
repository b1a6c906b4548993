"""Creates and changes routes: a new revision, and the operation that brings it to the nodes."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import lock_account, refuse_if_suspended
from common.errors import ChangedMeanwhile, Conflict
from common.templatetags.ui import moment_words
from provisioning.enums import OperationKind
from provisioning.models import Operation
from provisioning.operations import accept
from routing.judging import judged, validate_room
from routing.models import Route, RouteEntry, RouteRevision
from routing.models.route import SUBJECT
from routing.route_selectors import applied_revisions
from routing.specification import RouteSettings


def create_route(account_id: UUID, settings: RouteSettings, actor: User) -> Route:
    """Raises AccountSuspended, and ValidationError keyed by "name", "entries" or nothing."""
    with transaction.atomic():
        account = lock_account(account_id)
        refuse_if_suspended(account)
        validate_room(account)
        settings = judged(account, settings, None)
        route = Route.objects.create(account=account, name=settings.name, created_by=actor)
        route.wanted = _write(route, settings, 1, actor)
        route.save(update_fields=["wanted"])
        accept_route(OperationKind.CREATE, route, actor)
        return route


def change_route(route: Route, settings: RouteSettings, *, seen: int, actor: User) -> Operation | None:
    """Have the nodes get the settings; None when nothing differs. `seen` is the number of the revision that the person
    looked at.

    Raises AccountSuspended, Conflict (V-OP-1, V-OP-4), ChangedMeanwhile (V-OP-2) and ValidationError as above; then
    nothing changed.
    """
    with transaction.atomic():
        route = lock_route(route)
        before = route.wanted
        if before is None or before.number != seen:
            raise ChangedMeanwhile(changed_words(before), code="V-OP-2")
        settings = judged(route.account, settings, route)
        if settings == RouteSettings.of(before):
            return None
        number = (route.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
        route.generation += 1
        route.wanted, route.name = _write(route, settings, number, actor), settings.name
        route.save(update_fields=["generation", "wanted", "name"])
        return accept_route(OperationKind.UPDATE, route, actor)


def revert_route(route: Route, *, seen: int, actor: User) -> Operation | None:
    """Undo: go back to what was live before the present revision. Raises like `change_route`."""
    earlier = next((revision for revision in applied_revisions(route) if revision.number < seen), None)
    if earlier is None:
        raise Conflict(_("There is no earlier revision to go back to"), code="V-OP-5")
    return change_route(route, RouteSettings.of(earlier), seen=seen, actor=actor)


def lock_route(route: Route) -> Route:
    """The route as it is now, nobody else's until the transaction ends: account first, then route. Raises
    AccountSuspended, and Conflict V-OP-4 for a route that can only be deleted.
    """
    account = lock_account(route.account_id)
    locked = Route.objects.select_for_update(of=("self",)).select_related("wanted", "live").get(pk=route.pk)
    locked.account = account
    refuse_if_suspended(account)
    if locked.withdrawn_at is not None:
        raise Conflict(_("This route cannot be changed. Delete it and create a new one"), code="V-OP-4")
    return locked


def accept_route(kind: OperationKind, route: Route, actor: User | None) -> Operation:
    """The operation of the route's present generation. Raises Conflict V-OP-1 while another change is pending."""
    return accept(
        kind,
        subject_kind=SUBJECT,
        subject_id=str(route.pk),
        subject_name=route.name,
        generation=route.generation,
        account=route.account,
        actor=actor,
    )


def changed_words(latest: RouteRevision | None, reader: User | None = None) -> str:
    """V-OP-2: who was quicker, and when; in another window where that is the reader."""
    if latest is None:
        return _("This route changed meanwhile. Check the differences and save again")
    words = {"who": latest.created_by or _("The system"), "time": moment_words(latest.created_at)}
    if reader is not None and latest.created_by == reader:
        return _("You changed this route in another window at %(time)s. Check the differences and save again") % words
    return _("%(who)s changed this route at %(time)s. Check the differences and save again") % words


def _write(route: Route, settings: RouteSettings, number: int, actor: User) -> RouteRevision:
    revision = RouteRevision.objects.create(
        route=route, number=number, generation=route.generation, name=settings.name, created_by=actor
    )
    RouteEntry.objects.bulk_create(
        RouteEntry(
            revision=revision,
            position=position,
            trunk_id=entry.trunk_id or None,
            phone=entry.phone,
            ring_seconds=entry.ring_seconds,
            hunt_on=list(entry.hunt_on),
        )
        for position, entry in enumerate(settings.entries, start=1)
    )
    return revision
