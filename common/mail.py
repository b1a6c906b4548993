"""Mail that is a courtesy: what it says stands on a page too, so a mail server that is down stops nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


def send_courtesy(to: Iterable[str], words: str, template: str, **context: Any) -> None:
    """One message to all of `to`; the template also knows `brand` and `url`, the address of the portal."""
    subject = " ".join(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{words}".split())  # one line, whatever a name has in it
    text = render_to_string(template, {"brand": settings.BRAND, "url": settings.SITE_URL, **context})
    people = list(to)
    if not people:
        return
    try:
        send_mail(subject, text, None, people)
    except (SMTPException, OSError) as trouble:
        logger.warning("the mail %r was not taken: %s", subject, trouble)
