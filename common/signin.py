"""Sign-in in the words of the portal: django-allauth's forms with our labels and messages."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from common.wording import EMAIL_MESSAGES

LABELS = {
    "oldpassword": _("Present password"),
    "password1": _("New password"),
    "password2": _("New password again"),
}


class InOurWords:
    """No placeholders, no browser messages, our sentences."""

    use_required_attribute = False
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field, forms.EmailField):
                field.label = _("Email")
                self._say(field, EMAIL_MESSAGES)
            elif name == "password":
                self._say(field, {"required": _("Enter your password")})
            elif name in LABELS:
                field.label = LABELS[name]
                self._say(field, {"required": _("Enter a password")})
                if field.help_text:
                    field.help_text = _("At least 12 characters; not a common password, nor like your name or address")
            elif name == "code":
                self._ask_for_code(field)

    @staticmethod
    def _say(field: forms.Field, messages: dict[str, Any]) -> None:
        field.error_messages |= messages
        validators: list[Any] = field.validators
        for validator in validators:
            if "invalid" in messages and getattr(validator, "code", "") == "invalid":
                validator.message = messages["invalid"]

    def _ask_for_code(self, field: forms.Field) -> None:
        field.help_text = self.code_hint
        self._say(field, {"required": _("Enter the 6-digit code")})
        field.widget.attrs |= {"inputmode": "text", "autocapitalize": "none", "spellcheck": "false"}

    code_hint: Any = _("The 6 digits your authenticator app shows, or a recovery code")


class SignInForm(InOurWords, account.LoginForm):
    """E-mail and password. The link to a new password stands beside the button."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class ResetPasswordForm(InOurWords, account.ResetPasswordForm):
    pass


class NewPasswordForm(InOurWords, account.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):
    """What a password must be like is said of the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""


class AddEmailForm(InOurWords, account.AddEmailForm):
    pass


class ConfirmPasswordForm(InOurWords, account.ReauthenticateForm):
    pass


class CodeForm(InOurWords, mfa.AuthenticateForm):
    pass


class ConfirmCodeForm(InOurWords, mfa.ReauthenticateForm):
    pass


class SetUpAppForm(InOurWords, totp.ActivateTOTPForm):
    code_hint = _("The 6 digits the app shows")


class AddKeyForm(InOurWords, webauthn.AddWebAuthnForm):
    """A security key, or a passkey when it may stand in for the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if alone := self.fields.get("passwordless"):
            alone.label = _("Sign in with this key alone")
            alone.help_text = _("It asks for your fingerprint, face or PIN; you need no password")
