"""How django-allauth behaves here: no open sign-up, our own words, mail that never breaks a page."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from common.wording import ACCOUNT_MESSAGES, CODE_MESSAGES

logger = logging.getLogger(__name__)


class ClosedSignup(DefaultAccountAdapter):
    """Staff create accounts and their members invite people; nobody signs up by themselves."""

    error_messages = DefaultAccountAdapter.error_messages | ACCOUNT_MESSAGES

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        minutes = settings.PASSWORD_RESET_TIMEOUT // 60
        super().send_password_reset_mail(user, email, context | {"minutes": minutes})

    def hand_over(self, template_prefix: str, email: str, context: dict[str, Any]) -> bool:
        """Whether the mail server took the mail."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as trouble:
            logger.warning("A mail was not taken (%s): %s", template_prefix, trouble)
            return False
        return True

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if not self.hand_over(template_prefix, email, context):
            messages.error(self.request, _("The email about this could not be sent. Try again in a few minutes"))


class SecondFactor(DefaultMFAAdapter):
    """The second factor's messages in our words."""

    error_messages = DefaultMFAAdapter.error_messages | CODE_MESSAGES
