"""Which back-tests speak of a change as it would be published now, and which no longer do, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from glossary import registry
from glossary.choices import JobState, Workstream
from glossary.models import BackTest, ChangeRequest
from glossary.queries.editions import edition_at
from glossary.queries.proposals import Proposed, proposed

# The two documents that decide which leads enter a stage.
SIDES = (Workstream.GLOSSARY, Workstream.SCORING)


@dataclass(frozen=True, slots=True)
class Question:
    """What a back-test must have measured to speak of a change.

    Attributes:
        digest: of the content; empty = there is no content to measure.
        before: numbers of the versions that it is compared with, of glossary and scoring; the own one is the
            version that the content was made for.
        is_open: the change is not in force. Afterwards the other document may move on.
    """

    workstream: str
    digest: str
    before: Mapping[str, int]
    is_open: bool

    def fault(self, back_test: BackTest) -> str:
        """Why a finished back-test does not speak of this; empty when it does."""
        moved = {
            side: (was, now)
            for side in SIDES
            if (was := getattr(back_test, f"{side.value}_before")) != (now := self.before.get(side.value))
        }
        # First, since where its own document moved on, the content was merged with that and is another one too.
        for side, (was, now) in moved.items():
            if side.value == self.workstream:
                return f"It compares with {side.label} v{was}; the change is made for v{now} now."
        if not self.digest or back_test.digest != self.digest:
            return "The content has changed since."
        if self.is_open:
            for side, (was, now) in moved.items():
                return f"It was measured beside {side.label} v{was}; v{now} is in force now."
        return ""


@dataclass(frozen=True, slots=True)
class Stale:
    """A finished back-test that no longer stands, and why."""

    back_test: BackTest
    reason: str


@dataclass(frozen=True, slots=True)
class Measured:
    """The back-tests of a change, the newest first. Content and result are read when they are asked for.

    Attributes:
        standing: the newest finished one of exactly this; None = there is none.
        waiting: those of exactly this that are still to end.
        outdated: those that are still to end, and would not stand.
        failed: the latest one of exactly this, when it failed or was cancelled; None = it was not.
        others: finished ones of exactly this that a newer one stands before.
    """

    standing: BackTest | None = None
    waiting: tuple[BackTest, ...] = ()
    outdated: tuple[BackTest, ...] = ()
    failed: BackTest | None = None
    others: tuple[BackTest, ...] = ()
    stale: tuple[Stale, ...] = field(default=())


def question_of(request: ChangeRequest, found: Proposed, in_force: Mapping[str, int]) -> Question:
    """What is to be measured of a request as it would be published now.

    Args:
        found: its content; of a closed request as it was closed.
        in_force: numbers of the versions in force by workstream.
    """
    before = {side.value: in_force[side.value] for side in SIDES} | {request.workstream: found.live_number}
    return Question(request.workstream, found.digest, before, request.is_open)


def frozen_question(request: ChangeRequest, in_force: Mapping[str, int]) -> Question:
    """What is to be measured of a request whose content is frozen and made for the version in force."""
    before = {side.value: in_force[side.value] for side in SIDES} | {request.workstream: request.base_number}
    return Question(request.workstream, request.digest, before, request.is_open)


def question_now(request: ChangeRequest, now: datetime) -> Question:
    """What is to be measured of a request at `now`. Raises NoPolicyInForce or ForgedPolicy."""
    edition = edition_at(now)
    if not request.is_open:
        return frozen_question(request, edition.versions)
    return question_of(request, proposed(request, edition), edition.versions)


def standing(request: ChangeRequest, now: datetime) -> BackTest | None:
    """The newest finished back-test of exactly what would be published now; None = there is none.

    Of exactly this: same content, compared with the version that the change is made for, beside the other
    document as it is in force. Of an emergency that is in force the first two.
    """
    return measured(request, question_now(request, now)).standing


def stale(request: ChangeRequest, now: datetime) -> tuple[Stale, ...]:
    """Finished back-tests that no longer stand, with the reason in words, newest first."""
    return measured(request, question_now(request, now)).stale


def waiting(request: ChangeRequest) -> list[BackTest]:
    """Back-tests of a request that are still to end, newest first."""
    return list(request.back_tests.waiting().defer("content", "result"))


def measured(request: ChangeRequest, question: Question) -> Measured:
    """All back-tests of a request, sorted by what they are worth for `question`. One query."""
    if not registry.is_back_tested(request.workstream):
        return Measured()
    rows = list(request.back_tests.defer("content", "result"))
    faults = {row.pk: question.fault(row) for row in rows}
    done = [row for row in rows if row.state == JobState.DONE]
    good = [row for row in done if not faults[row.pk]]
    waits = [row for row in rows if row.is_waiting]
    ended = next((row for row in rows if not (row.is_waiting or faults[row.pk])), None)
    return Measured(
        standing=good[0] if good else None,
        waiting=tuple(row for row in waits if not faults[row.pk]),
        outdated=tuple(row for row in waits if faults[row.pk]),
        failed=ended if ended is not None and ended.state != JobState.DONE else None,
        others=tuple(good[1:]),
        stale=tuple(Stale(row, faults[row.pk]) for row in done if faults[row.pk]),
    )
