"""Settings of the portal. They live in parts: environment, base, sign_in, engine."""

import django_stubs_ext

from portal.settings.base import *  # noqa: F403 -- Django reads one module
from portal.settings.engine import *  # noqa: F403
from portal.settings.environment import *  # noqa: F403
from portal.settings.sign_in import *  # noqa: F403

django_stubs_ext.monkeypatch()
