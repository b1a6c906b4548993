"""One route: how it is, what it does, which numbers use it, what happened to it; and the rehearsal of a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from accounts.access import account_of, actor_of, needs, signed_member
from accounts.enums import Right
from common.htmx import go_to, render_page_or_part
from common.polling import Part, answer, part, poll_url
from provisioning.models import NodeState
from routing.forms.rehearsal import RehearsalForm
from routing.judging import trunks_in
from routing.models import Number, Route
from routing.proof import Proof, proofs_of
from routing.route_condition import condition, node_lines
from routing.route_history import History, actions_of
from routing.route_selectors import is_gone, numbers_using, route_of, states_of
from routing.route_words import is_deleted, name_of, preview, reasons_in_words, remarks
from routing.specification import EntrySettings, RouteSettings
from routing.views.rehearsals import rehearsal_form, rehearsed
from routing.views.routes import trunks_of
from trunks.actions import why_not_listed
from trunks.history import Change
from trunks.models import Trunk
from trunks.statuses import can_try_again, can_undo

NUMBERS_SHOWN = 50
# In the address of a poll: the page shows a change that is under way.
CHANGING = "changing"


class Shown(NamedTuple):
    """What polls replace, the sentence first; whether something is still to come, and whether a change is."""

    parts: list[Part]
    is_pending: bool
    is_changing: bool

    def next_url(self, route: Route) -> str:
        if not self.is_pending:
            return ""
        url = poll_url(reverse("routes:detail_status", args=[route.pk]), self.parts)
        return f"{url}&{CHANGING}=1" if self.is_changing else url


class Line(NamedTuple):
    """One entry as the page shows it. `trunk` is None for a phone number."""

    entry: EntrySettings
    trunk: Trunk | None
    name: str
    reasons: str
    is_deleted: bool
    is_last: bool


@needs(Right.SEE_TRUNKS)
@require_GET
def route_detail(request: HttpRequest, route_id: UUID) -> HttpResponse:
    account = account_of(request)
    route = route_of(account, route_id)
    trunks, numbers = trunks_of(route), list(numbers_using(route)[:NUMBERS_SHOWN])
    settings = settings_of(route)
    history, states = History(route, actor_of(request)), states_of([route])[str(route.pk)]
    shown = what_changes(request, route, history, states)
    places = {state.node.data_centre_id: state.node.data_centre for state in states if not state.wants_absent}
    context = {
        "route": route,
        "parts": {each.id.removeprefix("route-"): each for each in shown.parts},
        "poll_url": shown.next_url(route),
        "lines": lines_of(settings, trunks),
        "preview": preview(settings.entries, trunks),
        "remarks": remarks(settings.entries, trunks),
        "numbers": with_proofs(numbers),
        "more_numbers": max(0, route.used_by - NUMBERS_SHOWN),  # type: ignore[attr-defined]  # an annotation
        "changes": history.changes(),
        "is_long": history.is_long,
        "may_change": signed_member(request).may(Right.CHANGE_TRUNKS),
        "rehearsal": RehearsalForm(None, numbers=numbers, places=places.values(), own=()),
    }
    return render(request, "routing/routes/detail.html", context)


def settings_of(route: Route) -> RouteSettings:
    assert route.wanted is not None, "written in the transaction that creates the route"
    return RouteSettings.of(route.wanted)


def lines_of(settings: RouteSettings, trunks: dict[str, Trunk]) -> list[Line]:
    last = len(settings.entries) - 1
    return [
        Line(
            entry,
            trunks.get(entry.trunk_id),
            name_of(entry, trunks),
            reasons_in_words(entry.hunt_on),
            is_deleted(entry, trunks),
            at == last,
        )
        for at, entry in enumerate(settings.entries)
    ]


def with_proofs(numbers: list[Number]) -> list[tuple[Number, Proof]]:
    proofs = proofs_of(numbers)
    return [(number, proofs[number.pk]) for number in numbers]


@needs(Right.SEE_TRUNKS)
@require_GET
def detail_status(request: HttpRequest, route_id: UUID) -> HttpResponse:
    """What changed on the page. A route that has gone meanwhile leads to the list, which says so."""
    account = account_of(request)
    if is_gone(account, route_id):
        return go_to(reverse("routes:list"))
    route = route_of(account, route_id)
    shown = what_changes(request, route, History(route, actor_of(request)), states_of([route])[str(route.pk)])
    has_ended = CHANGING in request.GET and not shown.is_changing
    announce = f"{route}: {shown.parts[0].html}" if has_ended or not shown.is_pending else ""
    return answer(request, shown.parts, next_url=shown.next_url(route), announce=announce)


def what_changes(request: HttpRequest, route: Route, history: History, states: Sequence[NodeState]) -> Shown:
    now, operation = timezone.now(), history.newest
    found = condition(route, operation, states, now)
    actions = actions_of(route, operation, signed_member(request))
    facts: dict[str, Any] = {
        "sentence": {"condition": found},
        "actions": {"route": route, "actions": actions, "why": why_not_listed(actions)},
        "rejected": rejected(request, history),
        "action": last_change(request, history),
        "nodes": {"lines": node_lines(route, states, now)},
        "refresh": {"pending": found.is_pending},
    }
    parts = [part(f"route-{name}", f"routing/routes/parts/{name}.html", context) for name, context in facts.items()]
    return Shown(parts, found.is_pending, operation is not None and operation.is_pending)


def last_change(request: HttpRequest, history: History) -> dict[str, Any]:
    route, operation = history.route, history.newest
    may_undo = can_undo(operation) and signed_member(request).may(Right.CHANGE_TRUNKS)
    return {
        "route": route,
        "change": Change(operation, history.reader) if operation else None,
        "earlier": history.before(route.wanted) if may_undo else None,
    }


def rejected(request: HttpRequest, history: History) -> dict[str, Any]:
    """What the last change wanted, while it is the last one and came to nothing; else nothing."""
    route, operation = history.route, history.newest
    wanted = history.revisions.get(operation.generation) if operation and can_try_again(operation) else None
    if operation is None or wanted is None or route.wanted is None:
        return {}
    return {
        "route": route,
        "revision": wanted,
        "change": Change(operation, history.reader),
        "differences": history.differences(history.revisions[route.wanted.generation], wanted),
        "may_change": signed_member(request).may(Right.CHANGE_TRUNKS),
    }


@needs(Right.SEE_TRUNKS)
@require_safe
def rehearsal(request: HttpRequest, route_id: UUID) -> HttpResponse:
    """What the nodes would do now with a call to the route, as they have it."""
    account = account_of(request)
    route = route_of(account, route_id)
    settings = RouteSettings.of(route.live) if route.live else settings_of(route)
    trunks = dict(trunks_in(account, settings.trunk_ids))
    form = rehearsal_form(request.GET if "called" in request.GET else None, account, route, trunks.values())
    found = rehearsed(form, settings.entries, trunks, account, saved=not is_changing(route)) if form.is_bound else None
    context = {"route": route, "rehearsal": form, "rehearsed": found, "preview": preview(settings.entries, trunks)}
    status = 422 if form.is_bound and form.errors else 200
    return render_page_or_part(
        request,
        "routing/routes/rehearsal.html",
        context,
        part="routing/routes/parts/rehearsed.html",
        status=status,
    )


def is_changing(route: Route) -> bool:
    return route.live_id != route.wanted_id
