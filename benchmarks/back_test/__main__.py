"""Back-test of one typical change over a million leads, beside the same question in DuckDB over the same rows.

`python -m benchmarks.back_test [number of leads] [--only postgres|sqlite]`. Prints the medians of alternating runs,
their ratio and the peak memory of the worker; the exit code says whether the limits were kept: 4 × DuckDB on
PostgreSQL, 12 × on SQLite, 300 MB, and the same answer to the digit.

The question is all that a back-test tells of a stage: the matrix by source, region and segment, the teams, the months,
how far leads came, and each lead that would move. Concord also stores its answer in that time. Beside it stands what
DuckDB takes for the matrix by source alone.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.back_test import question
from benchmarks.back_test.loading import load
from benchmarks.back_test.reading import answer_of, differences
from benchmarks.back_test.world import World, build
from tests.runner import servers

LIMITS = {"postgres": 4.0, "sqlite": 12.0}
LIMIT_MB = 300
ROUNDS = 5
SAMPLE = 3_000
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Measured:
    """What the rounds on one database gave."""

    ours: list[float]
    theirs: list[float]
    matrix_alone: list[float]
    megabytes: float
    different: list[str]

    def lines(self, name: str) -> Iterator[str]:
        """For the terminal."""
        ratio, limit = self.ratio(), LIMITS[name]
        yield f"{name:9} Concord {median(self.ours):7.2f} s   DuckDB {median(self.theirs):6.2f} s   ratio {ratio:5.2f}"
        yield f"{'':9} limit {limit:.0f} x: {_kept(ratio <= limit)}"
        yield f"{'':9} rounds {_seconds(self.ours)} / {_seconds(self.theirs)}"
        alone = median(self.matrix_alone)
        yield f"{'':9} DuckDB for the matrix by source alone {alone:.2f} s, ratio {median(self.ours) / alone:.2f}"
        yield f"{'':9} memory {self.megabytes:.0f} MB, limit {LIMIT_MB} MB: {_kept(self.megabytes <= LIMIT_MB)}"
        yield f"{'':9} answers: {'DIFFERENT: ' + ', '.join(self.different) if self.different else 'equal'}"

    def ratio(self) -> float:
        """Our median beside theirs."""
        return median(self.ours) / median(self.theirs)

    def is_fine(self, name: str) -> bool:
        """Whether all limits were kept."""
        return self.ratio() <= LIMITS[name] and self.megabytes <= LIMIT_MB and not self.different


def _kept(kept: bool) -> str:
    return "kept" if kept else "MISSED"


def _seconds(taken: list[float]) -> str:
    return " ".join(f"{value:.2f}" for value in taken)


def worker(act: str, url: str, var: Path, *more: str) -> str:
    """Run an act of the worker in a process of its own; what it printed."""
    environment = {**os.environ, "DATABASE_URL": url, "CONCORD_VAR": str(var)}
    command = [sys.executable, "-m", "benchmarks.back_test.worker", act, *more]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def rounds(world: World, url: str, var: Path) -> Measured:
    """Load the world, then ask both in turn."""
    worker("prepare", url, var)
    load(world, url)
    ours, theirs, alone, megabytes = list[float](), list[float](), list[float](), 0.0
    different = dict[str, None]()
    with question.prepare(world) as db:
        question.ask(db)  # reads the file into memory
        worker("measure", url, var)  # and the database its own
        for _ in range(ROUNDS):
            answer, seconds = question.ask(db)
            theirs.append(seconds)
            alone.append(question.ask_for_matrix(db)[1])
            found = json.loads(worker("measure", url, var))
            ours.append(float(found["seconds"]))
            megabytes = max(megabytes, float(found["megabytes"]))
            different |= dict.fromkeys(differences(answer, answer_of(found["stage"], found["moved"])))
    return Measured(ours, theirs, alone, megabytes, list(different))


def _quarter_of_memory() -> int:
    """In megabytes: what PostgreSQL's manual tells to begin with. DuckDB takes up to four fifths by itself."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4 // 2**20


def sample_agrees(folder: Path) -> bool:
    """Whether DuckDB says of a small world what the engine says of it, lead by lead."""
    world = build(folder / "sample.duckdb", SAMPLE)
    url = f"sqlite:///{folder / 'sample.sqlite3'}"
    return worker("sample", url, folder / "var-sample", str(world.path)).strip() == "equal"


def main(leads: int, names: list[str]) -> int:
    """Print what was measured; the exit code says whether the limits were kept."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="concord-benchmark-")))
        if not sample_agrees(folder):
            print(f"DuckDB's statement says something else than the engine about {SAMPLE:,} leads")
            return 1
        world = build(folder / "world.duckdb", leads)
        print(", ".join(f"{number:,} {table}" for table, number in world.counts().items()))
        fine = True
        for name in names:
            url = f"sqlite:///{folder / 'concord.sqlite3'}"
            if name == "postgres":
                url = stack.enter_context(
                    servers.postgres(folder, f"shared_buffers={_quarter_of_memory()}MB")
                )
            measured = rounds(world, url, folder / f"var-{name}")
            print(*measured.lines(name), sep="\n", flush=True)
            fine = fine and measured.is_fine(name)
        return 0 if fine else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.back_test")
    parser.add_argument("leads", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--only", choices=list(LIMITS))
    chosen = parser.parse_args()
    sys.exit(main(chosen.leads, [chosen.only] if chosen.only else list(LIMITS)))
