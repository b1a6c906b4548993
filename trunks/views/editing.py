"""Changes the settings of a living trunk: asks, shows what would change, saves."""

from __future__ import annotations

from typing import Any
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
from trunks.differences import meetings, merged
from trunks.facts import fixed_facts
from trunks.forms.editing import Edit, as_posted, present_settings
from trunks.history import underway, who
from trunks.models import Trunk
from trunks.resolver import look_up
from trunks.selectors import applied_revisions, operations_of, trunk_of
from trunks.services import change_trunk
from trunks.services.accepting import refuse_if_unusable
from trunks.services.changing import changed_words
from trunks.services.switching import cause_of
from trunks.specification import TrunkSettings
from trunks.views.changes import leading_back_to, see_other
from trunks.views.checking import CONFLICT, UNPROCESSABLE, Proposal, check_page, hidden_answers, save

# Web servers take addresses of some 8,000 bytes.
LONGEST_ADDRESS = 7000


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """GET asks; `from` names a revision to begin with. POST with action=save saves what was checked; any other leads to
    the page that checks, or is that page where the answers are too long for an address.
    """
    trunk = changeable(request, trunk_id)
    if request.method == "POST":
        address = check_url(trunk, request.POST)
        if saves(request) or len(address) > LONGEST_ADDRESS:
            return submit(request, trunk, request.POST)
        return see_other(address)
    form = Edit(trunk, as_posted(first_settings(request, trunk)))
    form.leave_unjudged()
    return form_page(request, form, seen=number_of(trunk), locks=True)


@needs(Right.CHANGE_TRUNKS)
@require_safe
def edit_check(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """Shows what would change. The answers stand in the address (none is a secret), so that Back and Reload work."""
    return submit(request, changeable(request, trunk_id), request.GET)


def saves(request: HttpRequest) -> bool:
    return request.POST.get("action") == "save"


def check_url(trunk: Trunk, answers: QueryDict) -> str:
    """Where answers are checked."""
    answers = answers.copy()
    for name in ("csrfmiddlewaretoken", "price"):
        answers.pop(name, None)
    return f"{reverse('trunks:edit_check', args=[trunk.pk])}?{answers.urlencode()}"


def changeable(request: HttpRequest, trunk_id: UUID) -> Trunk:
    """The trunk with its account. Raises Conflict V-OP-4 for one that can only be deleted."""
    account = account_of(request)
    trunk = trunk_of(account, trunk_id)
    trunk.account = account
    with leading_back_to(trunk):
        refuse_if_unusable(trunk)
    return trunk


def first_settings(request: HttpRequest, trunk: Trunk) -> TrunkSettings:
    """What the form begins with: the values of the revision asked for, such as a rejected one, else the present ones.

    What a newer change of somebody else brought stays where that revision says nothing else.
    """
    asked = request.GET.get("from", "")
    found = trunk.revisions.filter(number=int(asked)).first() if is_number(asked) else None
    now = present_settings(trunk)
    if found is None:
        return now
    base = next((earlier for earlier in applied_revisions(trunk) if earlier.number < found.number), None)
    return merged(TrunkSettings.of(base) if base else now, now, TrunkSettings.of(found))


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 9  # noqa: PLR2004 -- what a column can hold


def number_of(trunk: Trunk) -> int:
    return trunk.wanted.number if trunk.wanted else 0


def submit(request: HttpRequest, trunk: Trunk, answers: QueryDict) -> HttpResponse:
    """A list's button, or the way back from checking, shows the form again; what is right goes on."""
    revision = str(answers.get("revision", ""))
    seen = int(revision) if is_number(revision) else 0
    form = Edit(trunk, answers, resolve=look_up)
    if form.rework():
        return form_page(request, form, seen)
    if answers.get("action") == "back":
        form.leave_unjudged()
        return form_page(request, form, seen)
    if not form.is_valid():
        return form_page(request, form, seen, status=UNPROCESSABLE)
    return propose(request, form, seen)


def propose(request: HttpRequest, form: Edit, seen: int) -> HttpResponse:
    """Check or save right answers, unless somebody was quicker, is still at it, or nothing differs."""
    trunk, wanted = form.trunk, form.wanted()
    if wanted == form.present:
        return unchanged(request, form, seen)
    if seen != number_of(trunk):
        return conflict_page(request, trunk, seen, wanted)
    if pending_words(request, trunk):
        return form_page(request, form, seen, status=CONFLICT)
    proposal = Proposal(
        trunk,
        wanted,
        seen,
        url=reverse("trunks:edit", args=[trunk.pk]),
        title=_("Check your changes"),
        verb=_("Save changes"),
        notes=form.notes(),
    )
    return save_edit(request, form, proposal) if saves(request) else check_page(request, proposal)


def unchanged(request: HttpRequest, form: Edit, seen: int) -> HttpResponse:
    """Also for whoever saved, and goes back to the page that checked."""
    now = number_of(form.trunk)
    if seen == now:
        messages.info(request, _("Nothing differs from how the trunk is"))
    else:
        messages.info(request, _("The trunk is as you wanted it: there is nothing left to save"))
    return form_page(request, form, now, locks=True)


def save_edit(request: HttpRequest, form: Edit, proposal: Proposal) -> HttpResponse:
    trunk, actor = proposal.trunk, actor_of(request)
    try:
        return save(
            request,
            proposal,
            lambda price: change_trunk(trunk, proposal.settings, seen=proposal.seen, price=price, actor=actor),
        )
    except ChangedMeanwhile:
        return conflict_page(request, again(trunk), proposal.seen, proposal.settings)
    except Conflict as conflict:
        if conflict.code != "V-OP-1":
            conflict.back_url = reverse("trunks:detail", args=[trunk.pk])
            raise
        return form_page(request, form, proposal.seen, status=CONFLICT)
    except ValidationError as refused:
        form.blame(refused)
        return form_page(request, form, proposal.seen, status=UNPROCESSABLE)


def again(trunk: Trunk) -> Trunk:
    """As it is now."""
    account, trunk = trunk.account, trunk_of(trunk.account, trunk.pk)
    trunk.account = account
    return trunk


def form_page(request: HttpRequest, form: Edit, seen: int, *, status: int = 200, locks: bool = False) -> HttpResponse:
    """Says which other change is being applied; `locks`: nothing was typed yet, so the page is read-only meanwhile."""
    trunk = form.trunk
    pending = pending_words(request, trunk)
    context: dict[str, Any] = {
        "trunk": trunk,
        "edit": form,
        "seen": seen,
        "fixed": fixed_facts(trunk),
        "preset": trunk.connects.preset.lines() if trunk.connects.preset else [],
        "cause": cause_of(trunk),
        "pending": pending,
        "locked": bool(pending) and locks,
    }
    return render(request, "trunks/edit.html", context, status=status)


def pending_words(request: HttpRequest, trunk: Trunk) -> str:
    """What is being applied; empty when nothing is."""
    newest = operations_of(trunk).first()
    return underway(newest, actor_of(request)) if newest and newest.is_pending else ""


def conflict_page(request: HttpRequest, trunk: Trunk, seen: int, mine: TrunkSettings) -> HttpResponse:
    """V-OP-2: somebody was quicker. Nothing is overwritten; both changes together can be checked and saved."""
    base_revision = trunk.revisions.filter(number=seen).first()
    now = present_settings(trunk)
    base = TrunkSettings.of(base_revision) if base_revision else now
    together = merged(base, now, mine)
    quicker = trunk.wanted.created_by if trunk.wanted else None
    context = {
        "trunk": trunk,
        "problem": changed_words(trunk.wanted, actor_of(request)),
        "who": "" if quicker == actor_of(request) else who(quicker, actor_of(request)),
        "pending": pending_words(request, trunk),
        "meetings": meetings(base, now, mine),
        "hidden": hidden_answers(together, number_of(trunk)),
        "nothing_left": together == now,
    }
    return render(request, "trunks/edit_conflict.html", context, status=CONFLICT)
