"""manage.py report: the reports at the terminal, as table, JSON or CSV."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from glossary.exceptions import PolicyError
from glossary.queries.editions import edition_at, memo
from reporting.choices import ReportKind
from reporting.engine.csv_table import csv_text
from reporting.engine.errors import CountingError
from reporting.engine.reading import Vocabulary, read_conversion, read_sla, read_what_if, read_win_loss
from reporting.engine.text_table import conversion_text, sla_text
from reporting.engine.what_if.tables import what_if_text
from reporting.engine.win_loss.tables import win_loss_text
from reporting.exceptions import ReportRefused
from reporting.queries.definitions import vocabulary
from reporting.services.back_test_texts import back_test_report
from reporting.services.counting import Parameters
from reporting.services.hygiene_texts import hygiene_report
from reporting.services.runs import compute_now

FORMATS = ("table", "json", "csv")
HYGIENE, BACK_TEST = "hygiene", "back-test"
NAMES = ("from", "to", "window", "as_of", "since", "until", "by", "basis", "key", "gate", "field")
Read = Callable[[Mapping[str, str], Vocabulary], Parameters]
Write = Callable[[dict[str, Any]], str]
# How the question of a kind is read, and how its answer is written as text.
KINDS: dict[str, tuple[Read, Write]] = {
    ReportKind.CONVERSION: (read_conversion, conversion_text),
    ReportKind.SLA: (read_sla, sla_text),
    ReportKind.WHAT_IF: (read_what_if, what_if_text),
    ReportKind.WIN_LOSS: (read_win_loss, win_loss_text),
}
# Those that are no runs write themselves.
TEXTS = {HYGIENE: hygiene_report, BACK_TEST: back_test_report}


class Command(BaseCommand):
    """Computes a report and prints it; stores nothing."""

    help = "Print a report, such as `report conversion --from mql --to won`; `report --help` names all."

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
        what_if = kinds.add_parser("what-if", help="How many leads a threshold lets in wherever it stands.")
        what_if.add_argument("--gate", help="stage:threshold, such as mql:mql; the first when not given.")
        win_loss = kinds.add_parser("win-loss", help="Which criteria separate won leads from lost ones.")
        win_loss.add_argument("--field", help="One more field to compare the values of, such as source.")
        back_test = kinds.add_parser(BACK_TEST, help="What a change of the definitions would have moved.")
        back_test.add_argument("--stored", help="Number of a finished one; nothing is computed then.")
        back_test.add_argument("--change", help="Number of the change whose content is measured.")
        back_test.add_argument("--before", help="glossary=7,scoring=5; what is not named is as in force.")
        back_test.add_argument("--after", help="The versions to compare with, likewise.")
        for report in (conversion, sla, what_if, win_loss):
            report.add_argument(
                "--as-of", help="Instant with a zone, such as 2018-05-31T23:59:59Z; now if not given."
            )
        for report in (conversion, sla, hygiene, what_if, win_loss, back_test):
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
                if options["kind"] in TEXTS:
                    write = TEXTS[options["kind"]]
                    self.stdout.write(write(options, options["format"], timezone.now()))
                else:
                    self.stdout.write(_report(ReportKind(options["kind"].replace("-", "_")), options))
        except (ReportRefused, CountingError, PolicyError) as error:
            raise CommandError(" ".join(str(error).split()), returncode=2) from None


def _report(kind: ReportKind, options: dict[str, Any]) -> str:
    now = timezone.now()
    texts = {name: options[name] for name in NAMES if options.get(name)}
    known = vocabulary(edition_at(now), now)
    read, write = KINDS[kind]
    result = compute_now(kind, read(texts, known), now)
    if options["format"] == "json":
        return json.dumps(result, ensure_ascii=False, indent=2)
    if options["format"] == "csv":
        return csv_text(result).rstrip("\r\n")
    return write(result)
