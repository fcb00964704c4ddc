"""The stored result of a curve: plain data, whole and rounded; the same to the byte when made again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from glossary.engine.words import number_words
from reporting.engine.conversion_result import Json, instant_text
from reporting.engine.day_window import DayWindow
from reporting.engine.parameters import WhatIfParameters
from reporting.engine.rates import rate_json
from reporting.engine.what_if.curve import Point

NO_WON_STAGE = "The glossary has no stage “won”: there is neither precision nor recall."


@dataclass(frozen=True, slots=True)
class Gate:
    """The threshold that is moved, and the stage that it guards.

    Attributes:
        now: the threshold in force, in points.
        highest: the cap of the score.
    """

    stage: str
    name: str
    short: str
    threshold: str
    now: float
    highest: float


@dataclass(frozen=True, slots=True)
class Basis:
    """What the count rests on.

    Attributes:
        leads: size of the cohort.
        won: how many of the cohort were won; None = the glossary knows no such stage.
        whatever: how many are let in at any threshold.
        not_logged: labels of fields that are read as they are today.
    """

    as_of: datetime
    window: DayWindow
    edition: int
    versions: dict[str, int]
    leads: int
    won: int | None
    whatever: int
    not_logged: Sequence[str] = ()


def what_if_result(parameters: WhatIfParameters, gate: Gate, points: Sequence[Point], basis: Basis) -> Json:
    """The result as JSON data."""
    glossary, scoring = basis.versions["glossary"], basis.versions["scoring"]
    return {
        "kind": "what_if",
        "question": parameters.as_json(),
        "rule": rule_text(gate, basis),
        "as_of": instant_text(basis.as_of),
        "zone": basis.window.zone.key,
        "since": basis.window.since.isoformat(),
        "until": basis.window.until.isoformat(),
        "weeks": basis.window.weeks,
        "definitions": {
            "counted_with_edition": basis.edition,
            "glossary": glossary,
            "scoring": scoring,
            "words": f"glossary version {glossary}, scoring version {scoring}",
        },
        "stage": {"key": gate.stage, "name": gate.name, "short": gate.short},
        "threshold": gate.threshold,
        "now": gate.now,
        "highest": gate.highest,
        "leads": basis.leads,
        "won": basis.won,
        "whatever": basis.whatever,
        "points": [_point_json(point, basis) for point in points],
        "notes": _notes(basis),
    }


def _point_json(point: Point, basis: Basis) -> Json:
    return {
        "at": point.at,
        "volume": point.volume,
        "per_week": point.volume / basis.window.weeks,
        "won": point.won,
        "precision": None if basis.won is None else rate_json(point.won, point.volume),
        "recall": None if basis.won is None else rate_json(point.won, basis.won),
    }


def rule_text(gate: Gate, basis: Basis) -> str:
    """The counting rule in sentences."""
    window = basis.window
    return (
        f"Cohort: leads captured from {window.since} to {window.until} (days of {window.zone.key}), merged ones left "
        "out. Each lead is replayed: judged with the facts as of each moment at which something changed, until "
        f"{instant_text(basis.as_of)}. It counts at a threshold when, at some moment, all rules for {gate.name} hold "
        f"with the threshold “{gate.threshold}” there and everything else as it is in force; confirmations by reps are "
        "not replayed. Precision: won of those let in. Recall: let in and won of all won of the cohort. Both with 95 % "
        "intervals (Wilson); below 20 there is no rate. Leads that only a lower threshold lets in were not worked as "
        f"{gate.short}: what became of them is what happened without."
    )


def _notes(basis: Basis) -> list[str]:
    notes = []
    if basis.won is None:
        notes.append(NO_WON_STAGE)
    if basis.whatever:
        notes.append(f"Whatever the threshold, {number_words(basis.whatever)} leads are let in.")
    if basis.not_logged:
        notes.append(f"Without history, read as of today: {', '.join(basis.not_logged)}.")
    return notes
