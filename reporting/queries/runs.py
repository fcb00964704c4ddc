"""Stored runs: the newest of a question, the one that waits, and the newest of many questions at once."""

from collections.abc import Iterable

from django.db.models import Max

from reporting.choices import RunState
from reporting.engine.document import Kpi
from reporting.engine.parameters import MONTH, ConversionParameters, SlaParameters
from reporting.models import ReportRun

WAITING = (RunState.QUEUED, RunState.RUNNING)


def waiting_run(kind: str, digest: str) -> ReportRun | None:
    """The run of this question that is queued or being computed."""
    return ReportRun.objects.filter(kind=kind, parameters_digest=digest, state__in=WAITING).first()


def newest_run(kind: str, digest: str) -> ReportRun | None:
    """The newest run of this question in any state, to show why there is no newer result."""
    return ReportRun.objects.filter(kind=kind, parameters_digest=digest).order_by("-id").first()


def finished_runs(digests: Iterable[str]) -> dict[str, ReportRun]:
    """Digest → newest finished run, in one query."""
    done = ReportRun.objects.filter(parameters_digest__in=list(digests), state=RunState.DONE)
    newest = done.order_by().values("parameters_digest").annotate(newest=Max("id")).values("newest")
    return {run.parameters_digest: run for run in ReportRun.objects.filter(pk__in=newest)}


def waiting_digests(digests: Iterable[str]) -> set[str]:
    """Which of these questions wait for their computation."""
    waiting = ReportRun.objects.filter(parameters_digest__in=list(digests), state__in=WAITING)
    return set(waiting.values_list("parameters_digest", flat=True))


def kpi_question(kpi: Kpi) -> ConversionParameters:
    """The question behind a KPI's tile: all cohorts, by month."""
    return ConversionParameters(
        from_stage=kpi.from_,
        to_stage=kpi.to,
        window_days=kpi.window_days,
        by=MONTH,
        at_least=kpi.at_least,
    )


def sla_question() -> SlaParameters:
    """The question behind the SLA tiles: all clocks by promise."""
    return SlaParameters()
