"""The process that is measured: Django on the database of the environment, and Concord's own computation.

`python -m benchmarks.back_test.worker prepare` makes tables, people and policies; `measure` computes one back-test
and prints, as one line of JSON, the seconds, the peak memory, what was stored of the stage and the listed leads;
`sample FILE` tells whether DuckDB and the engine say the same of a small world.
"""

import json
import os
import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  (Django has to be set up first)

from benchmarks.back_test import policies  # noqa: E402
from benchmarks.back_test.shape import AS_OF, OWNERS, SINCE, TEAMS, UNTIL  # noqa: E402
from glossary.models import BackTest  # noqa: E402
from glossary.services.measuring import Window, ask_for_versions  # noqa: E402
from people.models import Team, User  # noqa: E402
from reporting.services.back_testing import compute  # noqa: E402

STAGE = "mql"


def prepare() -> None:
    """Migrate, then the policies and the people that own leads."""
    call_command("migrate", verbosity=0)
    policies.publish_both(AS_OF)
    for number in range(1, TEAMS + 1):
        Team.objects.create(pk=number, name=f"Team {number}")
    for number in range(1, OWNERS + 1):
        name = f"rep{number}"
        User.objects.create(pk=number, username=name, email=f"{name}@example.com", team_id=1 + number % TEAMS)


def measure() -> dict[str, object]:
    """Compute one back-test as the worker does, and tell what it took."""
    question = ask_for_versions(
        policies.BEFORE, policies.AFTER, Window(SINCE, UNTIL), acting_user=None, now=AS_OF
    )
    begin = perf_counter()
    done = compute(question.pk, now=AS_OF)
    taken = perf_counter() - begin
    row = BackTest.objects.get(pk=question.pk)
    if not done or row.result is None:
        raise SystemExit(f"the back-test ended as {row.state}: {row.error}")
    found = next(stage for stage in row.result["stages"] if stage["key"] == STAGE)
    told = {"seconds": taken, "megabytes": peak_megabytes(), "judged": row.result["judged"], "stage": found}
    listed = row.leads.filter(stage=STAGE).values_list("lead_id", "kind", "outcome", "opened_at")
    epoch, microsecond = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
    moved = [(lead, kind, end, (at - epoch) // microsecond) for lead, kind, end, at in listed]
    return {**told, "moved": moved}


def peak_megabytes() -> float:
    """The most memory that this process ever held.

    Linux tells it of this program alone; elsewhere getrusage may include the moment before the program began.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def sample(file: Path) -> str:
    """Whether DuckDB's statement and the engine, one lead at a time, say the same of a small world."""
    # Only here: DuckDB's memory is none of the process that is measured.
    from benchmarks.back_test import one_by_one, question, world  # noqa: PLC0415

    sampled = world.World(file)
    with question.prepare(sampled) as db:
        theirs, _ = question.ask_for_matrix(db)
    return "equal" if theirs == one_by_one.answer(sampled) else "different"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["prepare"]:
            prepare()
        case ["sample", file]:
            print(sample(Path(file)))
        case _:
            print(json.dumps(measure()))
