"""verify_policies: check everything that was ever published; export a head, or compare with one."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from glossary.exceptions import PolicyError
from glossary.queries.verify import check_against, export_head, verify_everything


class Command(BaseCommand):
    """Names the first bad link and ends with code 1; see docs/models/glossary.md for what it can show."""

    help = "Verify seals, signatures and chains of all policy versions and editions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--export-head",
            action="store_true",
            help="print the signed head as JSON; keep it outside of this machine",
        )
        parser.add_argument(
            "--against",
            type=Path,
            metavar="FILE",
            help="an exported head: shows whether the newest versions were cut off since",
        )

    def handle(self, *args: Any, export_head: bool, against: Path | None, **options: Any) -> None:
        try:
            words = self._verify(against)
            self.stdout.write(self._head() if export_head else words)
        except PolicyError as error:
            raise CommandError(str(error)) from error

    def _verify(self, against: Path | None) -> str:
        verified = verify_everything()
        if against is not None:
            check_against(self._read(against))
        counts = f"{verified.versions} policy versions and {verified.editions} editions"
        return f"Verified: {counts} are as they were published."

    def _head(self) -> str:
        return json.dumps(export_head(timezone.now()), indent=2, sort_keys=True)

    def _read(self, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The head {path} cannot be read: {error}") from error
