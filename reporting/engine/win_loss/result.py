"""The stored result of a win/loss check: plain data, every line with its counts, its ratio and its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from glossary.engine.fields import ContractField
from reporting.engine.conversion_result import Json, instant_text
from reporting.engine.figures import figure, percent
from reporting.engine.parameters import WinLossParameters
from reporting.engine.shares import share_text
from reporting.engine.win_loss.asked import POLICY, Asked
from reporting.engine.win_loss.comparing import SIGNIFICANCE, Comparison, compare
from reporting.engine.win_loss.rule import WON, WinLossRule
from reporting.engine.win_loss.tally import Cells, Tally
from reporting.engine.win_loss.values import how_chosen
from reporting.engine.win_loss.words import line_words, ratio_words

# From so many lines on, one or more clear differences are to be expected where there are none.
_BY_CHANCE = 10
_SELECTION = (
    "Selection: only leads that were decided are compared. A criterion that the definition itself asks for is met "
    "by nearly all of them, and what keeps leads from being decided does not show."
)


@dataclass(frozen=True, slots=True)
class WinLossBasis:
    """What the count rests on beside the tally.

    Attributes:
        edition: number of the edition with whose criteria is counted; `versions` its versions by workstream.
        unjudged: decided leads without a moment to judge them at.
        imported: leads that were judged with values that an import recorded.
        left_out: labels of fields whose criteria are not compared.
        field: the field that was chosen, None for none.
    """

    edition: int
    versions: dict[str, int]
    unjudged: int
    imported: int
    left_out: Sequence[str]
    field: ContractField | None


def win_loss_result(
    parameters: WinLossParameters,
    rule: WinLossRule,
    tally: Tally,
    lines: Iterable[tuple[Asked, Cells]],
    basis: WinLossBasis,
) -> Json:
    """The result as JSON data; `lines` on policies and on values together."""
    rows = _sorted([_row(item, compare(cells, parameters.at_least), parameters) for item, cells in lines])
    return {
        "kind": "win_loss",
        "question": parameters.as_json(),
        "rule": rule.words,
        "as_of": instant_text(rule.as_of),
        "zone": rule.zone.key,
        "since": rule.period.since.isoformat() if rule.period.since else None,
        "until": rule.period.until.isoformat() if rule.period.until else None,
        "period": rule.period.words,
        "won_name": rule.outcomes[WON].name,
        "lost_name": rule.losses,
        "judged_at": {"key": rule.judged.key, "name": rule.judged.name, "short": rule.judged.short},
        "definitions": {
            "counted_with_edition": basis.edition,
            "words": f"glossary version {basis.versions['glossary']}, scoring version {basis.versions['scoring']}",
        },
        "at_least": parameters.at_least,
        "field": _field(basis.field, parameters),
        "rows": rows,
        "total": {
            "key": None,
            "label": "All decided leads",
            "won": tally.won,
            "lost": tally.lost,
            "unjudged": basis.unjudged,
            "won_percent": share_text(tally.won, tally.won + tally.lost),
        },
        "sentence": _sentence(rule, tally, [row for row in rows if row["group"] == POLICY]),
        "notes": _notes(rule, basis, rows),
    }


def _row(item: Asked, line: Comparison, parameters: WinLossParameters) -> Json:
    cells, ratio, interval = line.cells, line.ratio, line.ratio.interval if line.ratio else None
    return {
        "key": item.key,
        "label": item.words,
        "group": item.group,
        "places": list(item.places),
        "where": ", ".join(item.places),
        "criterion": item.criterion.model_dump(mode="json"),
        **asdict(cells),
        "met": cells.met,
        "not_met": cells.not_met,
        "unknown": cells.unknown,
        "met_in_won": share_text(cells.won_met, cells.won),
        "met_in_lost": share_text(cells.lost_met, cells.lost),
        "won_when_met": cells.won_met / cells.met if cells.met else None,
        "won_when_not": cells.won_not_met / cells.not_met if cells.not_met else None,
        "won_when_met_percent": share_text(cells.won_met, cells.met),
        "won_when_not_percent": share_text(cells.won_not_met, cells.not_met),
        "ratio": ratio.value if ratio else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "ratio_text": figure(ratio.value, missing="no bound") if ratio else "",
        "interval_text": f"{figure(interval.low)}–{figure(interval.high)}" if interval else "",
        "ratio_words": ratio_words(line),
        "z": line.test.z if line.test else None,
        "p": line.test.p if line.test else None,
        "finding": line.finding.value,
        "clear": line.finding.is_clear,
        "compared": line.finding.is_compared,
        "more": line.finding.is_clear and line.test is not None and line.test.z > 0,
        "words": line_words(line, parameters.at_least),
    }


def _sorted(rows: list[Json]) -> list[Json]:
    """What separates first, then by strength of evidence; what is not compared stands behind, most leads first.

    A line near the border may have the larger z and still an interval with 1 in it. Ties keep their order.
    """

    def place(row: Json) -> tuple[bool, float, int]:
        z = row["z"]
        known = int(str(row["met"])) + int(str(row["not_met"]))
        return (not row["clear"], -abs(z) if isinstance(z, float) else 1.0, -known)

    return sorted(rows, key=place)


def _field(field: ContractField | None, parameters: WinLossParameters) -> Json | None:
    if field is None:
        return None
    return {"key": field.key, "label": field.label, "how": how_chosen(field, parameters.at_least)}


def _sentence(rule: WinLossRule, tally: Tally, rows: Sequence[Json]) -> str:
    """What the report says, in two or three sentences."""
    decided = tally.won + tally.lost
    if not decided:
        return f"No lead was won or lost {rule.period.words}. Choose another period."
    share = percent(tally.won / decided, 1)
    leads = "1 lead was" if decided == 1 else f"{decided:,} leads were"
    words = f"{leads} decided {rule.period.words}: {tally.won:,} won ({share} %), {tally.lost:,} lost."
    if not tally.won or not tally.lost:
        missing = "lost" if tally.won else "won"
        return f"{words} None was {missing}, so there is nothing to compare; a longer period may help."
    compared = [row for row in rows if row["compared"]]
    if not compared:
        return (
            f"{words} No criterion has enough leads on both sides to be compared; a longer period may help."
        )
    clear = [row for row in compared if row["clear"]]
    if not clear:
        return f"{words} None of the {len(compared)} criteria that can be compared separates won from lost clearly."
    verb = "separates" if len(clear) == 1 else "separate"
    first = clear[0]
    strongest = f" The strongest: “{first['label']}”. {first['words']}"
    return f"{words} Of {len(compared)} criteria that can be compared, {len(clear)} {verb} won from lost.{strongest}"


def _notes(rule: WinLossRule, basis: WinLossBasis, rows: Sequence[Json]) -> list[str]:
    notes = [_SELECTION]
    compared = sum(bool(row["compared"]) for row in rows)
    if compared >= _BY_CHANCE:
        expected = figure(compared * SIGNIFICANCE, 0)
        notes.append(
            f"Chance: {compared} lines are compared; about {expected} of them would show a clear difference by chance "
            "alone. Take a single one as a question, not as an answer."
        )
    if basis.unjudged:
        notes.append(
            f"Not judged: {_leads(basis.unjudged)} without an entry into {rule.judged.name} or a funnel stage behind "
            "it before the outcome, or not known by then; in no line."
        )
    if basis.imported:
        notes.append(
            f"Imported history: {_leads(basis.imported)} judged with the values that the import recorded."
        )
    if basis.left_out:
        notes.append(
            f"Not compared: criteria on {', '.join(basis.left_out)}. The log does not keep these fields, and their "
            "values of today may come of the outcome."
        )
    return notes


def _leads(number: int) -> str:
    return "1 lead is" if number == 1 else f"{number:,} leads are"
