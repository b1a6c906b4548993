"""How people sign in: django-allauth, passwords, second factors."""

from __future__ import annotations

from portal.settings.environment import BRAND, LAB, env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 30 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{BRAND}] "
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/15m/key"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_FORMS = {
    "login": "common.signin.SignInForm",
    "reset_password": "common.signin.ResetPasswordForm",
    "reset_password_from_key": "common.signin.NewPasswordForm",
    "change_password": "common.signin.ChangePasswordForm",
    "add_email": "common.signin.AddEmailForm",
    "reauthenticate": "common.signin.ConfirmPasswordForm",
}
# Owners and staff get no further than its set-up without one. The lab lets the demo's people straight in.
REQUIRE_SECOND_FACTOR = env.bool("TRUNKLINE_REQUIRE_SECOND_FACTOR", not LAB)
MFA_ADAPTER = "accounts.adapter.SecondFactor"
MFA_FORMS = {
    "authenticate": "common.signin.CodeForm",
    "reauthenticate": "common.signin.ConfirmCodeForm",
    "activate_totp": "common.signin.SetUpAppForm",
    "add_webauthn": "common.signin.AddKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = BRAND
# Nobody signs up by themselves, so an address that waits for its confirmation protects no stranger; refusing would
# lock an owner out who has just added one.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LAB
USERSESSIONS_TRACK_ACTIVITY = True
