"""Random people do random things to policies, and what must hold holds after each.

Longer: `CONCORD_TRUST_EXAMPLES=2000 .venv/bin/pytest -s tests/trust/test_machine.py` tries 2,000 new walks.
"""

import os
import sys
from types import SimpleNamespace

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from glossary.types import EditionInForce
from tests.trust.machine import Governance
from tests.trust.scene import add_schemers

EXAMPLES = int(os.environ.get("CONCORD_TRUST_EXAMPLES", "0"))
# All walks share one transaction, and PostgreSQL drags the rows of undone walks along: fewer of the same there.
USUAL = 40 if connection.vendor == "sqlite" else 12
WALKS = settings(
    max_examples=EXAMPLES or USUAL,
    stateful_step_count=40,
    deadline=None,
    derandomize=not EXAMPLES,
    database=None,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


def test_whatever_people_try_the_oracle_holds(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    add_schemers(cast)
    Governance.done.clear()

    run_state_machine_as_test(Governance, settings=WALKS)

    sys.stdout.write(f"went through: {sorted(Governance.done.items())}\n{__doc__}")
    # A machine that is refused everything would prove nothing
    assert Governance.done["publish_request"] >= 5
    assert Governance.done["sign"] >= 20


@pytest.mark.parametrize(
    ("places", "stub"),
    [
        (("queries.standing", "services.eligibility", "services.warrants"), "contributor_identities"),
        (("services.drafting", "services.catching_up"), "rows_digest"),
    ],
    ids=["authors sign", "edits past the services"],
)
def test_control_with_a_protection_off_it_finds_the_breach(
    playbook: EditionInForce,
    cast: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    places: tuple[str, ...],
    stub: str,
) -> None:
    off = {
        "contributor_identities": lambda request: set(),
        "rows_digest": lambda request: request.digest,
    }
    for place in places:
        monkeypatch.setattr(f"glossary.{place}.{stub}", off[stub])
    add_schemers(cast)
    walks = settings(WALKS, max_examples=200, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(AssertionError, match=r"change request|: \("):
        run_state_machine_as_test(Governance, settings=walks)
