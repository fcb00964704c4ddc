"""A small world to back-test: random leads of all sorts, and a change that lowers the bar for an MQL."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from glossary.engine.documents import GlossaryDocument
from glossary.models import BackTest
from glossary.services.measuring import Window, ask_for_versions
from glossary.types import EditionInForce
from people.models import Team, User
from reporting.services.back_testing import compute
from routing.choices import Origin
from routing.engine.text import folded_values
from routing.models import Behaviour, Lead, StageEntry
from routing.queries.facts import field_values
from tests.glossary.amending import publish_change
from tests.support import PLAYBOOK_SINCE

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
WINDOW = Window(date(2025, 9, 1), date(2026, 2, 28))
GOOD: dict[str, Any] = {
    "industry": "software", "employees": 500, "country": "GB", "company": "Acme", "email_status": "valid",
    "email_domain": "acme.example", "consent": "granted", "source": "event", "region": "emea",
}  # fmt: skip
SOURCES = ("event", "organic_search", "Event", "", "unknown")
BEHAVIOURS = ("product_page", "webinar", "webinar", "whitepaper", "trial_signup", "demo_request")
# From the furthest to nothing at all.
PATHS: tuple[tuple[str, ...], ...] = (
    ("mql", "sal", "sql", "opportunity", "won"),
    ("mql", "sql", "opportunity", "lost"),
    ("mql", "sal", "recycled"),
    ("mql", "disqualified"),
    ("mql",),
    ("won",),
    (),
    (),
)


def lower_bar(edition: EditionInForce, threshold: float = 40) -> EditionInForce:
    """Scoring v2: fewer points make an MQL, and a trial is worth next to nothing."""

    def change(data: dict[str, Any]) -> None:
        data["thresholds"]["mql"] = threshold
        for rule in data["intent"]:
            if rule["behaviour"] == "trial_signup":
                rule["points"] = 1.0

    return publish_change(edition, "scoring", change, now=PLAYBOOK_SINCE + timedelta(days=1))


def asked(window: Window = WINDOW, *, user: User | None = None, now: datetime = NOW) -> BackTest:
    """A back-test of scoring v1 against v2 that waits."""
    before, after = {"glossary": 1, "scoring": 1}, {"glossary": 1, "scoring": 2}
    return ask_for_versions(before, after, window, acting_user=user, now=now)


def computed(back_test: BackTest, now: datetime = NOW) -> BackTest:
    """It, computed."""
    assert compute(back_test.pk, now=now)
    back_test.refresh_from_db()
    return back_test


def crowd(size: int, edition: EditionInForce, seed: int = 1, owner: User | None = None) -> list[Lead]:
    """So many leads of the window: from everywhere, more or less keen, with every sort of ending."""
    dice = Random(seed)
    teams = list(Team.objects.order_by("pk"))
    owners = [owner, *User.objects.filter(team__in=teams).order_by("pk")]
    leads = [_lead(number, dice, edition, dice.choice(owners)) for number in range(size)]
    Lead.objects.bulk_create(leads)
    behaviours, entries = [], []
    for lead in leads:
        for name in [dice.choice(BEHAVIOURS) for _ in range(dice.randint(0, 5))]:
            at = lead.captured_at + timedelta(days=dice.uniform(0, 20))
            behaviours.append(Behaviour(lead=lead, name=name, occurred_at=at, recorded_at=at, properties={}))
        entries += [
            entry(lead, stage, days, edition) for days, stage in enumerate(dice.choice(PATHS), start=1)
        ]
    Behaviour.objects.bulk_create(row for row in behaviours if row.occurred_at < NOW)
    StageEntry.objects.bulk_create(entries)
    return leads


def entry(lead: Lead, stage: str, days: float, edition: EditionInForce) -> StageEntry:
    """An entry so many days after the capture, not saved."""
    at = lead.captured_at + timedelta(days=days)
    return StageEntry(
        lead=lead, to_stage=stage, pass_number=1, occurred_at=at, recorded_at=at, origin=Origin.PERSON,
        actor_name="x", edition_id=edition.id,
    )  # fmt: skip


def keen(edition: EditionInForce, *names: str, **values: Any) -> Lead:
    """A good lead of 1 December that did these things on the next day."""
    captured = datetime(2025, 12, 1, 12, tzinfo=UTC)
    lead = Lead.objects.create(**made(edition, captured, **values))
    at = captured + timedelta(days=1)
    Behaviour.objects.bulk_create(
        Behaviour(lead=lead, name=name, occurred_at=at, recorded_at=at, properties={}) for name in names
    )
    return lead


def made(edition: EditionInForce, captured: datetime, **values: Any) -> dict[str, Any]:
    """Columns of a good lead."""
    given = {**GOOD, "captured_at": captured, "recorded_at": captured, **values}
    given.setdefault("email", f"p{Lead.objects.count()}@acme.example")
    fields = edition.document(GlossaryDocument).field_by_key
    return {**given, "folded": folded_values(field_values(Lead(**given)), fields)}


def _lead(number: int, dice: Random, edition: EditionInForce, owner: User | None) -> Lead:
    captured = datetime(2025, 8, 25, tzinfo=UTC) + timedelta(days=dice.uniform(0, 189))
    return Lead(
        **made(
            edition,
            captured,
            email=f"n{number}@acme.example",
            consent="denied" if dice.random() < 0.1 else "granted",
            source=dice.choice(SOURCES),
            region=dice.choice(("emea", "amer")),
            segment=dice.choice(("smb", "enterprise", "")),
            owner=owner,
            queue="" if owner else dice.choice(("", "emea_queue")),
        )
    )
