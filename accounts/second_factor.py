"""Who must have a second factor: owners and staff, where the installation asks for it."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.enums import Role
from accounts.models import Member, User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_required(user: User, memberships: Iterable[Member]) -> bool:
    """`memberships` are all of the user's."""
    if not settings.REQUIRE_SECOND_FACTOR:
        return False
    return user.is_staff or any(member.role == Role.OWNER for member in memberships)


def count_factors(user: User) -> int:
    """Authenticator apps and keys; recovery codes stand for one of them and are none."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).count()


def must_keep(user: User) -> bool:
    """Whether the person may not give up one factor now. Their row stays locked until the transaction ends: of two
    factors taken away at once, the second sees that it is the last.
    """
    User.objects.select_for_update().get(pk=user.pk)
    return is_required(user, Member.objects.filter(user=user)) and count_factors(user) <= 1


def with_factor(users: Iterable[int]) -> set[int]:
    """Which of these users (ids) have a second factor."""
    found = Authenticator.objects.filter(user_id__in=users, type__in=FACTORS)
    return set(found.values_list("user_id", flat=True))
