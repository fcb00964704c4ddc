"""Asking for back-tests, and cancelling them. Who computes them is an app above; it is nudged."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction

from glossary import registry
from glossary.choices import JobState
from glossary.engine.seal import canonical_json
from glossary.exceptions import DocumentRefused, NotAllowed, RequestRefused
from glossary.models import BackTest, ChangeRequest, PolicyVersion
from glossary.models.back_tests import BackTestQuerySet
from glossary.queries.editions import edition_at
from glossary.queries.measured import SIDES, Question, frozen_question, measured, question_of
from glossary.queries.proposals import proposed
from glossary.queries.rights import may_measure
from glossary.services.timeline import locked, refusals_told
from notifications.nudges import on_commit_nudge
from people.access import name_of
from people.models import User

NUDGE = "reporting.run_back_tests"
USUAL = timedelta(days=365)
LONGEST = timedelta(days=3660)
EARLIEST = date(1900, 1, 1)


class Window(NamedTuple):
    """First and last day of capture, in the reporting zone."""

    since: date
    until: date


class _Subject(NamedTuple):
    """What is proposed, as canonical JSON, and what it is compared with."""

    content: str
    question: Question


def default_window(now: datetime) -> Window:
    """The last 365 days up to yesterday, by UTC days."""
    today = now.astimezone(UTC).date()
    return Window(today - USUAL, today - timedelta(days=1))


def ask_for_request(request_id: int, window: Window, *, acting_user: User | None, now: datetime) -> BackTest:
    """Ask what a change request would have done to the leads of `window`. The same question that waits is the same row.

    It may still be a draft, as long as it reads as a document; also an emergency that is to be ratified.

    Args:
        acting_user: None = the system.

    Raises:
        NotAllowed: the person does not see every lead.
        RequestRefused: no such request, nothing to measure, or a window that cannot be used.
        DocumentRefused: the draft has to be mended first.
    """
    with refusals_told(request_id, acting_user, now), transaction.atomic():
        _require_right(acting_user)
        check_window(window, now)
        request = locked(request_id)
        subject = _subject(request, now)
        return _ask(request, subject, window, acting_user, now)


def measure_round(request: ChangeRequest, now: datetime) -> None:
    """Queue a back-test of a request whose content was just frozen, unless there is one of exactly this.

    Within the transaction and under the lock of the caller. Nothing where the workstream is not back-tested.
    """
    if not registry.is_back_tested(request.workstream):
        return
    question = frozen_question(request, edition_at(now).versions)
    known = measured(request, question)
    if known.standing is None and not known.waiting:
        _ask(request, _Subject(request.content, question), default_window(now), None, now)


@transaction.atomic
def ask_for_versions(
    before: Mapping[str, int],
    after: Mapping[str, int],
    window: Window,
    *,
    acting_user: User | None,
    now: datetime,
) -> BackTest:
    """Compare two pairs of versions over `window`; the same question that waits is the same row.

    Args:
        before, after: `{"glossary": 7, "scoring": 5}`.

    Raises NotAllowed, RequestRefused.
    """
    _require_right(acting_user)
    check_window(window, now)
    _require_versions(before, after)
    sides = {f"{side.value}_before": before[side.value] for side in SIDES}
    sides |= {f"{side.value}_after": after[side.value] for side in SIDES}
    row = BackTest(request=None, **sides, **window._asdict())
    return _queued(row, {**sides, "request": None}, acting_user, now)


@transaction.atomic
def cancel(back_test_id: int, *, acting_user: User | None, now: datetime) -> BackTest:
    """End a back-test that waits or runs; one that was cancelled stays so. Raises NotAllowed, RequestRefused."""
    _require_right(acting_user)
    mine = BackTest.objects.filter(pk=back_test_id)
    ended = _end(mine, acting_user, now)
    found = mine.defer("content", "result").first()
    if found is None:
        raise RequestRefused(f"There is no back-test #{back_test_id}.")
    if not ended and found.state != JobState.CANCELLED:
        raise RequestRefused(
            f"Back-test #{found.pk} is {found.get_state_display().lower()} already; nothing is left to cancel."
        )
    return found


def _ask(
    request: ChangeRequest, subject: _Subject, window: Window, user: User | None, now: datetime
) -> BackTest:
    """Queue a question about a request, and let go of those that ask about what it no longer says."""
    question = subject.question
    outdated = measured(request, question).outdated
    _end(BackTest.objects.filter(pk__in=[row.pk for row in outdated]), None, now)
    before = {f"{key}_before": number for key, number in question.before.items()}
    after = {
        f"{key}_after": None if key == question.workstream else number
        for key, number in question.before.items()
    }
    row = BackTest(
        request=request,
        workstream=question.workstream,
        content=subject.content,
        digest=question.digest,
        **before,
        **after,
        **window._asdict(),
    )
    return _queued(row, {**before, "request": request, "digest": question.digest}, user, now)


def _queued(row: BackTest, same: Mapping[str, object], user: User | None, now: datetime) -> BackTest:
    """The row, written; or the one that asks the same and waits already.

    Args:
        same: what makes a question the same one, beside its window; the constraints say so too.
    """
    alike = BackTest.objects.waiting().filter(since=row.since, until=row.until, **same)
    there = alike.first()
    if there is not None:
        return there
    row.as_of = row.requested_at = now
    row.requested_by = user
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # Somebody asked in this very moment; the constraint lets one of both through.
        other = alike.first()
        if other is None:
            raise
        return other
    on_commit_nudge(NUDGE)
    return row


def _end(rows: BackTestQuerySet, user: User | None, now: datetime) -> int:
    """Cancel those of the rows that wait or run, in one statement: what a worker has just finished stays done."""
    return rows.waiting().update(
        state=JobState.CANCELLED, finished_at=now, leased_until=None, ended_by_name=name_of(user)
    )


def _subject(request: ChangeRequest, now: datetime) -> _Subject:
    """What would be measured. Raises RequestRefused, DocumentRefused."""
    if not registry.is_back_tested(request.workstream):
        labels = " and ".join(side.label for side in SIDES)
        raise RequestRefused(
            f"Changes of {request.get_workstream_display()} open no stage for any lead; only those of {labels} "
            "are back-tested."
        )
    edition = edition_at(now)
    if request.awaits_ratification:
        return _Subject(request.content, frozen_question(request, edition.versions))
    if not request.is_open:
        raise RequestRefused(
            f"Change request #{request.pk} is {request.get_state_display().lower()}. Compare versions instead."
        )
    found = proposed(request, edition)
    if found.conflicts:
        raise RequestRefused("There is nothing to measure before the conflicts are settled.")
    if found.document is None or found.findings:
        raise DocumentRefused(found.findings)
    if found.document == found.live:
        raise RequestRefused("The draft says exactly what is in force. Change something first.")
    return _Subject(canonical_json(found.document), question_of(request, found, edition.versions))


def _require_right(user: User | None) -> None:
    if not may_measure(user):
        raise NotAllowed("Only who sees every lead has back-tests computed. Ask RevOps or Analytics for one.")


def check_window(window: Window, now: datetime) -> None:
    """Raise RequestRefused unless the window is one: it begins before it ends, and not in the future."""
    since, until = window
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)  # it is tomorrow already east of here
    if since > until:
        raise RequestRefused(f"The window ends on {until} before it begins on {since}. Swap the two days.")
    if since < EARLIEST:
        raise RequestRefused(f"The window begins on {since}. Choose a day from {EARLIEST} on.")
    if until > tomorrow:
        raise RequestRefused(f"The window ends on {until}, which has not come. Choose a day up to today.")
    if until - since >= LONGEST:
        raise RequestRefused(
            f"The window from {since} to {until} is longer than ten years. Choose a shorter one."
        )


def _require_versions(before: Mapping[str, int], after: Mapping[str, int]) -> None:
    """Raise RequestRefused unless both sides name versions that there are, and not the same ones."""
    for side in SIDES:
        numbers = [before.get(side.value), after.get(side.value)]
        if None in numbers:
            raise RequestRefused(f"Say which version of {side.label} stands on each side.")
        known = set(PolicyVersion.objects.filter(workstream=side).values_list("number", flat=True))
        for number in numbers:
            if number not in known:
                raise RequestRefused(
                    f"There is no {side.label} v{number}; the newest is v{max(known, default=0)}."
                )
    if all(before[side.value] == after[side.value] for side in SIDES):
        raise RequestRefused("Both sides are the same. Choose another version on one of them.")
