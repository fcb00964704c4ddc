"""Random leads whose interest differs, some of them won: what a threshold on the intent score tells apart."""

from datetime import UTC, datetime, timedelta
from random import Random

from glossary.engine.documents import GlossaryDocument
from glossary.types import EditionInForce
from reporting.choices import ReportKind
from reporting.engine.parameters import WhatIfParameters
from reporting.models import ReportRun
from reporting.services.runs import compute, request_run
from routing.choices import Origin
from routing.engine.text import folded_values
from routing.models import Behaviour, Lead, StageEntry
from routing.queries.facts import field_values

# A Monday that has gone by: the terminal refuses moments to come.
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
BEHAVIOURS = (
    "pricing_page",
    "pricing_page",
    "product_page",
    "webinar",
    "webinar",
    "whitepaper",
    "trial_signup",
)
GOOD: dict[str, object] = {
    "industry": "software", "employees": 500, "region": "emea", "country": "GB", "source": "event", "company": "Acme",
    "email_domain": "acme.example", "email_status": "valid", "consent": "granted",
}  # fmt: skip


def crowd(size: int, edition: EditionInForce, seed: int = 1) -> list[Lead]:
    """So many leads of the last 200 days: most fit, some asked for a demo, the keener the more often won."""
    dice = Random(seed)
    leads = [_lead(f"p{number}.{seed}", dice, edition) for number in range(size)]
    Lead.objects.bulk_create(leads)
    behaviours, won = [], []
    for lead in leads:
        names = [dice.choice(BEHAVIOURS) for _ in range(dice.randint(0, 8))]
        names += ["demo_request"] * (dice.random() < 0.05)
        for name in names:
            at = lead.captured_at + timedelta(days=dice.uniform(0, 20))
            behaviours.append(Behaviour(lead=lead, name=name, occurred_at=at, recorded_at=at, properties={}))
        if dice.random() < 0.05 + 0.07 * len(names):
            won.append(win(lead, edition))
    Behaviour.objects.bulk_create(behaviour for behaviour in behaviours if behaviour.occurred_at < NOW)
    StageEntry.objects.bulk_create(won)
    return leads


def _lead(name: str, dice: Random, edition: EditionInForce) -> Lead:
    captured = NOW - timedelta(days=dice.uniform(0, 200))
    values = {**GOOD, "email": f"{name}@acme.example"}
    if dice.random() < 0.2:
        values["consent"] = "denied"
    lead = Lead(captured_at=captured, recorded_at=captured, **values)
    lead.folded = folded_values(field_values(lead), edition.document(GlossaryDocument).field_by_key)
    return lead


def win(lead: Lead, edition: EditionInForce) -> StageEntry:
    """An entry into won, a day ago, not saved."""
    at = NOW - timedelta(days=1)
    return StageEntry(
        lead=lead, to_stage="won", pass_number=1, occurred_at=at, recorded_at=at, origin=Origin.PERSON,
        actor_name="x", edition_id=edition.id,
    )  # fmt: skip


def question() -> WhatIfParameters:
    """The MQL threshold of the playbook, over the last year."""
    return WhatIfParameters(stage="mql", threshold="mql")


def drawn() -> ReportRun:
    """A finished curve of the question."""
    run = request_run(ReportKind.WHAT_IF, question(), acting_user=None, now=NOW)
    compute(run.pk, now=NOW)
    run.refresh_from_db()
    return run
