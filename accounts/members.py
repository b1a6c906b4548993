"""Changes of an account's people: roles, removal, leaving. Each under the account's lock, with an audit line."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from accounts.invitations import revoke_beyond
from accounts.models import Member
from accounts.selectors import owners_of
from accounts.services import allow_role, lock_for, record
from accounts.validators import why_not_step_down


@transaction.atomic
def change_role(actor: Member, member_id: int, role: str) -> Member:
    """Raises Http404, PermissionDenied, and ValidationError for the only owner."""
    actor = lock_for(actor)
    member = member_of_team(actor, member_id)
    before = member.role
    allow_role(actor, before)
    allow_role(actor, role)
    if role == before:
        return member
    _validate_an_owner_stays(member)
    member.role = role
    member.save(update_fields=["role"])
    revoke_beyond(member, role, actor.user)
    _record("member.role", actor, member, changes={"role": [before, role]})
    return member


@transaction.atomic
def remove_member(actor: Member, member_id: int) -> Member:
    """Raises Http404, PermissionDenied, and ValidationError for the only owner."""
    actor = lock_for(actor)
    member = member_of_team(actor, member_id)
    allow_role(actor, member.role)
    _end(member, actor, "member.remove")
    return member


@transaction.atomic
def leave(member: Member) -> None:
    """Raises ValidationError for the only owner."""
    member = lock_for(member)
    _end(member, member, "member.leave")


def member_of_team(actor: Member, member_id: int) -> Member:
    """A member of the actor's account. Raises Http404."""
    member = Member.objects.select_related("account", "user").filter(account=actor.account_id, pk=member_id).first()
    if member is None:
        raise Http404
    return member


def _validate_an_owner_stays(member: Member) -> None:
    if reason := why_not_step_down(member.role, owners_of(member.account_id)):
        raise ValidationError(reason, code="last-owner")


def _end(member: Member, actor: Member, action: str) -> None:
    """The account is shut to them at once, because rights are read at every request. Sessions that would open no
    account any more end.
    """
    _validate_an_owner_stays(member)
    revoke_beyond(member, None, actor.user)
    Member.objects.filter(pk=member.pk).delete()
    if not member.user.is_staff and not Member.objects.filter(user=member.user_id).exists():
        for session in UserSession.objects.filter(user=member.user_id):
            session.end()
    _record(action, actor, member, role=member.role)


def _record(action: str, actor: Member, member: Member, **details: Any) -> None:
    about = {"subject_kind": "member", "subject_id": str(member.pk)}
    record(action, account_id=actor.account_id, actor=actor.user, **about, name=member.user.email, **details)
