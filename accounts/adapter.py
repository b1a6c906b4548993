"""How django-allauth behaves here: no open sign-up, our own words."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from common.wording import ACCOUNT_MESSAGES, CODE_MESSAGES


class ClosedSignup(DefaultAccountAdapter):
    """Staff create accounts; nobody signs up by themselves."""

    error_messages = DefaultAccountAdapter.error_messages | ACCOUNT_MESSAGES

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SecondFactor(DefaultMFAAdapter):
    """The second factor's messages in our words."""

    error_messages = DefaultMFAAdapter.error_messages | CODE_MESSAGES
