"""A line of the win/loss check as a sentence, for whoever prepares the quarterly review."""

from __future__ import annotations

from reporting.engine.figures import figure
from reporting.engine.shares import share_text
from reporting.engine.win_loss.comparing import Comparison, Finding
from reporting.engine.win_loss.tally import Cells

# From this share on it is said of how many a criterion is not known.
_TELL_UNKNOWN = 5


def line_words(line: Comparison, at_least: int) -> str:
    """What a line means, with its counts."""
    words = _found(line) if line.finding.is_compared else _not_compared(line, at_least)
    cells = line.cells
    leads = cells.met + cells.not_met + cells.unknown
    if line.finding is not Finding.NOT_KNOWN and cells.unknown and cells.unknown * _TELL_UNKNOWN >= leads:
        words += f" Not known of {cells.unknown:,} of {leads:,} leads; they are left out."
    return words


def ratio_words(line: Comparison) -> str:
    """The ratio with its interval: 2.10 times as often [1.47–2.99]; empty where there is none."""
    if line.ratio is None or line.ratio.value is None:
        return ""
    interval = line.ratio.interval
    span = f" [{figure(interval.low)}–{figure(interval.high)}]" if interval else ""
    return f"{figure(line.ratio.value)} times as often{span}"


def _found(line: Comparison) -> str:
    cells, ratio = line.cells, ratio_words(line)
    if line.ratio is None or line.ratio.interval is None:
        return _without_interval(line)
    if line.finding is Finding.ALIKE:
        return f"No clear difference: leads with this were won {ratio}; {_shares(cells)}."
    return f"Leads with this were won {ratio}: {_shares(cells)}."


def _without_interval(line: Comparison) -> str:
    cells = line.cells
    if cells.won_met and cells.won_not_met:
        return f"No clear difference: all of them were won, {_shares(cells)}."
    clear = "" if line.finding.is_clear else "No clear difference: "
    if cells.won_met:
        said = f"only leads with this were won, {_shares(cells)}"
        why = "A ratio to none has no bound."
    else:
        said = f"no lead with this was won, {_shares(cells)}"
        why = "A ratio of none has no interval."
    said = said if clear else said[:1].upper() + said[1:]
    return f"{clear}{said}. {why}"


def _not_compared(line: Comparison, at_least: int) -> str:
    cells = line.cells
    known = cells.met + cells.not_met
    match line.finding:
        case Finding.NOT_KNOWN:
            return "Not known of any of these leads at that moment."
        case Finding.ONE_SIDED:
            missing = "lost" if cells.won else "won"
            return f"None of the {known:,} leads of which it is known was {missing}: there is nothing to compare."
        case Finding.NOBODY_LACKS:
            return _nobody("lacks", cells.not_met, known)
        case Finding.NOBODY_HAS:
            return _nobody("has", cells.met, known)
        case _:
            return (
                f"Too few to say: {cells.met:,} with it, {cells.not_met:,} without it; "
                f"{at_least} are needed on either side."
            )


def _nobody(verb: str, number: int, known: int) -> str:
    who = f"Almost nobody {verb} it ({number:,} of {known:,})" if number else f"Nobody of {known:,} {verb} it"
    return f"{who}, so it cannot tell won from lost."


def _shares(cells: Cells) -> str:
    return (
        f"{cells.won_met:,} of {cells.met:,} ({share_text(cells.won_met, cells.met)} %) against "
        f"{cells.won_not_met:,} of {cells.not_met:,} ({share_text(cells.won_not_met, cells.not_met)} %)"
    )
