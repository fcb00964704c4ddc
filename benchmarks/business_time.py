"""Deadlines per second: our table of open time beside a loop over minutes, in the same run, turn by turn.

Run from the project's folder: `python -m benchmarks.business_time [number of deadlines]`. Read the ratio, not
the seconds. The goal is 300,000 deadlines a second on one thread, the making of the table included.
"""

import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

from routing.engine.business_time import CalendarSpec, CompiledCalendar, due_at, elapsed

ZONE = "Europe/London"
HOURS = (("09:00", "12:00"), ("13:00", "17:00"))
TARGETS = (3_600, 7 * 3_600, 5 * 7 * 3_600)
ROUNDS = 5
GOAL = 300_000
LOOP_SHARE = 500
"""The loop does one deadline in so many of ours, or the run would take all day."""

Job = tuple[datetime, int]


def spec() -> CalendarSpec:
    """Monday to Friday with a lunch break, without holidays, which the loop doesn't know."""
    return CalendarSpec(zone=ZONE, windows=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), HOURS))


def jobs(number: int) -> list[Job]:
    """Starts spread over one year, on whole minutes as the loop needs them, with the usual targets."""
    dice = random.Random(20_261_120)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        (begin + timedelta(minutes=dice.randrange(365 * 24 * 60)), dice.choice(TARGETS))
        for _ in range(number)
    ]


def minute_loop(start: datetime, target_seconds: int) -> datetime:
    """The naive deadline: step minute by minute and ask each one whether it is open."""
    zone = ZoneInfo(ZONE)
    windows = [(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in HOURS]
    left, at = target_seconds // 60, start
    while left:
        wall = at.astimezone(zone)
        if wall.weekday() < 5 and any(opens <= wall.time() < closes for opens, closes in windows):
            left -= 1
        at += timedelta(minutes=1)
    return at


def per_second(work: Callable[[list[Job]], object], given: list[Job]) -> float:
    """Jobs done in a second."""
    begun = perf_counter()
    work(given)
    return len(given) / (perf_counter() - begun)


def table_due(given: list[Job]) -> list[datetime]:
    """All deadlines on a calendar compiled just now."""
    calendar = CompiledCalendar(spec())
    return [due_at(calendar, start, target) for start, target in given]


def table_elapsed(given: list[Job]) -> list[float]:
    """The business time from each start to a moment some days on."""
    calendar = CompiledCalendar(spec())
    return [elapsed(calendar, start, start + timedelta(seconds=4 * target)) for start, target in given]


def loop_due(given: list[Job]) -> list[datetime]:
    """All deadlines by the minute loop."""
    return [minute_loop(start, target) for start, target in given]


def main(number: int) -> None:
    """Check that both give the same deadlines, then measure them in turns and print medians."""
    given = jobs(number)
    few = given[: max(number // LOOP_SHARE, 20)]
    if table_due(few) != loop_due(few):
        raise SystemExit("the table and the loop disagree: nothing to measure")
    table, loop, used = [], [], []
    for _ in range(ROUNDS):
        table.append(per_second(table_due, given))
        loop.append(per_second(loop_due, few))
        used.append(per_second(table_elapsed, given))
    print(f"due_at, table    {median(table):12,.0f} /s   (goal {GOAL:,})")
    print(f"due_at, loop     {median(loop):12,.0f} /s")
    print(f"table : loop     {median(table) / median(loop):12,.0f} x")
    print(f"elapsed, table   {median(used):12,.0f} /s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
