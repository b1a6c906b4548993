"""Settings, read from the environment; `manage.py up` leaves its own in var/up.env for a second terminal."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from celery.schedules import schedule
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
VAR_DIR = Path(env.str("TRUNKLINE_VAR", str(BASE_DIR / "var")))
env.read_env(VAR_DIR / "up.env")

# The lab: loopback addresses instead of the internet, demo sign-ins, test calls. Never on in production.
LAB = env.bool("TRUNKLINE_LAB", False)
LAB_NET = ipaddress.IPv4Network(env.str("TRUNKLINE_LAB_NET", "127.77.0.0/16"))
# Set by `manage.py up` when Kamailio cannot be installed: pages say that no real call can pass.
MEMORY_NODES = env.bool("TRUNKLINE_MEMORY_NODES", False)
BRAND = env.str("TRUNKLINE_BRAND", "Trunkline")
SUPPORT_EMAIL = env.str("TRUNKLINE_SUPPORT_EMAIL", "support@example.com")

DEBUG = env.bool("DJANGO_DEBUG", False)
SECRET_KEY = env.str("DJANGO_SECRET_KEY", "") or get_random_secret_key()
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("DJANGO_CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("TRUNKLINE_SITE_URL", "http://127.0.0.1:8000")
# Secure cookies, HSTS and the redirect to https; off only where the portal is reached over plain http on loopback.
HTTPS = env.bool("TRUNKLINE_HTTPS", not LAB)

INSTALLED_APPS = [
    "portal.admin_site.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_countries",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "common",
    "accounts",
    "provisioning",
    "addresses",
    "billing",
    "trunks",
    "calls",
    "routing",
    "portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SometimesUserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "common.middleware.PrivatePagesMiddleware",
    "accounts.middleware.AccountMiddleware",
    "accounts.acting.ActingMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "common.context.portal",
            ],
            "builtins": ["common.templatetags.ui", "django_htmx.templatetags.django_htmx"],
        },
    }
]
FORM_RENDERER = "common.forms.PortalRenderer"

DATABASES = {"default": env.db("DATABASE_URL", "postgres://trunkline@127.0.0.1/trunkline")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "common.cache.PatientRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        "KEY_PREFIX": "portal",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", REDIS_URL)
# Time-outs because a frozen broker must never hang a page; the short scan because kombu's default is 100 s.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "unacked_restore_throttle": 1,
    "global_keyprefix": "trunkline:",
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# How fast the engine works. Tests run at a tenth: TRUNKLINE_PACE=0.1.
PACE = env.float("TRUNKLINE_PACE", 1.0)
LEASE = timedelta(seconds=15 * PACE)
HEARTBEAT_SECONDS = 5 * PACE
SWEEP_SECONDS = 5 * PACE
NODE_TIMEOUT_SECONDS = 2.0 * PACE
BACKOFF_SECONDS = (1 * PACE, 30 * PACE)
OPERATION_DEADLINE = timedelta(minutes=10)
# A node that did not answer is not called again for this long.
NODE_PAUSE_SECONDS = 3 * PACE
# How often a node is compared with what it must have, top to bottom; the agent itself looks every few seconds.
NODE_COMPARE_SECONDS = 60 * PACE
# How often registrations and OPTIONS checks are read from a node, and after how long what was read says nothing more.
NODE_FACTS_SECONDS = 10 * PACE
NODE_FACTS_GOOD_FOR = timedelta(seconds=60)
NODE_TOKEN = env.str("TRUNKLINE_NODE_TOKEN", "")
# For agents whose address begins with https: who signed their certificates, and what we show to them.
NODE_CA = env.str("TRUNKLINE_NODE_CA", "")
NODE_CERTIFICATE = env.str("TRUNKLINE_NODE_CERTIFICATE", "")
NODE_KEY = env.str("TRUNKLINE_NODE_KEY", "")

# Credentials of trunks: the realm of their HA1s never changes, the keys that seal them may be rotated (newest first).
SIP_DOMAIN = env.str("TRUNKLINE_SIP_DOMAIN", "sip.localhost")
SIP_REALM = env.str("TRUNKLINE_SIP_REALM", SIP_DOMAIN)
SEALING_KEYS = env.list("TRUNKLINE_SEALING_KEYS", default=[SECRET_KEY])
# How long a new password can be looked at by whoever asked for it.
SECRET_SHOWN_FOR = timedelta(minutes=15)

CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "sweep": {
        "task": "provisioning.sweep",
        "schedule": schedule(timedelta(seconds=SWEEP_SECONDS)),
        "options": {"expires": SWEEP_SECONDS},
    }
}

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

SESSION_COOKIE_AGE = int(timedelta(days=7).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
# Behind one proxy of ours, which sets X-Forwarded-Proto and X-Forwarded-For. Without it all visitors would share
# the proxy's address, and with it the limit of failed sign-ins.
BEHIND_PROXY = env.bool("TRUNKLINE_BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["portal.formats"]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env.str("TRUNKLINE_STATICFILES", "whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}

EMAIL_CONFIG = env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}")
vars().update(EMAIL_CONFIG)
# A page waits for the mail server no longer than this.
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Trunkline <portal@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env.str("TRUNKLINE_LOG_LEVEL", "INFO")},
    "loggers": {"httpx": {"level": "WARNING"}, "urllib3": {"level": "ERROR"}},
}
