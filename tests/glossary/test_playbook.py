"""The standard playbook carries the facts of the product."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dispositions.engine.document import DispositionsDocument, Do, Outcome
from glossary.engine.charter import CharterDocument
from glossary.engine.documents import GlossaryDocument, Mover
from glossary.exceptions import DocumentRefused
from glossary.queries.editions import edition_at
from glossary.services.playbook import FOLDER, read_playbook
from glossary.types import EditionInForce
from people.choices import Role
from reporting.engine.document import ReportingDocument
from routing.engine.documents import RoutingDocument, ScoringDocument
from tests.support import NOW, PLAYBOOK_SINCE


def test_it_is_version_1_of_all_six(playbook: EditionInForce) -> None:
    workstreams = {"charter", "glossary", "scoring", "routing", "dispositions", "reporting"}
    assert playbook.versions == dict.fromkeys(workstreams, 1)
    assert playbook.in_force_from == PLAYBOOK_SINCE


def test_stages(playbook: EditionInForce) -> None:
    glossary = playbook.document(GlossaryDocument)

    assert [s.key for s in glossary.funnel()] == ["inquiry", "lead", "mql", "sal", "sql", "opportunity"]
    assert {s.key for s in glossary.stages if s.kind == "outcome"} == {"won", "lost"}
    assert {s.key for s in glossary.stages if s.kind == "detour"} == {"recycled", "disqualified"}
    assert glossary.reached_by("sql") == {"sql", "opportunity", "won", "lost"}
    assert glossary.reached_by("recycled") == {"recycled"}
    assert {c.key for c in glossary.stage_by_key["sql"].entry.confirm} == {
        *("need", "budget", "authority", "timing", "discovery_notes", "next_step")
    }


@pytest.mark.parametrize(
    ("ends", "by"),
    [
        (("inquiry", "lead"), {Mover.SYSTEM}),
        (("lead", "mql"), {Mover.SYSTEM}),
        (("mql", "sal"), {Mover.OWNER, Mover.MANAGER}),
        (("sal", "sql"), {Mover.OWNER}),
        (("mql", "recycled"), {Mover.OWNER, Mover.MANAGER, Mover.REVOPS}),
        (("recycled", "mql"), {Mover.SYSTEM, Mover.OWNER}),
        (("recycled", "lead"), {Mover.SYSTEM}),
        (("disqualified", "lead"), {Mover.REVOPS}),
    ],
)
def test_moves(playbook: EditionInForce, ends: tuple[str, str], by: set[Mover]) -> None:
    assert set(playbook.document(GlossaryDocument).moves_by_ends[ends].by) == by


def test_raci(playbook: EditionInForce) -> None:
    charter = playbook.document(CharterDocument)
    accountable = {line.workstream: set(line.accountable) for line in charter.raci}
    responsible = {line.workstream: set(line.responsible) for line in charter.raci}

    assert accountable == {
        "charter": {Role.CRO, Role.CMO},
        "glossary": {Role.CRO, Role.CMO},
        "scoring": {Role.CMO},
        "routing": {Role.CRO},
        "dispositions": {Role.CRO, Role.CMO},
        "reporting": {Role.REVOPS_LEAD},
    }
    assert responsible["scoring"] == {Role.MARKETING_OPS}
    assert responsible["routing"] == {Role.SALES_OPS}
    assert charter.validate_.role == Role.FINANCE
    assert set(charter.validate_.workstreams) == {"glossary", "scoring", "reporting"}
    assert [beat.every for beat in charter.rhythm] == ["week", "month", "quarter"]


def test_sla(playbook: EditionInForce) -> None:
    targets = [(t.from_, t.to, t.target) for t in playbook.document(RoutingDocument).sla]

    assert targets == [
        ("captured", "routed", "5 minutes"),
        ("routed", "touched", "1 business hour"),
        ("touched", "sal", "1 business day"),
        ("sal", "sql", "5 business days"),
    ]


def test_reasons(playbook: EditionInForce) -> None:
    reasons = {r.key: (r.outcome, r.action.do) for r in playbook.document(DispositionsDocument).reasons}
    assert reasons == {
        **dict.fromkeys(
            ("not_icp", "competitor", "no_market", "invalid_contact"), (Outcome.DISQUALIFIED, Do.SUPPRESS)
        ),
        "duplicate": (Outcome.DISQUALIFIED, Do.MERGE),
        "wrong_contact": (Outcome.RECYCLED, Do.ENRICH),
        **dict.fromkeys(
            ("no_need", "no_budget", "bad_timing", "unreachable"), (Outcome.RECYCLED, Do.NURTURE)
        ),
        **dict.fromkeys(("already_in_process", "out_of_territory"), (Outcome.STAYS, Do.REROUTE)),
    }


def test_scoring_and_reporting(playbook: EditionInForce) -> None:
    scoring, reporting = playbook.document(ScoringDocument), playbook.document(ReportingDocument)

    assert scoring.thresholds == {"mql": 65}
    assert set(scoring.triggers) == {"demo_request", "contact_sales"}
    assert (reporting.zone, reporting.kpi_by_key["mql_to_sql"].window_days) == ("Europe/London", 60)


def test_words_that_yaml_would_guess_stay_words(playbook: EditionInForce) -> None:
    consent = playbook.document(GlossaryDocument).field_by_key["consent"]

    assert consent.aliases["No"] == "denied"
    assert playbook.document(CharterDocument).rhythm[0].on == "Monday"


def copied_playbook(folder: Path, **replaced: str) -> Path:
    """The playbook's files in a folder of their own, some with another text."""
    for path in FOLDER.glob("*.yaml"):
        (folder / path.name).write_text(
            replaced.get(path.stem, path.read_text(encoding="utf-8")), encoding="utf-8"
        )
    return folder


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("zone: a\nzone: b\n", "line 2: the key 'zone' is given twice"),
        ("- a\n- b\n", "must hold a mapping"),
        ("zone: [", "not readable YAML"),
        ("zone: Mars/Olympus\nkpis: []\ndimensions: []\n", "not a time zone"),
        ("zone: !!python/object/apply:os.getcwd []\n", "not readable YAML"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DocumentRefused, match=words):
        read_playbook(copied_playbook(tmp_path, reporting=text))


def founded(*arguments: str) -> str:
    """Run publish_playbook and give back what it prints."""
    out = io.StringIO()
    call_command("publish_playbook", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_founds_once(db: None) -> None:
    assert "edition 1, in force from 2024-02-29 00:00 UTC" in founded("--in-force-from", "2024-02-29")
    assert edition_at(NOW).in_force_from == datetime(2024, 2, 29, tzinfo=UTC)

    assert "exist already (edition 1); nothing was changed" in founded("--in-force-from", "2020-01-01")
    assert edition_at(NOW).in_force_from == datetime(2024, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "2023-02-30", "2024", "2024-02-29T25:00"])
def test_the_command_refuses_what_is_no_date(db: None, text: str) -> None:
    with pytest.raises(CommandError, match="is no date; write"):
        founded("--in-force-from", text)
