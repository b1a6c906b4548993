"""Signing people in, and reading pages as they do."""

from __future__ import annotations

import html
import re
import time
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from accounts.enums import Role
from accounts.models import Account, Member, User
from tests.factories import make_member

BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "a long pass phrase"


def sign_in(user: User, minutes_ago: int = 0) -> Client:
    """The person's browser; they proved who they are so many minutes ago."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - 60 * minutes_ago}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def join(account: Account, role: Role, name: str = "") -> tuple[Member, Client]:
    """A new member, and their browser."""
    user = make_member(account, role)
    user.first_name = name
    user.save()
    return Member.objects.get(user=user, account=account), sign_in(user)


def words(response: Any) -> str:
    """What is read on a page, on one line."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(text))
