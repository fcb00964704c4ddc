"""Changes of the funnel: a stage that only one side knows, one that leaves it, and both documents at once."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from glossary.models import BackTest
from glossary.services.measuring import ask_for_versions
from glossary.types import EditionInForce
from reporting.models import BackTestLead
from reporting.services.back_testing import compute
from tests.glossary.amending import publish_change, stage
from tests.glossary.governing import submitted
from tests.reporting.back_test.scene import NOW, WINDOW, computed, keen, lower_bar
from tests.reporting.browsing import signed_in, text
from tests.support import NOW as TODAY
from tests.support import PLAYBOOK_SINCE

pytestmark = pytest.mark.django_db
V1 = {"glossary": 1, "scoring": 1}


def add_trying(data: dict[str, Any]) -> None:
    """A stage between lead and MQL: who signed up for a trial."""
    for item in data["stages"]:
        if item["kind"] == "funnel" and item["position"] >= 3:
            item["position"] += 1
    trying = {
        "key": "trying", "name": "Trying", "short": "Trying", "kind": "funnel", "position": 3,
        "definition": "Somebody who tries the product.", "owner_roles": ["marketing_ops"],
        "qualification": "rules", "required_fields": ["email"],
        "entry": {"all": [{"any": [{"kind": "behaviour", "behaviour": "trial_signup"}]}]},
    }  # fmt: skip
    data["stages"].insert(2, trying)
    data["moves"] += [{"from": "lead", "to": "trying", "by": ["system"]}]


def compared(before: dict[str, int], after: dict[str, int]) -> BackTest:
    return computed(ask_for_versions(before, after, WINDOW, acting_user=None, now=NOW))


def stages_of(row: BackTest) -> dict[str, Any]:
    assert row.result is not None
    return {found["key"]: found for found in row.result["stages"]}


def moved(row: BackTest, kind: str, leads: list[int]) -> Any:
    """The only stage that comes out otherwise: it moves these leads, and lists them."""
    [found] = stages_of(row).values()
    assert (found["key"], found["matrix"][kind]["n"]) == ("trying", len(leads))
    listed = BackTestLead.objects.filter(back_test=row, stage="trying", kind=kind)
    assert sorted(listed.values_list("lead_id", flat=True)) == sorted(leads)
    return found


@pytest.fixture
def triers(playbook: EditionInForce, cast: SimpleNamespace) -> list[int]:
    """Three leads, two of which signed up for a trial."""
    leads = [
        keen(playbook, *names) for names in (("trial_signup",), ("trial_signup", "webinar"), ("webinar",))
    ]
    return [lead.pk for lead in leads[:2]]


def test_a_stage_that_a_draft_adds_is_gained_by_all_who_would_enter_it(
    playbook: EditionInForce, cast: SimpleNamespace, triers: list[int]
) -> None:
    row = submitted("glossary", add_trying, cast.revops).back_tests.get()
    assert compute(row.pk, now=TODAY)
    row.refresh_from_db()

    found = moved(row, "gained", triers)
    assert (found["before"]["n"], found["after"]["n"]) == (0, 2)
    assert found["entered"] == 0
    page = text(signed_in(cast.finance), f"/reports/back-tests/{row.pk}/")
    assert "0 leads would have been Trying under the definition in force, 2 under the proposed one" in page


def test_a_stage_that_is_taken_away_is_lost_by_all_who_would_enter_it(
    playbook: EditionInForce, cast: SimpleNamespace, triers: list[int]
) -> None:
    publish_change(playbook, "glossary", add_trying, now=PLAYBOOK_SINCE + timedelta(days=1))

    row = compared({"glossary": 2, "scoring": 1}, V1)

    moved(row, "lost", triers)
    page = text(signed_in(cast.revops), f"/reports/back-tests/{row.pk}/")
    assert "2 leads would have been Trying under the definition in force, 0 under the proposed one" in page


def test_a_stage_that_leaves_the_funnel_with_the_same_gate_is_not_said_to_move_nobody(
    playbook: EditionInForce, cast: SimpleNamespace, triers: list[int]
) -> None:
    edition = publish_change(playbook, "glossary", add_trying, now=PLAYBOOK_SINCE + timedelta(days=1))

    def beside(data: dict[str, Any]) -> None:
        stage(data, "trying")["kind"] = "detour"

    publish_change(edition, "glossary", beside, now=PLAYBOOK_SINCE + timedelta(days=2))

    row = compared({"glossary": 2, "scoring": 1}, {"glossary": 3, "scoring": 1})

    page = text(signed_in(cast.revops), f"/reports/back-tests/{row.pk}/")
    assert stages_of(row) == {}
    assert "the moves between stages, and stages beside the funnel are not" in page
    assert "It moves no lead" not in page


def test_both_documents_at_once_count_together(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    # Given a bar of 40 points, and consent that nobody asks for any more
    edition = lower_bar(playbook)

    def without_consent(data: dict[str, Any]) -> None:
        entry = stage(data, "mql")["entry"]
        entry["all"] = [group for group in entry["all"] if group["any"][0]["field"] != "consent"]

    publish_change(edition, "glossary", without_consent, now=PLAYBOOK_SINCE + timedelta(days=2))
    webinars = ("webinar", "webinar")
    keen(playbook, *webinars)
    keen(playbook, *webinars, consent="denied")
    keen(playbook, "demo_request", consent="denied")

    def opened(before: dict[str, int], after: dict[str, int]) -> tuple[int, int]:
        found = stages_of(compared(before, after))["mql"]
        return found["before"]["n"], found["after"]["n"]

    # Then each alone moves one, and both together all three
    assert opened(V1, {"glossary": 1, "scoring": 2}) == (0, 1)
    assert opened(V1, {"glossary": 2, "scoring": 1}) == (0, 1)
    assert opened(V1, {"glossary": 2, "scoring": 2}) == (0, 3)
