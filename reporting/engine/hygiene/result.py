"""The hygiene report as plain data: fields with rates and costs, rows by source and month, steps, sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from glossary.engine.fields import ContractField
from reporting.engine.conversion_result import Json, instant_text
from reporting.engine.hygiene.counting import FieldCount, HygieneCount, StepCount
from reporting.engine.hygiene.question import By, HygieneQuestion
from reporting.engine.hygiene.steps import Step
from reporting.engine.shares import share_text

RULE = (
    "Counted are leads as they are now, merged and suppressed ones left out. A field is filled when it is known; it is "
    "valid when it is filled, of its type and format, and on its list of values where it has one. A lead is held "
    "back from its next stage when something that the definition asks for is not there: only by a field when "
    "mending that one gap would do, by it among others when more stands in the way. What a rep confirms in "
    "conversation is no data and not asked for; fields known only after the outcome hold nobody back."
)
BLANK = "(blank)"
Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HygieneBasis:
    """What the count rests on: the moment, the zone, the edition and its glossary version, whose leads."""

    as_of: datetime
    zone: str
    edition: int
    glossary: int
    whose: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at: the contract's fields, the steps, and the names of sources."""

    fields: Sequence[ContractField]
    steps: Sequence[Step]
    required_for: Mapping[str, Sequence[str]]


def hygiene_result(
    question: HygieneQuestion, looked: Looked, count: HygieneCount, basis: HygieneBasis
) -> Report:
    """The result as JSON data, fields in the order of the contract."""
    fields = [_field_json(field, looked, count) for field in looked.fields]
    leads = max((int(str(field["leads"])) for field in fields), default=0)
    steps = [
        _step_json(step, count.steps.get(step.stage.key, StepCount()))
        for step in looked.steps
        if step.mendable
    ]
    return {
        "kind": "hygiene",
        "rule": " ".join(filter(None, (RULE, question.words))),
        "as_of": instant_text(basis.as_of),
        "zone": basis.zone,
        "definitions": {
            "counted_with_edition": basis.edition,
            "words": f"glossary version {basis.glossary}",
        },
        "whose": basis.whose,
        "leads": leads,
        "fields": fields,
        "steps": steps,
        "held_by_gaps": sum(int(str(step["by_gaps"])) for step in steps),
        "sentence": _sentence(leads, fields, steps),
    }


def rows_of(count: HygieneCount, key: str, by: By) -> list[Json]:
    """The rows of one field by source (the largest first) or by month (in time)."""
    found = count.by(key, by).items()
    ordered = sorted(found) if by is By.MONTH else sorted(found, key=lambda item: (-item[1].leads, item[0]))
    return [{"key": name, "label": name or BLANK, **rates_json(row)} for name, row in ordered]


def _field_json(field: ContractField, looked: Looked, count: HygieneCount) -> Json:
    return {
        "key": field.key,
        "label": field.label,
        "type": field.type.value,
        "later": field.after_outcome,
        "required_for": list(looked.required_for.get(field.key, ())),
        **rates_json(count.of(field.key)),
    }


def rates_json(count: FieldCount) -> Json:
    """The counts of a row with what follows from them: gaps, rates in per cent, shares of 1."""
    return {
        **asdict(count),
        "missing": count.leads - count.filled,
        "invalid": count.filled - count.valid,
        "filled_percent": share_text(count.filled, count.leads),
        "valid_percent": share_text(count.valid, count.leads),
        "filled_share": count.filled / count.leads if count.leads else None,
        "valid_share": count.valid / count.leads if count.leads else None,
    }


def _step_json(step: Step, count: StepCount) -> Json:
    return {
        "stage": step.stage.key,
        "from": step.stage.short,
        "to": step.target.short,
        "by_rules": step.by_rules,
        **asdict(count),
    }


def _sentence(leads: int, fields: Sequence[Json], steps: Sequence[Json]) -> str:
    """What the report says, in two sentences with the counts."""
    if not leads:
        return "No leads are counted here yet."
    held = sum(int(str(step["by_gaps"])) for step in steps)
    current = sum(int(str(step["leads"])) for step in steps)
    words = (
        f"{held:,} of {current:,} leads on their way are held back by gaps in their data alone: with these mended, "
        "the next stage would be open to them."
    )
    worst = max(fields, key=lambda field: (field["only"], field["among"]), default=None)
    if worst is None or not (worst["only"] or worst["among"]):
        return words
    alone, among = f"{worst['only']:,} only by it", f"{worst['among']:,} by it among others"
    return f"{words} {worst['label']} costs most: {alone}, {among}."
