"""Celery tasks of the reports: thin, idempotent sweeps that may run late, twice or in two workers at once."""

from celery import shared_task
from django.utils import timezone

from glossary.exceptions import NoPolicyInForce
from glossary.queries.editions import memo
from reporting.models import ReportRun
from reporting.services import back_testing
from reporting.services.kpis import refresh_kpis
from reporting.services.runs import compute

MOST_RUNS = 50


@shared_task(name="reporting.run_reports")
def run_reports() -> int:
    """Compute the reports that wait, oldest first; their number."""
    with memo():
        due = ReportRun.objects.due_at(timezone.now()).order_by("id").values_list("pk", flat=True)
        return sum(compute(pk, now=timezone.now()) for pk in list(due[:MOST_RUNS]))


@shared_task(name="reporting.run_back_tests")
def run_back_tests() -> int:
    """Compute the back-tests that wait, oldest first; their number."""
    return sum(_back_test(pk) for pk in back_testing.due(timezone.now()))


def _back_test(pk: int) -> bool:
    # One may take minutes: each sees the policies as they are when it begins.
    with memo():
        return back_testing.compute(pk, now=timezone.now())


@shared_task(name="reporting.refresh_kpis")
def refresh() -> int:
    """Ask anew for the overview's reports that are old; their number. Before the first policies: none."""
    try:
        return refresh_kpis(timezone.now())
    except NoPolicyInForce:
        return 0
