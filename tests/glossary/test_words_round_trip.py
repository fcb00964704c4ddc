"""English → the same criteria: what a policy says in words survives the way through a file, to the letter."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glossary import registry
from glossary.engine.conditions import Confirmation, Gate, Group, When
from glossary.engine.documents import GlossaryDocument
from glossary.engine.policy_files import policy_text, read_policy_file
from glossary.engine.seal import canonical_json
from glossary.engine.words import gate_words
from glossary.services.playbook import read_playbook
from routing.engine.documents import ScoringDocument
from tests.glossary.engine.pairs import confirmations
from tests.routing.criteria.strategies import FIELDS, THRESHOLDS, behaviour_criteria, whens
from tests.support import ROOT

PLAYBOOK = read_playbook(ROOT / "glossary" / "playbook")
forms = st.sampled_from(("yaml", "json"))
# Whatever people may paste: controls, separators that YAML folds, signs beyond the basic plane.
labels = st.text(min_size=1, max_size=40).filter(str.strip)


def quiet(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
    )


def as_scoring(when: When) -> ScoringDocument:
    """A scoring document with these criteria in its tiers."""
    tier = {"grade": "A", "when": when.model_dump(by_alias=True)}
    return ScoringDocument.model_validate({"fit": [tier], "intent": [], "thresholds": THRESHOLDS})


def as_glossary(gate: Gate) -> GlossaryDocument:
    """The glossary of the playbook with this gate at its second stage."""
    document = PLAYBOOK["glossary"]
    assert isinstance(document, GlossaryDocument)
    first, second, *rest = document.stages
    return document.model_copy(update={"stages": (first, second.model_copy(update={"entry": gate}), *rest)})


def said(when: When) -> list[str]:
    return gate_words(when, FIELDS, THRESHOLDS)


@quiet(80)
@given(when=whens, form=forms)
def test_criteria_of_scoring_say_the_same_after_a_round_trip(when: When, form: str) -> None:
    # Given criteria in a document, When it is written to a file and read again
    before = as_scoring(when)
    after = registry.parse("scoring", read_policy_file(policy_text("scoring", 1, before, form)).data)
    # Then the document is the same, to the byte of what is sealed, and says the same
    assert isinstance(after, ScoringDocument)
    assert after == before
    assert canonical_json(after) == canonical_json(before)
    assert said(after.fit[0].when) == said(when)


@quiet(30)
@given(when=whens, confirm=confirmations, label=labels, form=forms)
def test_gates_with_confirmations_say_the_same_after_a_round_trip(
    when: When, confirm: tuple[Confirmation, ...], label: str, form: str
) -> None:
    gate = Gate(all=when.all, none=when.none, confirm=(*confirm, Confirmation(key="pasted", label=label)))
    before = as_glossary(gate)
    after = registry.parse("glossary", read_policy_file(policy_text("glossary", 1, before, form)).data)
    assert isinstance(after, GlossaryDocument)
    assert after == before
    assert said(after.stages[1].entry) == said(gate)


@quiet(100)
@given(one=behaviour_criteria(), other=behaviour_criteria())
def test_criteria_of_behaviours_that_differ_say_so(one: object, other: object) -> None:
    """Words leave nothing out: two criteria that read the same are the same."""
    first, second = (When.model_validate({"all": [{"any": [item]}]}) for item in (one, other))
    assert (said(first) == said(second)) == (first == second)


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_signs_that_yaml_reads_otherwise_come_through(form: str) -> None:
    text = "a\x7fb\x85c\u2028d\u2029e\ufefff\U0001f600 \\ \" ' : # - no"
    when = When.model_validate(
        {"all": [{"any": [{"kind": "firmographic", "field": "company", "op": "is", "value": text}]}]}
    )
    read = read_policy_file(policy_text("scoring", 1, as_scoring(when), form))
    assert registry.parse("scoring", read.data) == as_scoring(when)


@pytest.mark.parametrize("workstream", sorted(PLAYBOOK))
def test_every_line_of_the_playbook_is_one_line(workstream: str) -> None:
    document = PLAYBOOK[workstream]
    gates: list[When] = []
    if isinstance(document, GlossaryDocument):
        gates += [stage.entry for stage in document.stages]
    if isinstance(document, ScoringDocument):
        gates += [tier.when for tier in document.fit]
    lines = [line for gate in gates for line in said(gate)]
    assert all(line and line == line.strip() and "\n" not in line and "None" not in line for line in lines)
    assert bool(lines) == (workstream in {"glossary", "scoring"})


def test_group_words_join_all_alternatives() -> None:
    group = Group.model_validate({"any": [{"kind": "trigger", "behaviour": name} for name in ("a", "b")]})
    assert said(When(all=(group,))) == ["A at least once, or B at least once"]
