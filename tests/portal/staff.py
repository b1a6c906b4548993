"""People of the staff for the tests of its pages."""

from __future__ import annotations

from django.test import Client

from accounts.models import User
from portal.staff_groups import staff_group
from tests.factories import make_user

REASON = "The customer called about it"


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def member_of_staff(group: str, email: str = "staff@example.com") -> User:
    user = make_user(email, is_staff=True)
    user.groups.add(staff_group(group))
    return user
