"""Three-way merge: the laws on random edits, and what two people do to one another's changes."""

import copy
import typing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glossary import registry
from glossary.engine.identity import ENTRIES
from glossary.engine.merge import merge, settle
from glossary.engine.seal import canonical_json
from tests.glossary.amending import Change, stage
from tests.glossary.engine.playbook_edits import WORKSTREAMS, data, edited

LAWS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
workstreams = st.sampled_from(WORKSTREAMS)


def same(one: dict[str, Any] | None, other: dict[str, Any]) -> bool:
    return one is not None and canonical_json(one) == canonical_json(other)


def changed(workstream: str, change: Change) -> dict[str, Any]:
    found = data(workstream)
    change(found)
    return found


@LAWS
@given(st.data())
def test_the_laws_of_merging(draw: st.DataObject) -> None:
    workstream = draw.draw(workstreams)
    base, live, mine = data(workstream), draw.draw(edited(workstream)), draw.draw(edited(workstream))
    kept = copy.deepcopy((base, live, mine))
    # Whose side alone changed something stands wholly
    assert same(merge(base, base, mine).document, mine)
    assert same(merge(base, live, base).document, live)
    # What both did alike is taken once
    alike = merge(base, live, live)
    assert same(alike.document, live)
    assert alike.theirs == alike.ours == ()
    # And nothing that was given is touched
    assert kept == (base, live, mine)


@LAWS
@given(st.data())
def test_every_conflict_can_be_settled_either_way(draw: st.DataObject) -> None:
    workstream = draw.draw(workstreams)
    base, live, mine = data(workstream), draw.draw(edited(workstream)), draw.draw(edited(workstream))
    merged = merge(base, live, mine)
    assert (merged.document is None) == bool(merged.conflicts)
    # When each conflict is decided
    choices: Any = {item.item: draw.draw(st.sampled_from(("live", "mine"))) for item in merged.conflicts}
    settled = settle(base, live, mine, choices)
    # Then a document comes of it, in which the chosen sides stand
    if merged.document is not None:
        assert same(merged.document, settled)
    again = merge(base, settled, mine)
    assert not {c.item for c in again.conflicts} & {k for k, side in choices.items() if side == "mine"}


@LAWS
@given(st.data())
def test_changes_of_different_sections_never_meet(draw: st.DataObject) -> None:
    workstream = draw.draw(workstreams)
    base, other, mine = data(workstream), draw.draw(edited(workstream)), draw.draw(edited(workstream))
    # Given a live version that changed only sections that mine did not
    live = {key: other[key] if mine[key] == base[key] else base[key] for key in base}
    # When they are merged, Then both stand
    merged = merge(base, live, mine)
    assert merged.conflicts == ()
    assert same(merged.document, {key: mine[key] if mine[key] != base[key] else live[key] for key in base})


def test_two_stages_changed_by_two_people_both_stand() -> None:
    live = changed("glossary", lambda d: stage(d, "mql").update(definition="theirs"))
    mine = changed("glossary", lambda d: stage(d, "sal").update(definition="mine"))
    # When their versions are merged
    merged = merge(data("glossary"), live, mine)
    # Then both changes stand, the document parses, and it says who brought what
    assert merged.document is not None
    document = registry.parse("glossary", merged.document)
    assert canonical_json(document) == canonical_json(merged.document)
    assert stage(merged.document, "mql")["definition"] == "theirs"
    assert stage(merged.document, "sal")["definition"] == "mine"
    assert (merged.theirs, merged.ours) == (("stages.mql",), ("stages.sal",))
    assert merged.labels["stages.sal"] == "Sales Accepted Lead"


def test_one_stage_changed_by_two_people_is_a_conflict_with_both_sides() -> None:
    base = data("glossary")
    live = changed("glossary", lambda d: stage(d, "mql").update(definition="theirs"))
    mine = changed("glossary", lambda d: stage(d, "mql").update(exit="mine"))
    merged = merge(base, live, mine)
    # Then nothing is merged, and the conflict shows all three
    assert merged.document is None
    (conflict,) = merged.conflicts
    assert (conflict.item, conflict.label) == ("stages.mql", "Marketing Qualified Lead")
    assert (conflict.base, conflict.live, conflict.mine) == tuple(stage(d, "mql") for d in (base, live, mine))
    # And it must be decided, by a word that is known
    for choices in ({}, {"stages.mql": "both"}):
        with pytest.raises(ValueError, match=r"Marketing Qualified Lead \(stages.mql\)"):
            settle(base, live, mine, choices)  # type: ignore[arg-type]
    assert settle(base, live, mine, {"stages.mql": "mine"}) == mine


def test_removed_here_and_changed_there_is_a_conflict() -> None:
    base = data("scoring")
    live = changed("scoring", lambda d: d["intent"].pop(0))
    mine = changed("scoring", lambda d: d["intent"][0].update(points=50.0))
    (conflict,) = merge(base, live, mine).conflicts
    assert (conflict.item, conflict.live) == ("intent.demo_request", None)
    assert settle(base, live, mine, {"intent.demo_request": "live"}) == live
    assert settle(base, live, mine, {"intent.demo_request": "mine"})["intent"][0]["points"] == 50.0


def test_additions_of_both_sides_stand_after_what_they_followed() -> None:
    def adding(key: str, at: int) -> Change:
        return lambda d: d["intent"].insert(at, {**d["intent"][0], "key": key})

    live, mine = changed("scoring", adding("theirs", 2)), changed("scoring", adding("mine", 4))
    merged = merge(data("scoring"), live, mine)
    assert merged.document is not None
    keys = [item["key"] for item in merged.document["intent"]]
    assert keys[:6] == ["demo_request", "contact_sales", "theirs", "trial_signup", "pricing_view", "mine"]


def test_the_same_key_added_with_two_contents_is_a_conflict() -> None:
    live = changed("scoring", lambda d: d["thresholds"].update(sal=80.0))
    mine = changed("scoring", lambda d: d["thresholds"].update(sal=90.0))
    (conflict,) = merge(data("scoring"), live, mine).conflicts
    assert (conflict.item, conflict.label) == ("thresholds.sal", "Threshold sal")
    assert (conflict.base, conflict.live, conflict.mine) == (None, 80.0, 90.0)


def test_two_orders_of_one_list_are_a_conflict() -> None:
    base = data("scoring")
    live = changed("scoring", lambda d: d["fit"].reverse())
    mine = changed("scoring", lambda d: d["fit"].insert(0, d["fit"].pop(1)))
    (conflict,) = merge(base, live, mine).conflicts
    assert (conflict.item, conflict.label) == ("fit.order", "ICP grades: the order")
    assert (conflict.live, conflict.mine) == (["C", "B", "A"], ["B", "A", "C"])
    assert settle(base, live, mine, {"fit.order": "mine"}) == mine
    assert settle(base, live, mine, {"fit.order": "live"}) == live


def test_an_order_of_mine_keeps_what_live_added_and_dropped() -> None:
    def change(document: dict[str, Any]) -> None:
        document["intent"].insert(1, {**document["intent"][0], "key": "new"})
        document["intent"].pop()

    live = changed("scoring", change)
    mine = changed("scoring", lambda d: d["intent"].reverse())
    merged = merge(data("scoring"), live, mine)
    assert merged.document is not None
    keys = [item["key"] for item in merged.document["intent"]]
    assert keys[-2:] == ["demo_request", "new"]
    assert "email_click" not in keys
    assert "intent.order" in merged.ours


def test_an_object_is_taken_whole() -> None:
    live = changed("routing", lambda d: d["kill_switch"].update(window_minutes=30))
    mine = changed("routing", lambda d: d["kill_switch"].update(at_least=40))
    (conflict,) = merge(data("routing"), live, mine).conflicts
    assert (conflict.item, conflict.label) == ("kill_switch", "Kill switch")


def test_whole_and_real_numbers_are_not_the_same() -> None:
    # Given documents whose digests differ by the kind of a number only
    def value(number: float) -> Change:
        return lambda d: d["fit"][2]["when"]["all"][0]["any"][0].update(value=number)

    merged = merge(data("scoring"), data("scoring"), changed("scoring", value(10.0)))
    assert same(merged.document, changed("scoring", value(10.0)))


def test_mappings_with_entries_of_their_own_are_known() -> None:
    """Whoever adds a mapping to a document has to say whether its entries are items."""
    mappings = {
        field.alias or name
        for item in registry.document_types().values()
        for name, field in item.document_class.model_fields.items()
        if typing.get_origin(field.annotation) is dict
    }
    assert mappings == ENTRIES
