"""What Concord stored of a back-test, in the same terms as DuckDB's answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.back_test.question import Answer, Cell
from reporting.engine.rows import BLANK_LABEL

SIDES = ("before", "after")
# What counts as having come as far as a stage: that one, or one behind it.
BEHIND = {
    "sal": ("sal", "sql", "opportunity", "won", "lost"),
    "sql": ("sql", "opportunity", "won", "lost"),
    "opportunity": ("opportunity", "won", "lost"),
    "won": ("won",),
    "lost": ("lost",),
}


def answer_of(stage: Mapping[str, Any], moved: Sequence[Sequence[Any]]) -> Answer:
    """The answer out of a stage of the stored result and the listed leads, as (lead, kind, stage, microseconds)."""
    answer = Answer(entered=stage["entered"], moved={(lead, kind, end, at) for lead, kind, end, at in moved})
    for by, rows in stage["by"].items():
        for row in rows:
            value = "" if row["label"] == BLANK_LABEL else row["label"]
            cells = {kind: Cell(cell["n"], cell["won"]) for kind, cell in row["matrix"].items() if cell["n"]}
            answer.by[by] |= {(value, kind): cell for kind, cell in cells.items()}
    for row in stage["teams"]:
        counts = {"both": row["before"] - row["lost"], "gained": row["gained"], "lost": row["lost"]}
        answer.teams |= {(row["label"], kind): leads for kind, leads in counts.items() if leads}
    for kind in ("gained", "lost"):
        answer.became |= {(end["stage"], kind): end["n"] for end in stage[kind]["became"]}
    answer.months = {
        (row["label"], side): row[side] for row in stage["months"] for side in SIDES if row[side]
    }
    answer.reached = {(row["stage"], side): row["n"] for side in SIDES for row in stage[side]["reached"]}
    return answer


def reached(became: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """(stage, before or after) → leads that open the stage and came as far, out of how far each came."""
    kinds = {"before": ("both", "lost"), "after": ("both", "gained")}
    return {
        (stage, side): sum(became.get((end, kind), 0) for end in ends for kind in kinds[side])
        for stage, ends in BEHIND.items()
        for side in SIDES
    }


def differences(theirs: Answer, ours: Answer) -> list[str]:
    """The names of the parts that are not the same on both sides."""
    moved = {key: leads for key, leads in theirs.became.items() if key[1] != "both"}
    same = {
        **{f"by {name}": theirs.by[name] == ours.by[name] for name in theirs.by},
        "teams": theirs.teams == ours.teams,
        "what became of leads": moved == ours.became,
        "stages reached": reached(theirs.became) == ours.reached,
        "months": theirs.months == ours.months,
        "listed leads": theirs.moved == ours.moved,
        "entered": theirs.entered == ours.entered,
    }
    return [name for name, equal in same.items() if not equal]
