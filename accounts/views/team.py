"""The team: who belongs to the account, with which role; changing that; leaving; choosing another account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import (
    SESSION_KEY,
    account_of,
    actor_of,
    choose_account,
    memberships_of,
    needs,
    refuse_another_account,
    signed_member,
)
from accounts.enums import Right, Role
from accounts.forms import RoleForm, in_words
from accounts.members import change_role, leave, member_of_team, remove_member
from accounts.models import Member
from accounts.selectors import invitations_seen_by, owners_of, team_of
from accounts.services import allow_role
from accounts.validators import is_delicate, why_not, why_not_step_down
from common.reauthentication import insist_on_proof


@needs(Right.SEE_TRUNKS)
@require_GET
def team_list(request: HttpRequest) -> HttpResponse:
    member = signed_member(request)
    context = {
        "team": team_of(member),
        "invitations": invitations_seen_by(member),
        "why_no_invitations": why_not(member.role, Right.MANAGE_MEMBERS),
        "roles": [(role.label, in_words(role)) for role in Role],
    }
    return render(request, "accounts/team.html", context)


@needs(Right.MANAGE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, member_id: int) -> HttpResponse:
    actor = signed_member(request)
    target = member_of_team(actor, member_id)
    allow_role(actor, target.role)
    owners = owners_of(actor.account_id)
    data = request.POST if request.method == "POST" else None
    form = RoleForm(data, actor=actor.role, present=target.role, owners=owners, initial={"role": target.role})
    if form.is_valid():
        if is_delicate(target.role, form.cleaned_data["role"]):
            insist_on_proof(request)
        if _change(request, form, target):
            return _back_to_team()
    context = {"form": form, "target": target}
    return render(request, "accounts/role.html", context, status=422 if form.errors else 200)


def _change(request: HttpRequest, form: RoleForm, target: Member) -> bool:
    try:
        changed = change_role(signed_member(request), target.pk, form.cleaned_data["role"])
    except ValidationError as trouble:
        form.add_error("role", trouble)
        return False
    words = {"person": changed.user, "role": changed.get_role_display()}
    messages.success(request, _("%(person)s now has the role %(role)s") % words)
    return True


@needs(Right.MANAGE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, member_id: int) -> HttpResponse:
    actor = signed_member(request)
    target = member_of_team(actor, member_id)
    if target.pk == actor.pk:
        return HttpResponseRedirect(reverse("team:leave"))
    allow_role(actor, target.role)
    refusal = ""
    if request.method == "POST":
        if is_delicate(target.role):
            insist_on_proof(request)
        try:
            remove_member(actor, target.pk)
        except ValidationError as trouble:
            refusal = trouble.messages[0]
        else:
            messages.success(request, _("%(person)s was removed") % {"person": target.user})
            return _back_to_team()
    context = {"target": target, "refusal": refusal}
    return render(request, "accounts/remove.html", context, status=409 if refusal else 200)


@needs(Right.SEE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def leave_account(request: HttpRequest) -> HttpResponse:
    member = signed_member(request)
    refusal = why_not_step_down(member.role, owners_of(member.account_id))
    if request.method == "POST":
        refuse_another_account(request)
        try:
            leave(member)
        except ValidationError as trouble:
            refusal = trouble.messages[0]
        else:
            return _after_leaving(request)
    status = 409 if refusal and request.method == "POST" else 200
    return render(request, "accounts/leave.html", {"refusal": refusal}, status=status)


def _after_leaving(request: HttpRequest) -> HttpResponse:
    """On to another account, or out."""
    name = account_of(request).name
    request.session.pop(SESSION_KEY, None)
    user = actor_of(request)
    if not user.is_staff and not memberships_of(user):
        logout(request)
    messages.success(request, _("You have left %(account)s") % {"account": name})
    return HttpResponseRedirect(reverse("home"), status=303)


@needs(Right.SEE_TRUNKS)
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another of one's accounts, beginning at a page that every account has."""
    chosen = request.POST.get("account", "")
    mine = next((member for member in memberships_of(request.user) if str(member.account_id) == chosen), None)
    if mine is None:
        raise Http404
    choose_account(request, mine.account_id)
    return HttpResponseRedirect(reverse("home"), status=303)


def _back_to_team() -> HttpResponse:
    return HttpResponseRedirect(reverse("team:list"), status=303)
