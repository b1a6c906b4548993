"""What is done to a trunk: enable, disable, delete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import account_of, actor_of, needs, signed_member
from accounts.enums import Right
from common.errors import Conflict
from trunks.actions import actions_of
from trunks.departures import warnings_before
from trunks.forms.listing import DeleteForm
from trunks.models import Trunk
from trunks.selectors import operations_of, trunk_of
from trunks.services import delete_trunk, disable_trunk, enable_trunk
from trunks.views.deleted import remember_deletion


@needs(Right.CHANGE_TRUNKS)
@require_POST
def enable(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    trunk = trunk_of(account_of(request), trunk_id)
    with leading_back_to(trunk):
        enable_trunk(trunk, actor_of(request))
    return back_to(trunk)


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def disable(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    trunk = trunk_of(account_of(request), trunk_id)
    if request.method == "POST":
        with leading_back_to(trunk):
            disable_trunk(trunk, actor_of(request))
        return back_to(trunk)
    if refusal := why_not(request, trunk, "disable"):
        messages.warning(request, refusal)
        return back_to(trunk)
    return render(request, "trunks/disable.html", {"trunk": trunk, "phones": phones_on(trunk)})


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    trunk = trunk_of(account_of(request), trunk_id)
    form = DeleteForm(trunk, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with leading_back_to(trunk):
            delete_trunk(trunk, actor_of(request))
        remember_deletion(request, trunk)
        return see_other(reverse("trunks:list"))
    if not form.is_bound and (refusal := why_not(request, trunk, "delete")):
        messages.warning(request, refusal)
        return back_to(trunk)
    context = {"trunk": trunk, "form": form, "warnings": warnings_before(trunk)}
    return render(request, "trunks/delete.html", context, status=422 if form.is_bound else 200)


def phones_on(trunk: Trunk) -> int:
    """How many phones or PBXs are registered, as the nodes said last; one that is on both counts once."""
    nodes = trunk.registration.nodes if trunk.registers else ()
    return len({contact.contact for node in nodes for contact in node.contacts})


def why_not(request: HttpRequest, trunk: Trunk, name: str) -> str:
    """Why the trunk's page does not offer the action; empty when it does."""
    actions = actions_of(trunk, operations_of(trunk).first(), signed_member(request))
    offered = {action.name: action.reason for action in actions}
    return offered.get(name, _("This cannot be done with the trunk as it is"))


@contextmanager
def leading_back_to(trunk: Trunk) -> Iterator[None]:
    """A conflict's page leads back to the trunk."""
    try:
        yield
    except Conflict as conflict:
        conflict.back_url = reverse("trunks:detail", args=[trunk.pk])
        raise


def back_to(trunk: Trunk) -> HttpResponse:
    return see_other(reverse("trunks:detail", args=[trunk.pk]))


def see_other(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=303)
