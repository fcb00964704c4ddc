"""Leads with random histories, and random definitions that fit them: few keys, few values, many meetings."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from glossary.engine.documents import GlossaryDocument
from people.models import User
from routing.engine.documents import ScoringDocument
from routing.engine.replay.definition import Definition
from routing.engine.text import email_domain, folded_values
from routing.models import Assignment, Behaviour, Lead, LeadChange, StageEntry, Touch
from tests.support import NOW

DAY = timedelta(days=1)
SPAN = 120
UNTIL = NOW
STAGE = "mql"
NAMES = ("demo_request", "pricing_page", "webinar", "whitepaper")
VALUES: dict[str, tuple[Any, ...]] = {
    "company": ("", "Acme", "ACME Tools", "Bolt"),
    "industry": ("", "software", "retail", "odd"),
    "employees": (None, 5, 60, 400),
    "country": ("", "DE", "GB"),
    "consent": ("", "granted", "denied"),
    "plan": (None, "free", "pro", 7),
    "seats": (None, 1, 12.5, "many"),
    "opted_in": (None, True, False),
    "renewal": (None, "2026-10-01", "2026-11-10", "2027-02-01", "soon"),
}
COLUMNS = ("company", "industry", "employees", "country", "consent")
FIELDS = [
    {"key": "email", "label": "E-mail", "type": "email", "store": "column"},
    {"key": "company", "label": "Company", "type": "text", "store": "column"},
    {"key": "industry", "label": "Industry", "type": "choice", "values": ["software", "retail"], "store": "column"},
    {"key": "employees", "label": "Employees", "type": "number", "store": "column"},
    {"key": "country", "label": "Country", "type": "country", "store": "column"},
    {"key": "consent", "label": "Consent", "type": "choice", "values": ["granted", "denied"], "store": "column"},
    {"key": "captured_at", "label": "Captured", "type": "date", "store": "column"},
    {"key": "plan", "label": "Plan", "type": "text"},
    {"key": "seats", "label": "Seats", "type": "number"},
    {"key": "opted_in", "label": "Opted in", "type": "boolean"},
    {"key": "renewal", "label": "Renewal", "type": "date"},
]  # fmt: skip


def definition(dice: Random, like: Definition | None = None) -> Definition:
    """A random definition; like another one, most of its parts are that one's."""
    tiers = [{"grade": grade, "when": gate(dice, tiers=True)} for grade in "ABC"[: dice.randint(1, 3)]]
    rules = [rule(dice, place) for place in range(dice.randint(1, 5))]
    grouped = {str(item["group"]) for item in rules if item["group"]}
    caps = {key: dice.choice((30, 60)) for key in sorted(grouped) if dice.random() < 0.7}
    scoring: dict[str, Any] = {
        "fit": tiers,
        "intent": rules,
        "group_caps": caps,
        "total_cap": dice.choice((60, 100)),
        "thresholds": {"mql": dice.choice((10, 25, 40, 60)), "large": dice.choice((20, 50))},
    }
    if like is not None and dice.random() < 0.7:
        scoring = {**like.scoring.model_dump(), "thresholds": scoring["thresholds"], "total_cap": 100}
    entry = gate(dice)
    if like is not None and dice.random() < 0.6:
        entry = like.glossary.stage_by_key[STAGE].entry.model_dump()
        entry["all"] = [*entry["all"], *gate(dice)["all"]][: dice.randint(1, 4)]
    required = dice.sample(("company", "country", "industry", "email"), dice.choice((0, 0, 0, 1, 2)))
    stages = [
        {"key": "inquiry", "name": "Inquiry", "short": "INQ", "kind": "funnel", "position": 1, "definition": "x"},
        {"key": STAGE, "name": "MQL", "short": "MQL", "kind": "funnel", "position": 2, "definition": "x",
         "entry": entry, "required_fields": required},
    ]  # fmt: skip
    moves = [{"from": "inquiry", "to": STAGE, "by": ["system"]}]
    glossary = GlossaryDocument.model_validate({"stages": stages, "moves": moves, "fields": FIELDS})
    return Definition(glossary, ScoringDocument.model_validate(scoring))


def rule(dice: Random, place: int) -> dict[str, Any]:
    return {
        "key": f"rule_{place}",
        "behaviour": dice.choice(NAMES),
        "points": dice.choice((10, 15, 30, 45, 45, -20)),
        "cap": dice.choice((None, 20, 45)),
        "group": dice.choice((None, "web", "hand")),
        "half_life_days": dice.choice((None, 7, 30)),
    }


def gate(dice: Random, *, tiers: bool = False) -> dict[str, Any]:
    groups = [
        {"any": [criterion(dice, tiers) for _ in range(dice.randint(1, 3))]}
        for _ in range(dice.randint(1, 3))
    ]
    none = [criterion(dice, tiers) for _ in range(dice.choice((0, 0, 1)))]
    return {"all": groups, "none": none}


def criterion(dice: Random, tiers: bool) -> dict[str, Any]:
    if dice.random() < 0.3 and not (tiers and dice.random() < 0.7):
        within = dice.choice((None, 7, 30))
        return {
            "kind": "trigger",
            "behaviour": dice.choice(NAMES),
            "at_least": dice.choice((1, 1, 2)),
            "within_days": within,
            "latest_before_days": dice.choice((None, None, 5)),
            "where": dice.choice(({}, {}, {"page": "x"})),
        }
    own = [] if tiers else [
        ("icp_grade", "in", ["A", "B"]), ("icp_grade", "is_not", "A"), ("intent_score", "at_least", 15),
        ("icp_grade", "is", "D"), ("intent_score", "at_most", 30), ("intent_score", "is_known", None),
    ]  # fmt: skip
    field, op, value = dice.choice(
        [
            *own, *own,
            ("company", "contains", "acme"), ("company", "is_known", None), ("company", "starts_with", "B"),
            ("industry", "in", ["software", "retail"]), ("industry", "is_not", "retail"),
            ("employees", "at_least", 50), ("employees", "at_most", 100), ("employees", "between", [10, 500]),
            ("country", "is", "DE"), ("country", "is_unknown", None), ("consent", "is", "granted"),
            ("plan", "in", ["pro", 7]), ("seats", "at_least", 2), ("opted_in", "is", True),
            ("renewal", "within_days", 20), ("renewal", "older_than_days", 30), ("renewal", "before", "2026-11-20"),
            ("email_domain", "is_free_mail", None), ("age_days", "at_least", 14), ("age_days", "at_most", 40.5),
            ("age_days", "between", [3, 20]), ("captured_at", "within_days", 45), ("stage", "is", "inquiry"),
            ("stage", "is_not", "inquiry"), ("owner", "is_known", None), ("owner", "is", "rep"),
            ("first_touch_at", "is_known", None), ("first_touch_at", "within_days", 10), ("territory", "is", "emea"),
        ]
    )  # fmt: skip
    found: dict[str, Any] = {"kind": "firmographic", "field": field, "op": op}
    if field == "intent_score" and op == "at_least":
        return {**found, "threshold": "mql"}
    if field == "employees" and op == "at_least" and dice.random() < 0.5:
        return {**found, "threshold": "large"}
    return found if value is None else {**found, "value": value}


def past(dice: Random, since: float = SPAN, until: float = 0) -> datetime:
    """A moment so many days ago, now and then to the day."""
    days = dice.uniform(until, since)
    return NOW - timedelta(days=round(days) if dice.random() < 0.3 else days)


class Chance:
    """Fills an empty database with leads whose columns say what their logs add up to."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.rep = User.objects.create(username="rep")
        self.rows: dict[type, list[Any]] = {
            model: [] for model in (LeadChange, Behaviour, StageEntry, Assignment, Touch)
        }

    def leads(self, count: int, edition: int) -> None:
        """`count` leads, some of them merged into others, some imported."""
        made = [self._lead(place) for place in range(count)]
        Lead.objects.bulk_create([lead for lead, _ in made])
        for lead, changes in made:
            self.rows[LeadChange] += [LeadChange(lead=lead, **change) for change in changes]
            self._did(lead)
            self._moved(lead, edition)
        for model, rows in self.rows.items():
            model.objects.bulk_create(rows)  # type: ignore[attr-defined]  # every model has objects
        self._merge([lead for lead, _ in made])
        self._void()

    def _lead(self, place: int) -> tuple[Lead, list[dict[str, Any]]]:
        dice = self.dice
        captured, imported = past(dice), dice.random() < 0.15
        recorded = past(dice, 10) if imported else captured + DAY * dice.choice((0, 0, 0, 2))
        recorded = min(max(recorded, captured), NOW)
        values = {key: dice.choice(choices) for key, choices in VALUES.items()}
        values["email"] = dice.choice(("", f"p{place}@acme.example", f"p{place}@gmail.com"))
        changes = [
            change(key, None, value, recorded, "intake")
            for key, value in values.items()
            if value not in {None, ""}
        ]
        for _ in range(dice.choice((0, 0, 0, 1, 2, 4))):
            key, at = dice.choice(list(VALUES)), past(dice, (NOW - recorded) / DAY)
            news = [row["recorded_at"] for row in changes]
            if at <= max([recorded, *news]):
                continue
            after = dice.choice(VALUES[key])
            changes.append(change(key, values[key], after, at, "enrich"))
            values[key] = after
        own = {key: values[key] for key in COLUMNS}
        attributes = {key: values[key] for key in VALUES if key not in COLUMNS and values[key] is not None}
        domain = email_domain(values["email"])
        known = GlossaryDocument.model_validate(
            {"stages": MINIMAL, "moves": [], "fields": FIELDS}
        ).field_by_key
        folded = folded_values({**own, **attributes, "email": values["email"], "email_domain": domain}, known)
        return Lead(
            **own,
            email=values["email"],
            email_domain=domain,
            attributes=attributes,
            folded=folded,
            territory=dice.choice(("", "emea")),
            captured_at=captured,
            recorded_at=recorded,
            is_imported=imported,
        ), changes  # fmt: skip

    def _did(self, lead: Lead) -> None:
        dice = self.dice
        for _ in range(dice.choice((0, 1, 2, 3, 6))):
            occurred = past(dice, max(1.0, (NOW - lead.captured_at) / DAY) + 5)
            recorded = lead.recorded_at if lead.is_imported and dice.random() < 0.5 else occurred
            recorded = max(recorded, occurred + DAY * dice.choice((0, 0, 3)))
            page = dice.choice(({}, {"page": "x"}, {"page": 3}))
            self.rows[Behaviour].append(
                Behaviour(
                    lead=lead,
                    name=dice.choice(NAMES),
                    occurred_at=occurred,
                    recorded_at=recorded,
                    properties=page,
                )
            )

    def _moved(self, lead: Lead, edition: int) -> None:
        dice = self.dice
        for number, stage in enumerate(("inquiry", "mql", "inquiry")[: dice.randint(0, 3)], start=1):
            at = past(dice, (NOW - lead.recorded_at) / DAY)
            self.rows[StageEntry].append(
                StageEntry(
                    lead=lead,
                    pass_number=1 + number // 3,
                    to_stage=stage,
                    occurred_at=at - DAY * dice.choice((0, 2)),
                    recorded_at=at,
                    origin="system",
                    actor_name="x",
                )
            )
        for _ in range(dice.choice((0, 0, 1, 2))):
            at = past(dice, (NOW - lead.recorded_at) / DAY)
            self.rows[Touch].append(
                Touch(lead=lead, kind="call", result="reached", automatic=dice.random() < 0.2, by_name="x",
                      occurred_at=at, recorded_at=at + DAY * dice.choice((0, 1)), token=_token(dice))
            )  # fmt: skip
        ends = sorted(past(dice, (NOW - lead.recorded_at) / DAY) for _ in range(dice.choice((0, 0, 2, 3))))
        for place, at in enumerate(ends):
            self.rows[Assignment].append(
                Assignment(lead=lead, owner=dice.choice((self.rep, None)), queue="q", cause="routed", occurred_at=at,
                           recorded_at=at, ended_at=ends[place + 1] if place + 1 < len(ends) else None,
                           edition_id=edition, actor_name="x")
            )  # fmt: skip

    def _merge(self, leads: list[Lead]) -> None:
        """Every twentieth lead was merged into its neighbour."""
        for lead, survivor in zip(leads[::20], leads[1::20], strict=False):
            since = max(lead.recorded_at, survivor.recorded_at)
            lead.merged_into, lead.merged_at = survivor, past(self.dice, (NOW - since) / DAY)
            lead.save(update_fields=["merged_into", "merged_at"])

    def _void(self) -> None:
        for entry in self.rows[StageEntry][::9]:
            at = min(entry.recorded_at + DAY, NOW)
            StageEntry.objects.create(
                lead=entry.lead,
                pass_number=entry.pass_number,
                to_stage=entry.to_stage,
                voids=entry,
                occurred_at=entry.occurred_at,
                recorded_at=at,
                origin="person",
                actor_name="x",
            )


MINIMAL = [
    {"key": key, "name": key, "short": key, "kind": "funnel", "position": place, "definition": "x"}
    for place, key in enumerate(("inquiry", "mql"), start=1)
]


def change(key: str, before: Any, after: Any, at: datetime, cause: str) -> dict[str, Any]:
    name = key if key in {*COLUMNS, "email"} or at.microsecond % 2 else f"attributes.{key}"
    blank = {"": None}
    return {
        "field": name, "before": blank.get(before, before) if isinstance(before, str) else before,
        "after": blank.get(after, after) if isinstance(after, str) else after,
        "cause": cause, "actor_name": "x", "occurred_at": at, "recorded_at": at,
    }  # fmt: skip


def _token(dice: Random) -> str:
    return f"{dice.getrandbits(128):032x}"


def windows() -> Iterator[tuple[datetime, datetime]]:
    """The whole span, and a part of it."""
    yield NOW - SPAN * DAY - DAY, NOW + DAY
    yield datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 15, tzinfo=UTC)
