"""What a threshold would mean, in words: the texts beside the slider, and the sentence of the chart."""

from typing import Any

from glossary.engine.words import number_words
from reporting.engine.figures import figure
from reporting.engine.rates import rate_json

Result = dict[str, Any]
Texts = dict[str, str]


def point_in_force(result: Result) -> Result:
    """The point at the threshold in force."""
    return next(point for point in result["points"] if point["at"] == result["now"])


def texts_of_points(result: Result) -> list[Texts]:
    """For each point of the curve what the page says about it; the page's script only exchanges these texts."""
    now = point_in_force(result)
    return [_texts(result, point, now) for point in result["points"]]


def _texts(result: Result, point: Result, now: Result) -> Texts:
    return {
        "at": plain(point["at"]),
        "per_week": figure(point["per_week"], 1),
        "volume": f"{point['volume']:,} of {result['leads']:,} leads",
        "precision": rate_text(point["precision"]),
        "precision_note": _rate_note(point["precision"], "let in"),
        "recall": rate_text(point["recall"]),
        "recall_note": _rate_note(point["recall"], "won"),
        "change": change_sentence(result, point, now),
    }


def plain(value: float) -> str:
    """A threshold as it is typed: 65, 62.5; no separators."""
    return number_words(value).replace(",", "")


def rate_text(rate: Result | None) -> str:
    """A rate in per cent, or its counts where there is none."""
    if rate is None:
        return "n/a"
    return f"{rate['percent']} %" if rate["percent"] else f"{rate['n']:,} of {rate['of']:,}"


def _rate_note(rate: Result | None, among: str) -> str:
    if rate is None:
        return "no stage “won”"
    if not rate["percent"]:
        return f"no rate: {rate['why_not']} {among}" if rate["of"] else f"nobody {among}"
    return f"{rate['n']:,} of {rate['of']:,} {among}, 95 % interval {rate['low']}–{rate['high']} %"


def change_sentence(result: Result, point: Result, now: Result) -> str:
    """What would change against the threshold in force, and what became of the leads that it is about."""
    if point["at"] == now["at"]:
        return "This is the threshold in force."
    more = point["volume"] - now["volume"]
    if not more:
        return f"The same leads as at {plain(now['at'])} would be let in."
    weekly = figure(abs(more) / result["weeks"], 1)
    which, whose = ("more", "of them") if more > 0 else ("fewer", "of those held back")
    words = f"{abs(more):,} {which} leads ({weekly} {which} a week) would become {result['stage']['short']}"
    if result["won"] is None:
        return f"{words}."
    rate = rate_json(abs(point["won"] - now["won"]), abs(more))
    share = f" ({rate['percent']} %)" if rate["percent"] else ""
    return f"{words}; {rate['n']:,} {whose} were won{share}."


def sentence(result: Result) -> str:
    """What the curve shows, with the counts at the threshold in force."""
    now, short = point_in_force(result), result["stage"]["short"]
    if not result["leads"]:
        return f"No leads were captured from {result['since']} to {result['until']}."
    words = (
        f"At {plain(now['at'])}, the threshold in force, {now['volume']:,} of {result['leads']:,} leads become {short} "
        f"({figure(now['per_week'], 1)} a week)"
    )
    if now["precision"] is None:
        return f"{words}."
    won = f"{rate_text(now['precision'])} of these were won" if now["precision"]["percent"] else _few(now)
    recall = f", {now['recall']['percent']} % of all won" if now["recall"]["percent"] else ""
    return f"{words}; {won}{recall}."


def _few(point: Result) -> str:
    return f"{point['won']:,} of these were won"
