"""`manage.py testcall TRUNK`: a real call out of a trunk of the lab and one back in, message by message."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.errors import Conflict
from portal.test_calls import PlacedCall, place_calls
from provisioning.models import NodeState
from routing.models import Number
from routing.models.number import SUBJECT
from routing.services import assign_number
from trunks.models import Trunk
from trunks.search import find_trunk

WAIT_SECONDS = 20.0


class Command(BaseCommand):
    help = "Place a test call out of a trunk and one back in, and show what both ends saw. For the lab only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("trunk", help="its id, reference (TR-…) or name")
        parser.add_argument("--number", help="first point this number of ours at the trunk, like +13125550100")
        parser.add_argument("--raw", action="store_true", help="show every message in full")

    def handle(self, *args: Any, **options: Any) -> None:
        trunk = self._trunk(options["trunk"])
        if options["number"]:
            self._point(options["number"], trunk)
        calls = place_calls(trunk)
        for call in calls:
            self._show(call, raw=options["raw"])
        if any(call.tone == "bad" for call in calls):
            raise CommandError("A call did not go through.")

    def _trunk(self, said: str) -> Trunk:
        living = Trunk.objects.filter(gone_at=None).select_related("wanted", "account", "data_centre")
        found = find_trunk(living, said)
        if len(found) == 1:
            return found[0]
        if not found:
            raise CommandError(f"There is no trunk {said!r}. Give its id, its reference (TR-…) or its whole name.")
        names = "\n".join(f"  {trunk.reference}  {trunk.name} of {trunk.account}" for trunk in found)
        raise CommandError(f"{said!r} are several trunks, say which by its reference:\n{names}")

    def _point(self, e164: str, trunk: Trunk) -> None:
        number = Number.objects.filter(pk=e164, data_centre=trunk.data_centre).first()
        if number is None:
            raise CommandError(f"{e164} is not a number of ours in {trunk.data_centre}.")
        if number.trunk_id != trunk.pk:
            try:
                assign_number(number, trunk, None)
            except Conflict as conflict:
                raise CommandError(f"{e164}: {conflict.message}.") from None
        owed = NodeState.objects.filter(subject_kind=SUBJECT, subject_id=e164, verified=False)
        until = time.monotonic() + WAIT_SECONDS
        while owed.exists():
            if time.monotonic() > until:
                raise CommandError(f"The nodes were not read back to have {e164}. Does `manage.py reconcile` run?")
            time.sleep(0.1)

    def _show(self, call: PlacedCall, *, raw: bool) -> None:
        self.stdout.write(f"\n{call.title}: {call.verdict}")
        for line in call.lines:
            parties = f"{line.sender} → {line.receiver}"
            self.stdout.write(f"  {line.offset_ms:8.1f} ms  {parties:<32}  {line.way:<41}  {line.first_line}")
            if raw:
                self.stdout.write("".join(f"      {part}\n" for part in line.raw.splitlines()))
