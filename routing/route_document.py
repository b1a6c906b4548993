"""Makes the document of a route."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from routing.models import Route, RouteEntry
from routing.specification import EntrySettings
from sbc.documents import Entry, RouteDocument
from trunks.models import Trunk


def route_document(route: Route) -> RouteDocument | None:
    """What the nodes must have of the route now; None when they must not have it."""
    if route.withdrawn_at is not None or route.wanted_id is None:
        return None
    entries = RouteEntry.objects.filter(revision=route.wanted_id).select_related("trunk").order_by("position")
    return RouteDocument(
        id=str(route.pk),
        account_id=str(route.account_id),
        entries=tuple(
            Entry(
                trunk_id=str(entry.trunk_id or ""),
                data_centre=entry.trunk.data_centre_id if entry.trunk else "",
                phone=entry.phone,
                ring_seconds=entry.ring_seconds,
                hunt_on=tuple(entry.hunt_on),
            )
            for entry in entries
        ),
    )


def unsaved_document(
    account_id: object, entries: Iterable[EntrySettings], trunks: Mapping[str, Trunk]
) -> RouteDocument:
    """Of entries that somebody may save, or of some entries of a route; `trunks` by id as text."""
    return RouteDocument(
        id="rehearsal",
        account_id=str(account_id),
        entries=tuple(
            Entry(
                trunk_id=entry.trunk_id,
                data_centre=trunks[entry.trunk_id].data_centre_id if entry.trunk_id else "",
                phone=entry.phone,
                ring_seconds=entry.ring_seconds,
                hunt_on=tuple(entry.hunt_on),
            )
            for entry in entries
        ),
    )
