"""manage.py report: the conversion, SLA and hygiene reports at the terminal, as table, JSON or CSV."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from glossary.exceptions import PolicyError
from glossary.queries.editions import edition_at, memo
from reporting.choices import ReportKind
from reporting.engine.csv_table import csv_text
from reporting.engine.errors import CountingError
from reporting.engine.reading import read_conversion, read_sla
from reporting.engine.text_table import conversion_text, sla_text
from reporting.exceptions import ReportRefused
from reporting.queries.definitions import vocabulary
from reporting.services.counting import Parameters
from reporting.services.hygiene_texts import hygiene_report
from reporting.services.runs import compute_now

FORMATS = ("table", "json", "csv")
HYGIENE = "hygiene"
NAMES = ("from", "to", "window", "as_of", "since", "until", "by", "basis", "key")


class Command(BaseCommand):
    """Computes a report and prints it; stores nothing."""

    help = "Print a report: `report conversion --from mql --to won`, `report sla` or `report hygiene`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, title="reports")
        conversion = kinds.add_parser(
            "conversion", help="How many of those who reached a stage reached another."
        )
        conversion.add_argument("--from", required=True, help="Key of the stage that makes the cohort.")
        conversion.add_argument("--to", required=True, help="Key of the stage that counts as converted.")
        conversion.add_argument("--window", help="Days within which to convert; none when not given.")
        conversion.add_argument("--by", help="total, month or a dimension, such as source.")
        conversion.add_argument("--basis", help="known (default) or recorded: when imported history counts.")
        sla = kinds.add_parser("sla", help="How many promises were kept in time.")
        sla.add_argument("--by", help="key (default), month, region, team, owner or source.")
        sla.add_argument("--key", help="Only this promise.")
        hygiene = kinds.add_parser(HYGIENE, help="How complete and valid leads are, and what each gap costs.")
        hygiene.add_argument("--by", help="total (default), source or month of capture.")
        hygiene.add_argument("--field", help="Only this field of the contract.")
        for report in (conversion, sla):
            report.add_argument(
                "--as-of", help="Instant with a zone, such as 2018-05-31T23:59:59Z; now if not given."
            )
        for report in (conversion, sla, hygiene):
            report.add_argument("--since", help="First month or day: 2018-01 or 2018-01-15.")
            report.add_argument("--until", help="Last month or day, itself included.")
            report.add_argument("--format", default="table", help=f"{', '.join(FORMATS)}.")

    def handle(self, **options: Any) -> None:
        if options["format"] not in FORMATS:
            raise CommandError(
                f"format: {options['format']!r} is unknown. Give one of: {', '.join(FORMATS)}.", returncode=2
            )
        try:
            with memo():
                if options["kind"] == HYGIENE:
                    self.stdout.write(hygiene_report(options, options["format"], timezone.now()))
                else:
                    self.stdout.write(_report(ReportKind(options["kind"]), options))
        except (ReportRefused, CountingError, PolicyError) as error:
            raise CommandError(" ".join(str(error).split()), returncode=2) from None


def _report(kind: ReportKind, options: dict[str, Any]) -> str:
    now = timezone.now()
    texts = {name: options[name] for name in NAMES if options.get(name)}
    known = vocabulary(edition_at(now), now)
    parameters: Parameters = (
        read_conversion(texts, known) if kind is ReportKind.CONVERSION else read_sla(texts, known)
    )
    result = compute_now(kind, parameters, now)
    if options["format"] == "json":
        return json.dumps(result, ensure_ascii=False, indent=2)
    if options["format"] == "csv":
        return csv_text(result).rstrip("\r\n")
    return conversion_text(result) if kind is ReportKind.CONVERSION else sla_text(result)
