"""`manage.py load_numbers FILE`: puts an inventory of numbers up for sale, as the staff page does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.errors import Conflict
from routing.inventory import COLUMNS, read_inventory
from routing.services.stocking import load_numbers


class Command(BaseCommand):
    help = f"Load numbers for sale from a CSV file with the columns {', '.join(COLUMNS)}: all of them or none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="UTF-8, commas or semicolons, the first line names the columns")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be loaded and what is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            inventory = read_inventory(path.read_bytes())
        except OSError as trouble:
            raise CommandError(f"{path} cannot be read: {trouble.strerror}") from None
        for problem in inventory.problems:
            self.stderr.write(f"line {problem.line}: {problem.reason}" if problem.line else problem.reason)
        for place, country, kind, rate, count in inventory.summary():
            self.stdout.write(f"{count:>8,}  {place}, {country or 'international'}, {kind}, rate {rate}")
        if inventory.problems:
            raise CommandError(f"{len(inventory.problems)} lines are wrong. Nothing was loaded.")
        if options["dry_run"]:
            self.stdout.write(f"{len(inventory.numbers):,} numbers would be loaded.")
            return
        try:
            self.stdout.write(f"{load_numbers(inventory, None, path.name):,} numbers are loaded.")
        except Conflict as conflict:
            raise CommandError(f"{conflict.message}.") from None
