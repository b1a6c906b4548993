"""The sentences of sign-in: messages for django-allauth's adapters and forms."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ACCOUNT_MESSAGES = {
    "email_password_mismatch": _("Email or password is not correct"),
    "invalid_login": _("Email or password is not correct"),
    "incorrect_password": _("Password is not correct"),
    "enter_current_password": _("Enter your current password"),
    "too_many_login_attempts": _("Too many attempts. Try again in 15 minutes or reset your password"),
    "rate_limited": _("Too many attempts. Wait a few minutes and try again"),
    "invalid_password_reset": _("This link does not work any more. Ask for a new one"),
    "account_inactive": _("This sign-in is closed. Write to us to have it opened again"),
    "duplicate_email": _("You have added this address already"),
    "email_taken": _("Enter another address, this one is in use"),
    "cannot_remove_primary_email": _("Choose another address to sign in with first, then remove this one"),
}
CODE_MESSAGES = {
    "incorrect_code": _("That code is not correct or has expired"),
    "unverified_email": _("Confirm your email address first"),
}
EMAIL_MESSAGES = {
    "required": _("Enter your email address"),
    "invalid": _("Enter an email address like name@example.com"),
}
