"""Invitations: made, revoked, accepted. Nothing here tells the inviter whether the person has a sign-in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Invitation, Member, User
from accounts.selectors import is_offered, open_invitations, roles_in
from accounts.services import allow_role, lock_account, lock_for, record
from accounts.validators import why_not_manage
from common.errors import Conflict

LASTS = timedelta(days=7)
MOST_AN_HOUR = 20


@transaction.atomic
def invite(actor: Member, email: str, role: str) -> tuple[Invitation, str]:
    """The invitation, in place of any open one for that address, and the token for its link.

    Raises PermissionDenied, and ValidationError keyed by field.
    """
    actor = lock_for(actor)
    allow_role(actor, role)
    if Member.objects.filter(account=actor.account_id, user__in=people_with(email)).exists():
        raise ValidationError({"email": _("This person is a member already")})
    _validate_pace(actor)
    for replaced in open_invitations(actor.account).filter(email=email):
        allow_role(actor, replaced.role)
        _revoke(replaced, actor.user)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        account=actor.account,
        email=email,
        role=role,
        token_hash=hash_of(token),
        invited_by=actor.user,
        expires_at=timezone.now() + LASTS,
    )
    _record("invitation.send", invitation, actor.user, role=role)
    return invitation, token


@transaction.atomic
def revoke(actor: Member, invitation_id: int) -> Invitation:
    """Raises Http404 and PermissionDenied."""
    actor = lock_for(actor)
    invitation = invitation_of(actor, invitation_id)
    allow_role(actor, invitation.role)
    _revoke(invitation, actor.user)
    return invitation


def revoke_beyond(inviter: Member, role: str | None, actor: User) -> None:
    """Withdraw what the inviter could not offer any more: with a new role, or with none. The account is locked."""
    for invitation in open_invitations(inviter.account).filter(invited_by=inviter.user_id):
        if role is None or why_not_manage(role, invitation.role):
            _revoke(invitation, actor)


def invitation_of(actor: Member, invitation_id: int) -> Invitation:
    """An open invitation of the actor's account. Raises Http404."""
    invitation = open_invitations(actor.account).filter(pk=invitation_id).first()
    if invitation is None:
        raise Http404
    return invitation


def usable(token: str) -> Invitation | None:
    """What a link stands for; None when it was used, revoked, is too old, was never made, or when the inviter could
    not offer it any more.
    """
    found = Invitation.objects.filter(token_hash=hash_of(token), accepted_at=None, revoked_at=None)
    invitation = found.filter(expires_at__gt=timezone.now()).select_related("account", "invited_by").first()
    return invitation if invitation is not None and is_offered(invitation, roles_in(invitation.account_id)) else None


@transaction.atomic
def accept(invitation: Invitation, user: User) -> Member:
    """Raises Conflict when the invitation was used or revoked in the same moment. Who is a member already stays what
    they are.
    """
    account = lock_account(invitation.account_id)
    now = timezone.now()
    if not is_offered(invitation, roles_in(invitation.account_id)) or not open_invitations(account).filter(
        pk=invitation.pk, expires_at__gt=now
    ).update(accepted_at=now):
        raise Conflict(_("This invitation was used or withdrawn meanwhile"))
    member, _made = Member.objects.get_or_create(account=account, user=user, defaults={"role": invitation.role})
    _record("invitation.accept", invitation, user, role=member.role)
    return member


@transaction.atomic
def accept_as_new(invitation: Invitation, name: str, password: str) -> User:
    """The person, with a verified address: the link went there. Raises Conflict as `accept` does."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, first_name=name)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError:
        raise Conflict(_("There is a sign-in for this address now. Open the link again")) from None
    accept(invitation, user)
    return user


def people_with(email: str) -> list[User]:
    """Whoever signs in with this address; one who only claims it without having confirmed it does not count."""
    confirmed = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user")
    return list(User.objects.filter(pk__in=confirmed) | User.objects.filter(email__iexact=email))


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _validate_pace(actor: Member) -> None:
    """Raises ValidationError: nobody writes to hundreds of strangers in our name."""
    since = timezone.now() - timedelta(hours=1)
    if actor.account.invitations.filter(created_at__gt=since).count() >= MOST_AN_HOUR:
        raise ValidationError(_("Too many invitations in one hour. Wait a while and try again"), code="pace")


def _revoke(invitation: Invitation, actor: User) -> None:
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    _record("invitation.revoke", invitation, actor)


def _record(action: str, invitation: Invitation, actor: User, **details: Any) -> None:
    about = {"subject_kind": "invitation", "subject_id": str(invitation.pk)}
    record(action, account_id=invitation.account_id, actor=actor, **about, email=invitation.email, **details)
