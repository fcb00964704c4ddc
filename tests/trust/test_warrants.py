"""Row 13: `verify_policies` names the first bad link also where only the story of a change was rewritten.

The other deeds on the lines of versions and editions are in tests/glossary/test_verify.py.
"""

import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from glossary.models import PolicyVersion
from glossary.services.emergency import declare_emergency
from glossary.types import EditionInForce
from tests.glossary.governing import answered, published, submitted
from tests.support import NOW
from tests.trust.oracle import Look, assert_holds
from tests.trust.scene import a_change, add_schemers, signers


@pytest.fixture
def history(playbook: EditionInForce, cast: SimpleNamespace) -> SimpleNamespace:
    """Three changes of scoring through requests: v2, v3 by emergency, v4."""
    people = add_schemers(cast)
    published("scoring", a_change("scoring", 1), people.marketing_ops, signers(people, "scoring"))
    request = submitted("scoring", a_change("scoring", 3), people.marketing_ops)
    declare_emergency(request.pk, "No time.", request.digest, acting_user=people.marketing_ops, now=NOW)
    answered(request, "seat_1", people.cmo)
    answered(request, "seat_2", people.revops)
    published("scoring", a_change("scoring", 5), people.marketing_ops, signers(people, "scoring"))
    return people


def verify() -> str:
    out = io.StringIO()
    call_command("verify_policies", stdout=out)
    return out.getvalue()


def rewrite(number: int, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the warrant of a version past everything."""
    warrant = dict(PolicyVersion.objects.get(workstream="scoring", number=number).warrant)
    change(warrant)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE glossary_policyversion SET warrant = %s WHERE workstream = 'scoring' AND number = %s",
            [json.dumps(warrant), number],
        )


REWRITES: dict[str, tuple[int, Callable[[dict[str, Any]], object]]] = {
    "a signer left out": (2, lambda w: w["signoffs"].pop()),
    "a signer put in": (2, lambda w: w["signoffs"].append(dict(w["signoffs"][0], role="cro", by="cro"))),
    "a signer exchanged": (2, lambda w: w["signoffs"][0].update(by="Eve")),
    "signers swapped": (2, lambda w: w["signoffs"].reverse()),
    "another content signed": (2, lambda w: w["signoffs"][0].update(digest="0" * 64)),
    "on another's behalf": (2, lambda w: w["signoffs"][0].update({"for": "cmo"})),
    "a note reworded": (2, lambda w: w["signoffs"][1].update(note="I never agreed.")),
    "another author": (2, lambda w: w.update(author="Eve")),
    "a contributor left out": (2, lambda w: w["contributors"].clear()),
    "another request": (2, lambda w: w.update(request=99)),
    "another kind": (2, lambda w: w.update(kind="founding")),
    "an emergency hidden": (3, lambda w: w.update(emergency=None)),
    "an emergency made up": (2, lambda w: w.update(emergency={"why": "x", "ratify_by": ""})),
    "time to ratify given": (
        3,
        lambda w: w["emergency"].update(ratify_by="2099-01-01T00:00:00.000000+00:00"),
    ),
}


@pytest.mark.parametrize("case", REWRITES)
def test_the_rewritten_warrant_is_named(history: SimpleNamespace, case: str) -> None:
    number, change = REWRITES[case]
    rewrite(number, change)
    with pytest.raises(CommandError, match=f"^scoring v{number} is not what was published"):
        verify()


def test_of_two_bad_links_the_first_is_named(history: SimpleNamespace) -> None:
    for number in (4, 3):
        rewrite(number, lambda w: w.update(author="Eve"))
    with pytest.raises(CommandError, match=r"^scoring v3 is not"):
        verify()


def test_control_untouched_it_verifies_and_the_oracle_agrees(history: SimpleNamespace) -> None:
    assert "9 policy versions and 4 editions" in verify()
    assert_holds(Look(NOW))
    # And writing the same warrant again changes nothing
    rewrite(2, lambda w: None)
    assert "9 policy versions" in verify()


def test_control_the_warrant_is_sealed(history: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    rewrite(4, lambda w: w.update(author="Eve"))
    monkeypatch.setattr("glossary.queries.chain._check_seal", lambda row, expected: None)
    assert "Verified" in verify()
