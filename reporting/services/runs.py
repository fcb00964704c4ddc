"""Runs of reports: asked for once, claimed by a lease, written whole in one statement or not at all."""

import json
import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from pydantic import ValidationError

from glossary.exceptions import PolicyError
from glossary.queries.editions import edition_by_id
from notifications.nudges import on_commit_nudge
from people.models import User
from reporting.choices import ReportKind
from reporting.engine.conversion_result import Json
from reporting.engine.errors import CountingError
from reporting.engine.parameters import (
    ConversionParameters,
    SlaParameters,
    WhatIfParameters,
    WinLossParameters,
)
from reporting.exceptions import ReportRefused
from reporting.models import ReportRun
from reporting.queries.definitions import edition_for
from reporting.queries.runs import waiting_run
from reporting.services.counting import Moment, Parameters, count
from reporting.services.inflating import tell_inflation
from reporting.services.leases import Holder, Lease, Stopped, claim, fail, finish, put_back

logger = logging.getLogger(__name__)

NUDGE = "reporting.run_reports"
LEASE = timedelta(minutes=15)
_QUESTIONS: dict[str, type[Parameters]] = {
    ReportKind.CONVERSION: ConversionParameters,
    ReportKind.SLA: SlaParameters,
    ReportKind.WHAT_IF: WhatIfParameters,
    ReportKind.WIN_LOSS: WinLossParameters,
}


@transaction.atomic
def request_run(
    kind: ReportKind, parameters: Parameters, *, acting_user: User | None, now: datetime
) -> ReportRun:
    """Ask for a report; the same question that still waits is the same run, however often it is asked.

    The as-of instant is fixed here: `now` where the question names none. So is the edition to count with, so
    that a run that has to be computed again says the same to the byte. Raises ReportRefused for parameters of
    another kind and NoPolicyInForce when nothing is published.
    """
    if not isinstance(parameters, _QUESTIONS[kind]):
        raise ReportRefused(f"{type(parameters).__name__} is no question of the {kind} report.")
    digest = parameters.digest()
    waiting = waiting_run(kind, digest)
    if waiting is not None:
        return waiting
    as_of = parameters.as_of or now
    run = ReportRun(
        kind=kind,
        parameters=parameters.as_json(),
        parameters_digest=digest,
        as_of=as_of,
        edition_id=edition_for(as_of, now).id,
        requested_by=acting_user,
        requested_at=now,
    )
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError:
        # Somebody asked in this very moment; the constraint lets one of both through.
        other = waiting_run(kind, digest)
        if other is None:
            raise
        return other
    on_commit_nudge(NUDGE)
    return run


def compute(run_id: int, *, now: datetime) -> bool:
    """Compute a run that is due; returns whether this call finished it.

    1. Claim it by a lease, unless somebody else holds it.
    2. Count as of the instant and with the edition that were fixed when it was asked for.
    3. Write the whole result in one statement, if the lease is still ours.
    A question that cannot be counted fails at once; any other error is kept, and the run is tried again up to
    three times in all.
    """
    lease = claim(ReportRun, run_id, now=now, length=LEASE)
    if lease is None:
        return False
    run, holder = ReportRun.objects.get(pk=run_id), Holder(lease, now)
    try:
        result = count(question_of(run), moment_of(run), holder.go_on)
    except Stopped:
        logger.info("report run %s was taken over while it was computed", run_id)
        return False
    except (CountingError, PolicyError, ValidationError) as error:
        fail(holder.lease, str(error), now=now)
        return False
    except Exception as error:
        logger.exception("report run %s failed", run_id)
        put_back(holder.lease, f"{type(error).__name__}: {error}", now=now)
        return False
    return _finish(run, holder.lease, result, now)


def compute_now(kind: ReportKind, parameters: Parameters, now: datetime) -> Json:
    """Compute a report at once and store nothing: for the terminal. Raises CountingError, NoPolicyInForce."""
    as_of = parameters.as_of or now
    if not isinstance(parameters, _QUESTIONS[kind]):
        raise ReportRefused(f"{type(parameters).__name__} is no question of the {kind} report.")
    return count(parameters, Moment(as_of, edition_for(as_of, now)))


def question_of(run: ReportRun) -> Parameters:
    """The question of a stored run."""
    return _QUESTIONS[run.kind].model_validate_json(json.dumps(run.parameters))


def moment_of(run: ReportRun) -> Moment:
    """As of when, and with which edition, a run counts."""
    if run.edition_id is None:
        raise ReportRefused(f"Run {run.pk} names no edition; ask for the report anew.")
    return Moment(run.as_of, edition_by_id(run.edition_id))


@transaction.atomic
def _finish(run: ReportRun, lease: Lease, result: Json, now: datetime) -> bool:
    """Write the result if the lease is still ours, and tell in the same transaction what it gives cause for."""
    done = finish(lease, result, now=now)
    if done:
        tell_inflation(run, result, now=now)
    return done
