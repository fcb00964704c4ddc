"""Which stages and KPIs a change reaches."""

from typing import Any

import pytest

from glossary.engine.affected import Affected, affected
from glossary.engine.diff import diff
from tests.glossary.amending import Change, amended, stage
from tests.glossary.engine.playbook_edits import beside, playbook


def reached(workstream: str, change: Change) -> Affected:
    old = playbook()[workstream]
    new = amended(old, workstream, change)
    return affected(diff(old, new, before=beside(old), after=beside(new)), beside(new))


def rename_field(key: str) -> Change:
    def change(document: dict[str, Any]) -> None:
        next(item for item in document["fields"] if item["key"] == key)["label"] = "Other"

    return change


CASES: list[tuple[str, str, Change, set[str]]] = [
    ("a stage", "glossary", lambda d: stage(d, "sql").update(exit="x"), {"sql"}),
    ("a move", "glossary", lambda d: d["moves"][2].update(by=["revops"]), {"mql", "sal"}),
    ("a field of criteria", "glossary", rename_field("email_status"), {"lead"}),
    ("a required field", "glossary", rename_field("amount"), {"opportunity", "won"}),
    ("a threshold", "scoring", lambda d: d["thresholds"].update(mql=70), {"mql"}),
    ("points", "scoring", lambda d: d["intent"][0].update(points=1), {"mql"}),
    ("fit", "scoring", lambda d: d["fit"].reverse(), {"mql"}),
    ("a promise", "routing", lambda d: d["sla"][3].update(target="9 business days"), {"sal", "sql"}),
    ("a reason", "dispositions", lambda d: d["reasons"][5].update(help=""), {"lead", "mql", "sal", "sql"}),
    ("who approves", "charter", lambda d: d.update(consult_days=9), set()),
]


@pytest.mark.parametrize(
    ("workstream", "change", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_stages_are_reached_by_what_they_use(workstream: str, change: Change, expected: set[str]) -> None:
    assert set(reached(workstream, change).stages) == expected


def test_kpis_are_those_of_the_stages_and_those_that_begin_or_end_there() -> None:
    found = reached("scoring", lambda d: d["thresholds"].update(mql=70))
    assert found.kpis == ("Lead → MQL", "MQL → SAL", "MQL → SQL", "MQL → Won")
    assert reached("reporting", lambda d: d["kpis"][1].update(target=0.5)) == Affected((), ("Lead → MQL",))
