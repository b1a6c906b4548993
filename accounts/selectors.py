"""What the team page shows."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from accounts.enums import Role
from accounts.models import Account, Invitation, Member
from accounts.second_factor import is_required, with_factor
from accounts.validators import why_not_manage, why_not_step_down


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member as another member sees them; the reasons are empty for what may be done."""

    member: Member
    has_factor: bool
    lacks_factor: bool
    is_self: bool
    why_no_change: str
    why_no_leaving: str


@dataclass(frozen=True, slots=True)
class SeenInvitation:
    """`why_not` is why the viewer may not touch it; without `is_offered` the link works no more, whatever its age."""

    invitation: Invitation
    is_offered: bool
    why_not: str


def team_of(viewer: Member) -> list[Colleague]:
    """Everybody in the viewer's account."""
    members = list(Member.objects.filter(account=viewer.account_id).select_related("user"))
    protected = with_factor(member.user_id for member in members)
    owners = sum(member.role == Role.OWNER and member.user.is_active for member in members)
    return [_colleague(viewer, member, owners, member.user_id in protected) for member in members]


def _colleague(viewer: Member, member: Member, owners: int, has_factor: bool) -> Colleague:
    only_owner = why_not_step_down(member.role, owners)
    why_not = why_not_manage(viewer.role, member.role) or only_owner
    is_self = member.pk == viewer.pk
    return Colleague(
        member=member,
        has_factor=has_factor,
        lacks_factor=not has_factor and is_required(member.user, [member]),
        is_self=is_self,
        why_no_change=why_not,
        why_no_leaving=only_owner if is_self else why_not,
    )


def owners_of(account_id: UUID) -> int:
    """How many owners may sign in."""
    return Member.objects.filter(account=account_id, role=Role.OWNER, user__is_active=True).count()


def open_invitations(account: Account) -> QuerySet[Invitation]:
    """Neither accepted nor revoked; some may have expired."""
    return account.invitations.filter(accepted_at=None, revoked_at=None).select_related("invited_by")


def roles_in(account_id: UUID) -> dict[int, str]:
    """The role of everybody of the account who may sign in, by the id of the person."""
    people = Member.objects.filter(account=account_id, user__is_active=True)
    return dict(people.values_list("user", "role"))


def who_manages(account_id: UUID) -> list[str]:
    """The addresses of the owners and admins who may sign in."""
    managers = Member.objects.filter(account=account_id, role__in=[Role.OWNER, Role.ADMIN], user__is_active=True)
    return list(managers.values_list("user__email", flat=True))


def is_offered(invitation: Invitation, roles: dict[int, str]) -> bool:
    """Whether the inviter may still give the role: staff change memberships and close people without withdrawing."""
    role = roles.get(invitation.invited_by_id)
    return role is not None and not why_not_manage(role, invitation.role)


def invitations_seen_by(viewer: Member) -> list[SeenInvitation]:
    """Open invitations, also those whose links work no more: they can be sent again."""
    roles = roles_in(viewer.account_id)
    return [
        SeenInvitation(invitation, is_offered(invitation, roles), why_not=why_not_manage(viewer.role, invitation.role))
        for invitation in open_invitations(viewer.account)
    ]
