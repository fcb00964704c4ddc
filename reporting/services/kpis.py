"""Keeping the overview fresh: its reports are asked for again when they are old and something happened."""

from datetime import datetime, timedelta

from glossary.queries.editions import edition_at
from glossary.types import EditionInForce
from people.models import User
from reporting.choices import ReportKind, RunState
from reporting.engine.document import ReportingDocument
from reporting.models import ReportRun
from reporting.queries.entries import newest_record
from reporting.queries.runs import finished_runs, kpi_question, sla_question
from reporting.services.counting import Parameters
from reporting.services.runs import request_run

FRESH_FOR = timedelta(hours=1)
# Without any news leads still grow old enough to be judged, and clocks become overdue.
OLDEST = timedelta(hours=24)
KEPT_FOR = timedelta(days=30)


def overview_questions(edition: EditionInForce) -> list[tuple[ReportKind, Parameters]]:
    """The questions of the overview: each KPI of the reporting document, and the clocks by promise."""
    kpis = edition.document(ReportingDocument).kpis
    return [
        *((ReportKind.CONVERSION, kpi_question(kpi)) for kpi in kpis),
        (ReportKind.SLA, sla_question()),
    ]


def request_overview(*, acting_user: User | None, now: datetime) -> list[ReportRun]:
    """Ask for every report of the overview now. Raises NoPolicyInForce when nothing is published."""
    questions = overview_questions(edition_at(now))
    return [request_run(kind, asked, acting_user=acting_user, now=now) for kind, asked in questions]


def refresh_kpis(now: datetime) -> int:
    """Ask for what is older than an hour, if entries were recorded since, a day, or counted with an older
    edition; returns how many reports were asked for. Runs of the system are dropped after 30 days.

    Raises NoPolicyInForce when nothing is published.
    """
    ReportRun.objects.filter(
        requested_by__isnull=True, state=RunState.DONE, finished_at__lt=now - KEPT_FOR
    ).delete()
    edition = edition_at(now)
    questions = overview_questions(edition)
    latest = finished_runs(asked.digest() for _, asked in questions)
    newest = newest_record()
    old = [
        (kind, asked)
        for kind, asked in questions
        if _is_old(latest.get(asked.digest()), edition, newest, now)
    ]
    for kind, asked in old:
        request_run(kind, asked, acting_user=None, now=now)
    return len(old)


def _is_old(run: ReportRun | None, edition: EditionInForce, newest: datetime | None, now: datetime) -> bool:
    if run is None:
        return newest is not None
    age = now - run.as_of
    news = newest is not None and newest > run.as_of
    return run.edition_id != edition.id or age >= OLDEST or (age >= FRESH_FOR and news)
