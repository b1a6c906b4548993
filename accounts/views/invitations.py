"""Inviting people, and the page behind the link they get."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import choose_account, needs, refuse_another_account, signed_member
from accounts.adapter import ClosedSignup
from accounts.enums import Right
from accounts.forms import InviteForm, JoinForm
from accounts.invitations import accept, accept_as_new, invitation_of, invite, people_with, revoke, usable
from accounts.models import Invitation, User
from accounts.validators import is_delicate
from common.reauthentication import insist_on_proof


@needs(Right.MANAGE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def invite_person(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        refuse_another_account(request)
    form = InviteForm(request.POST if request.method == "POST" else None, actor=signed_member(request).role)
    if form.is_valid():
        if is_delicate(form.cleaned_data["role"]):
            insist_on_proof(request)
        try:
            _send(request, form.cleaned_data["email"], form.cleaned_data["role"])
        except ValidationError as trouble:
            form.add_error(None, trouble)
        else:
            return _back_to_team()
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.errors else 200)


@needs(Right.MANAGE_MEMBERS)
@require_POST
def resend(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """A new link in place of the old one."""
    invitation = invitation_of(signed_member(request), invitation_id)
    if is_delicate(invitation.role):
        insist_on_proof(request)
    try:
        _send(request, invitation.email, invitation.role)
    except ValidationError as trouble:
        messages.error(request, trouble.messages[0])
    return _back_to_team()


@needs(Right.MANAGE_MEMBERS)
@require_POST
def revoke_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    invitation = revoke(signed_member(request), invitation_id)
    messages.success(request, _("The invitation of %(email)s was withdrawn") % {"email": invitation.email})
    return _back_to_team()


def _send(request: HttpRequest, email: str, role: str) -> None:
    """The mail goes after the transaction; whether it does changes nothing about the invitation."""
    invitation, token = invite(signed_member(request), email, role)
    link = request.build_absolute_uri(reverse("team:invitation", args=[token]))
    context = {"invitation": invitation, "link": link}
    if ClosedSignup().hand_over("accounts/email/invitation", email, context):
        Invitation.objects.filter(pk=invitation.pk).update(mailed_at=timezone.now())
        messages.success(request, _("We have sent an invitation to %(email)s") % {"email": email})
    else:
        text = _("%(email)s is invited, but the email could not be sent. Send it again in a few minutes")
        messages.error(request, text % {"email": email})


@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Open to everybody who has the link: join as a new person, or as oneself once signed in."""
    found = usable(token)
    if found is None:
        return render(request, "accounts/invitation_gone.html", status=410)
    people = people_with(found.email)
    if not request.user.is_authenticated:
        return _show(request, found, "sign_in") if people else _join(request, found)
    if request.user not in people:
        return _show(request, found, "other")
    if request.method != "POST":
        return _show(request, found, "accept")
    accept(found, request.user)
    return _welcome(request, found)


def _join(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = JoinForm(request.POST if request.method == "POST" else None, user=User(email=found.email))
    if not form.is_valid():
        return _show(request, found, "join", form)
    user = accept_as_new(found, form.cleaned_data["name"], form.cleaned_data["password1"])
    perform_login(request, user)
    return _welcome(request, found)


def _show(request: HttpRequest, found: Invitation, state: str, form: JoinForm | None = None) -> HttpResponse:
    context = {"invitation": found, "state": state, "form": form}
    return render(request, "accounts/invitation.html", context, status=422 if form and form.errors else 200)


def _welcome(request: HttpRequest, found: Invitation) -> HttpResponse:
    choose_account(request, found.account_id)
    messages.success(request, _("Welcome to %(account)s") % {"account": found.account})
    return HttpResponseRedirect(reverse("home"), status=303)


def _back_to_team() -> HttpResponse:
    return HttpResponseRedirect(reverse("team:list"), status=303)
