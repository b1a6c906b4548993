"""`manage.py demo`: demo data and sign-ins, kept in var/demo.json (readable by the owner only)."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.demo import SignIn, make_demo


class Command(BaseCommand):
    help = "Make demo data where it is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.VAR_DIR / "demo.json"
        known = _read(path)
        sign_ins = [SignIn(s.role, s.email, s.password or known.get(s.email, "")) for s in make_demo()]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps([asdict(sign_in) for sign_in in sign_ins], indent=2))


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return {entry["email"]: entry["password"] for entry in json.loads(path.read_text())}
