"""What is read from the environment first; `manage.py up` leaves its own in var/up.env for a second terminal."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import environ
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent.parent
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
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
