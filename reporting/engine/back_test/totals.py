"""The cohort as a whole, by the log: how many leads, how many won, by dimension; and what is left of it as neither."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reporting.engine.back_test.tally import Cell, StageTally
from reporting.engine.conversion_result import Json
from reporting.engine.errors import ReconciliationError

# Values that are told apart, by how many leads have them; the others are one row.
MOST_ROWS = 100
Values = Mapping[str | None, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of the cohort.

    Attributes:
        by: for each of DIMENSIONS, value → (leads, won); None = all values that are not told apart.
        entered: key of a stage → leads that entered it by the log.
        has_won: whether there is a stage that means won.
    """

    leads: int
    won: int
    by: Sequence[Values]
    entered: Mapping[str, int] = field(default_factory=dict)
    has_won: bool = True

    def matrix(self, tally: StageTally) -> Json:
        """The four cells of a stage."""
        counts = [tally.leads(cell) for cell in Cell] + [tally.won(cell) for cell in Cell]
        return matrix_json(counts, self.leads, self.won, tally.stage)


def matrix_json(counts: Sequence[int], leads: int, won: int, where: str) -> Json:
    """Both, gained, lost and neither with their won leads. `counts`: leads by cell, then the won ones.

    Raises ReconciliationError when more leads opened the stage than there are: leads changed while they were
    counted, and are to be counted again.
    """
    opened, opened_won = counts[: len(Cell)], counts[len(Cell) :]
    neither, neither_won = leads - sum(opened), won - sum(opened_won)
    if neither < 0 or not 0 <= neither_won <= neither:
        message = (
            f"{where}: {sum(opened)} leads of {leads} opened the stage, {sum(opened_won)} of {won} were won. Leads "
            "changed while they were counted; they are counted again."
        )
        raise ReconciliationError(message)
    cells: Json = {cell.name.lower(): {"n": opened[cell], "won": opened_won[cell]} for cell in Cell}
    return {**cells, "neither": {"n": neither, "won": neither_won}}


def told_apart(counts: Mapping[str, tuple[int, int]]) -> dict[str | None, tuple[int, int]]:
    """The most frequent values; those that are left in one row of their own, None."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1][0], item[0]))
    found: dict[str | None, tuple[int, int]] = dict(ranked[:MOST_ROWS])
    rare = [numbers for _, numbers in ranked[MOST_ROWS:]]
    if rare:
        found[None] = (sum(leads for leads, _ in rare), sum(won for _, won in rare))
    return found
