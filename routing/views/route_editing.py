"""Changes a route: asks, shows what would change, saves; and goes back to what was live before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import account_of, actor_of, needs
from accounts.enums import Right
from common.errors import ChangedMeanwhile, Conflict
from provisioning.models import Operation
from routing.forms.route import RouteForm, as_posted
from routing.judging import trunks_in
from routing.models import Route
from routing.route_differences import differences
from routing.route_selectors import earlier_revision, numbers_using, operations_of, route_of
from routing.route_words import for_calls, preview
from routing.services import change_route, revert_route
from routing.services.routes import changed_words
from routing.specification import RouteSettings
from routing.views.route_pages import (
    CONFLICT,
    UNPROCESSABLE,
    back_to,
    blame,
    changeable,
    editor_page,
    is_number,
    number_of,
    pending_words,
    see_other,
)
from trunks.statuses import can_undo

# Web servers take addresses of some 8,000 bytes.
LONGEST_ADDRESS = 7000
Save = Callable[[], Operation | None]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants to save on top of the revision that they saw; `url` takes it."""

    route: Route
    settings: RouteSettings
    seen: int
    url: str
    title: str
    verb: str
    # Whether the page can lead back to the form with the same answers.
    is_typed: bool = True


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, route_id: UUID) -> HttpResponse:
    """GET asks; `from` names a revision to begin with. POST with action=save saves what was checked, a list's button
    and the rehearsal's show the answers again; any other leads to the page that checks.
    """
    route = changeable(request, route_id)
    if request.method != "POST":
        form = RouteForm(as_posted(first_settings(request, route)), account=route.account, route=route)
        form.leave_unjudged()
        return editor_page(request, form, seen=number_of(route), locks=True)
    address = check_url(route, request.POST)
    action = request.POST.get("action", "")
    if action in {"save", "back", "rehearse"} or ":" in action or len(address) > LONGEST_ADDRESS:
        return submit(request, route, request.POST)
    return see_other(address)


@needs(Right.CHANGE_TRUNKS)
@require_safe
def edit_check(request: HttpRequest, route_id: UUID) -> HttpResponse:
    """Shows what would change. The answers stand in the address (none is a secret), so that Back and Reload work."""
    return submit(request, changeable(request, route_id), request.GET)


def check_url(route: Route, answers: QueryDict) -> str:
    answers = answers.copy()
    for name in ("csrfmiddlewaretoken", "called", "caller", "entries_add"):
        answers.pop(name, None)
    return f"{reverse('routes:edit_check', args=[route.pk])}?{answers.urlencode()}"


def first_settings(request: HttpRequest, route: Route) -> RouteSettings:
    """What the form begins with: the revision asked for, such as a rejected one, else the present one."""
    asked = request.GET.get("from", "")
    found = route.revisions.filter(number=int(asked)).first() if is_number(asked) else None
    return RouteSettings.of(found) if found else present_settings(route)


def present_settings(route: Route) -> RouteSettings:
    assert route.wanted is not None, "written in the transaction that creates the route"
    return RouteSettings.of(route.wanted)


def submit(request: HttpRequest, route: Route, answers: QueryDict) -> HttpResponse:
    """What is right goes on to be checked or saved; everything else shows the form again."""
    revision = str(answers.get("revision", ""))
    seen = int(revision) if is_number(revision) else 0
    form = RouteForm(answers, account=route.account, route=route)
    if form.rework():
        return editor_page(request, form, seen=seen)
    if answers.get("action") in {"back", "rehearse"}:
        form.leave_unjudged()
        return editor_page(request, form, seen=seen)
    if not form.is_valid():
        return editor_page(request, form, seen=seen, status=UNPROCESSABLE)
    return propose(request, form, seen)


def propose(request: HttpRequest, form: RouteForm, seen: int) -> HttpResponse:
    """Check or save right answers, unless somebody was quicker, is still at it, or nothing differs."""
    route, wanted = form.route, form.settings()
    assert route is not None, "of a route that is there"
    if wanted == present_settings(route):
        messages.info(request, _("Nothing differs from how the route is"))
        return editor_page(request, form, seen=number_of(route), locks=True)
    if seen != number_of(route):
        return conflict_page(request, route, wanted)
    if pending_words(request, route):
        return editor_page(request, form, seen=seen, status=CONFLICT)
    proposal = Proposal(
        route,
        wanted,
        seen,
        url=reverse("routes:edit", args=[route.pk]),
        title=_("Check your changes"),
        verb=_("Save changes"),
    )
    return save_edit(request, form, proposal) if request.POST.get("action") == "save" else check_page(request, proposal)


def save_edit(request: HttpRequest, form: RouteForm, proposal: Proposal) -> HttpResponse:
    try:
        change_route(proposal.route, proposal.settings, seen=proposal.seen, actor=actor_of(request))
    except ChangedMeanwhile:
        return conflict_page(request, route_of(form.account, proposal.route.pk), proposal.settings)
    except Conflict as conflict:
        if conflict.code != "V-OP-1":
            conflict.back_url = reverse("routes:detail", args=[proposal.route.pk])
            raise
        return editor_page(request, form, seen=proposal.seen, status=CONFLICT)
    except ValidationError as refused:
        blame(form, refused)
        return editor_page(request, form, seen=proposal.seen, status=UNPROCESSABLE)
    return back_to(proposal.route)


def check_page(
    request: HttpRequest, proposal: Proposal, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    """Old and new side by side, and what it means. Nothing is stored: the answers travel in the page."""
    route, after = proposal.route, proposal.settings
    before = present_settings(route)
    trunks = trunks_in(account_of(request), [*before.trunk_ids, *after.trunk_ids])
    context = {
        "route": route,
        "proposal": proposal,
        "problems": [("", problem) for problem in problems or []],
        "differences": differences(before, after, trunks),
        "preview": preview(after.entries, trunks),
        "for_calls": for_calls(list(numbers_using(route)), after.entries, trunks),
        "hidden": hidden_answers(after, proposal.seen) if proposal.is_typed else [("revision", str(proposal.seen))],
    }
    return render(request, "routing/routes/check.html", context, status=status)


def hidden_answers(settings: RouteSettings, seen: int) -> list[tuple[str, str]]:
    """The answers as the page carries them: name and value, several of a name in order."""
    answers = [(name, value) for name, values in as_posted(settings).lists() for value in values]
    return [*answers, ("revision", str(seen))]


def conflict_page(request: HttpRequest, route: Route, mine: RouteSettings) -> HttpResponse:
    """V-OP-2: somebody was quicker. Nothing is overwritten before what it changes was looked at."""
    now = present_settings(route)
    trunks = trunks_in(account_of(request), [*now.trunk_ids, *mine.trunk_ids])
    context = {
        "route": route,
        "problem": changed_words(route.wanted, actor_of(request)),
        "pending": pending_words(request, route),
        "differences": differences(now, mine, trunks),
        "hidden": hidden_answers(mine, number_of(route)),
    }
    return render(request, "routing/routes/conflict.html", context, status=CONFLICT)


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, route_id: UUID) -> HttpResponse:
    """Back to what was live before: GET shows what that changes, POST does it."""
    route = changeable(request, route_id)
    earlier = earlier_revision(route)
    newest = operations_of(route).first()
    if earlier is None or (request.method != "POST" and not can_undo(newest)):
        raise Conflict(
            _("There is no change that could be undone now"), back_url=reverse("routes:detail", args=[route.pk])
        )
    posted = request.POST.get("revision", "")
    proposal = Proposal(
        route,
        RouteSettings.of(earlier),
        seen=int(posted) if is_number(posted) else number_of(route),
        url=reverse("routes:undo", args=[route.pk]),
        title=_("Go back to revision %(number)s?") % {"number": earlier.number},
        verb=_("Restore revision %(number)s") % {"number": earlier.number},
        is_typed=False,
    )
    return save_undo(request, proposal) if request.method == "POST" else check_page(request, proposal)


def save_undo(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    try:
        revert_route(proposal.route, seen=proposal.seen, actor=actor_of(request))
    except Conflict as conflict:
        conflict.back_url = reverse("routes:detail", args=[proposal.route.pk])
        raise
    except ValidationError as refused:
        return check_page(request, proposal, list(refused.messages), status=UNPROCESSABLE)
    return back_to(proposal.route)
