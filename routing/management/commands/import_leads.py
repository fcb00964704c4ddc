"""`manage.py import_leads FILE --mapping NAME_OR_PATH`: import a CSV or XLSX file from the terminal."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from routing.choices import ImportState
from routing.engine.mapping import MappingSpec
from routing.engine.mapping_files import MappingRefused, parse_mapping_text
from routing.engine.sheets import Dialect
from routing.exceptions import RoutingRefused
from routing.models import ImportBatch
from routing.services.imports.files import Upload, receive
from routing.services.imports.run import run_here
from routing.services.imports.start import Order, named_mapping, save_mapping

_FILES = (".yaml", ".yml", ".json")


class Command(BaseCommand):
    """Takes the file in, runs it at once in this process, and says what came of its rows."""

    help = "Import leads, or outcomes of leads, from a CSV or XLSX file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="CSV or XLSX file")
        parser.add_argument("--mapping", required=True, help="name of a kept mapping, or a YAML or JSON file")
        parser.add_argument("--dry-run", action="store_true", help="count and check, write nothing")
        parser.add_argument("--encoding", default="", help="e.g. utf-8, cp1252, utf-16 (default: detected)")
        parser.add_argument("--delimiter", default="", help="e.g. ';' or tab (default: detected)")
        parser.add_argument("--sheet", default="", help="sheet of a workbook (default: the first)")
        parser.add_argument(
            "--save-mapping", default="", metavar="NAME", help="keep the mapping under this name"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._run(options)
        except MappingRefused as refusal:
            raise CommandError("\n".join(refusal.messages)) from None
        except RoutingRefused as refusal:
            raise CommandError("\n".join(refusal.messages)) from None
        if batch.state != ImportState.DONE:
            raise CommandError(batch.error or f"The import did not end; it is {batch.state}.")
        self._summary(batch)

    def _run(self, options: dict[str, Any]) -> ImportBatch:
        path = Path(options["file"])
        spec, name = _mapping(options["mapping"])
        if options["save_mapping"]:
            name = options["save_mapping"]
            save_mapping(name, spec, acting_user=None)
        dialect = Dialect(
            options["encoding"] or spec.dialect.encoding,
            options["delimiter"] or spec.dialect.delimiter,
            options["sheet"] or spec.dialect.sheet,
        )
        try:
            with path.open("rb") as stream:
                upload = Upload(File(stream, path.name), path.name, dialect)
                batch = receive(upload, acting_user=None, now=timezone.now())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
        order = Order(spec, name, dry_run=options["dry_run"])
        return run_here(batch.pk, order, now=timezone.now(), report=self._progress)

    def _progress(self, batch: ImportBatch) -> None:
        """A line per 100 rows and one at the end: live rows come one by one."""
        if batch.rows_read % 100 == 0 or batch.rows_read == batch.rows_total:
            self.stdout.write(f"{batch.rows_read:,} of {batch.rows_total or 0:,} rows")

    def _summary(self, batch: ImportBatch) -> None:
        would = "would be " if batch.dry_run else ""
        self.stdout.write(
            f"{batch.file_name}: {batch.rows_read:,} rows read = {batch.rows_created:,} {would}created + "
            f"{batch.rows_updated:,} {would}updated + {batch.rows_unchanged:,} unchanged + "
            f"{batch.rows_quarantined:,} {would}quarantined."
        )
        for finding in batch.findings[:20]:
            for error in finding["errors"]:
                self.stdout.write(f"  row {finding['row']}, {error['heading'] or 'row'}: {error['message']}")
        if batch.rows_quarantined and not batch.dry_run:
            self.stdout.write(
                "Refused rows wait in the quarantine: fix and retry them at /leads/quarantine/."
            )


def _mapping(given: str) -> tuple[MappingSpec, str]:
    """The mapping and its name; a file has none."""
    path = Path(given)
    if path.suffix.lower() not in _FILES:
        return named_mapping(given), given
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{given} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"{given} is no text in UTF-8, so it is no mapping.") from None
    return parse_mapping_text(text, path.name), ""
