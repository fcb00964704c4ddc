"""The same question answered slowly and surely: each lead at each of its moments through the engine's `evaluate`."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import duckdb

from benchmarks.back_test.policies import changed_scoring
from benchmarks.back_test.question import Cell, Matrix, prepare
from benchmarks.back_test.shape import AS_OF
from benchmarks.back_test.world import World
from glossary.engine.documents import GlossaryDocument
from glossary.services.playbook import read_playbook
from routing.engine.documents import ScoringDocument
from routing.engine.evaluate import BehaviourFact, Facts, evaluate
from routing.engine.scoring import grade, intent

STAGE = "mql"
KINDS = {(True, True): "both", (False, True): "gained", (True, False): "lost", (False, False): "neither"}


@dataclass(slots=True)
class Known:
    """What the logs say of one lead: (recorded, field, before, after) of its changes, and its behaviours."""

    changes: list[tuple[datetime, str, object, object]] = field(default_factory=list)
    behaviours: list[BehaviourFact] = field(default_factory=list)


def answer(world: World) -> Matrix:
    """The matrix by source of a small world."""
    documents = read_playbook()
    glossary, before = documents["glossary"], documents["scoring"]
    after = changed_scoring()
    if not (isinstance(glossary, GlossaryDocument) and isinstance(before, ScoringDocument)):
        raise TypeError("the playbook holds other documents than expected")
    if not isinstance(after, ScoringDocument):
        raise TypeError("the change is no scoring document")
    leads, wins = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    with prepare(world) as db:
        known, won = _logs(db), _won(db)
        for values in _leads(db):
            mine = known[_id(values)]
            sides = [_opens(values, mine, glossary, scoring) for scoring in (before, after)]
            cell = (str(values["source"]), KINDS[sides[0], sides[1]])
            leads[cell] += 1
            wins[cell] += _id(values) in won
    return {cell: Cell(number, wins[cell]) for cell, number in leads.items()}


def _opens(
    now_known: Mapping[str, object], mine: Known, glossary: GlossaryDocument, scoring: ScoringDocument
) -> bool:
    return any(_holds(now_known, mine, glossary, scoring, at) for at in _moments(now_known, mine))


def _moments(values: Mapping[str, object], mine: Known) -> Sequence[datetime]:
    first = values["recorded_at"]
    assert isinstance(first, datetime)
    news = {change[0] for change in mine.changes} | {fact.recorded_at for fact in mine.behaviours}
    return sorted(at for at in {first, AS_OF, *news} if first <= at <= AS_OF)


def _holds(
    now_known: Mapping[str, object],
    mine: Known,
    glossary: GlossaryDocument,
    scoring: ScoringDocument,
    at: datetime,
) -> bool:
    values = dict(now_known)
    later = sorted((change for change in mine.changes if change[0] > at), key=lambda change: change[0])
    values |= {key: before for _, key, before, _ in reversed(later)}
    plain = Facts(values, mine.behaviours)
    values["icp_grade"] = grade(plain, scoring, now=at)
    values["intent_score"] = intent(mine.behaviours, scoring, now=at).total
    stage = glossary.stage_by_key[STAGE]
    return evaluate(
        stage.entry,
        Facts(values, mine.behaviours),
        now=at,
        fields=glossary.field_by_key,
        thresholds=scoring.thresholds,
        required=stage.required_fields,
    ).holds


def _leads(db: duckdb.DuckDBPyConnection) -> Iterator[dict[str, object]]:
    rows = db.execute("SELECT * FROM routing_lead ORDER BY id")
    names = [column[0] for column in rows.description]
    for row in rows.fetchall():
        yield {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    return float(value) if isinstance(value, Decimal) else value


def _logs(db: duckdb.DuckDBPyConnection) -> dict[int, Known]:
    known = defaultdict[int, Known](Known)
    changes = "SELECT lead_id, recorded_at, field, before, after FROM routing_leadchange"
    for lead, at, key, before, after in db.execute(changes).fetchall():
        known[lead].changes.append((at.replace(tzinfo=UTC), key, _json(before), _json(after)))
    for lead, name, occurred, recorded in db.execute(
        "SELECT lead_id, name, occurred_at, recorded_at FROM routing_behaviour"
    ).fetchall():
        fact = BehaviourFact(name, occurred.replace(tzinfo=UTC), recorded.replace(tzinfo=UTC))
        known[lead].behaviours.append(fact)
    return known


def _won(db: duckdb.DuckDBPyConnection) -> set[int]:
    statement = """SELECT lead_id FROM routing_stageentry WHERE to_stage = 'won' AND voids_id IS NULL
                   AND id NOT IN (SELECT voids_id FROM routing_stageentry WHERE voids_id IS NOT NULL)"""
    return {lead for (lead,) in db.execute(statement).fetchall()}


def _json(value: str | None) -> object:
    return None if value is None else json.loads(value)


def _id(values: Mapping[str, object]) -> int:
    return int(str(values["id"]))
