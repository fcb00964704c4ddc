"""Random leads with every kind of gap, and a plain loop that counts them: the oracle of the hygiene report."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from glossary.engine.conditions import Gate
from glossary.engine.documents import GlossaryDocument, Stage
from glossary.engine.fields import ContractField
from glossary.types import EditionInForce
from people.models import User
from reporting.engine.document import ReportingDocument
from routing.engine.documents import ScoringDocument
from routing.engine.evaluate import Facts, evaluate
from routing.engine.scoring import grade
from routing.engine.text import email_domain, folded_values
from routing.engine.validity import VALID, standing_of
from routing.engine.values import is_known
from routing.models import Behaviour, Lead
from routing.queries.facts import facts_of_many, field_values
from tests.support import NOW

# What a lead may hold of each field: good, off the list, of another kind, blank.
COLUMNS: dict[str, tuple[Any, ...]] = {
    "email_status": ("valid", "valid", "valid", "", "invalid"),
    "company": ("Acme", "Acme", "Bolt", ""),
    "industry": ("software", "retail", "education", "Softwear", ""),
    "country": ("GB", "DE", "XX", "England"[:2].upper(), ""),
    "region": ("emea", "emea", "EMEA", ""),
    "source": ("event", "Fair", "unknown", ""),
    "consent": ("granted", "granted", "granted", "denied", ""),
    "website": ("acme.com", "acme", "http://acme.com", ""),
    "employees": (500, 60, 5, None),
    "annual_revenue": (None, 30_000_000),
}
ATTRIBUTES: dict[str, tuple[Any, ...]] = {
    "landing_page": ("/demo", "", None, 7, ["x"]),
    "plan": ("gold", "silver", "Gold", 3, ""),
    "tier": ("one", "two", True, ""),
    "seats": (12, 0, -1.5, "12", None, True),
    "renewal": ("2026-02-28", "2026-02-30", "soon", 20260228, ""),
    "partner": (True, False, "yes", None),
    "work_email": ("a@b.example", "a@b", "@b.example", "a b@c.example", ""),
    "work_email_status": ("valid", "invalid", ""),
    "home": ("GB", "UK", 44),
}
ATTRIBUTE_FIELDS = (
    {"key": "plan", "label": "Plan", "type": "choice", "values": ["gold", "silver"]},
    {"key": "tier", "label": "Tier", "type": "choice", "values": ["one"], "strict": False},
    {"key": "seats", "label": "Seats", "type": "number"},
    {"key": "renewal", "label": "Renewal", "type": "date"},
    {"key": "partner", "label": "Partner", "type": "boolean"},
    {"key": "work_email", "label": "Work e-mail", "type": "email"},
    {"key": "work_email_status", "label": "Work e-mail validity", "type": "text"},
    {"key": "home", "label": "Home", "type": "country"},
)
STAGES = ("inquiry", "lead", "lead", "mql", "sal", "sql", "opportunity", "won", "recycled", "")


def contract_with_every_type(data: dict[str, Any]) -> None:
    """Adds a field of each type to the contract, and a rep's step that requires some."""
    data["fields"].extend({"store": "attribute", **field} for field in ATTRIBUTE_FIELDS)
    sal = next(stage for stage in data["stages"] if stage["key"] == "sal")
    sal["required_fields"] = ["email", "plan", "tier", "seats", "renewal", "partner", "work_email", "home"]
    sql = next(stage for stage in data["stages"] if stage["key"] == "sql")
    enough = {"kind": "firmographic", "field": "seats", "op": "at_least", "value": 10}
    unknown = {"kind": "firmographic", "field": "renewal", "op": "is_unknown"}
    sql["entry"]["all"] += [{"any": [unknown, enough]}]
    sql["entry"]["none"] = [{"kind": "disqualifier", "field": "home", "op": "is_unknown"}]


def crowd(size: int, edition: EditionInForce, seed: int, owners: tuple[User | None, ...] = (None,)) -> None:
    """So many random leads, graded as scoring grades them, some with behaviours, merged or suppressed."""
    chance = random.Random(seed)
    leads = [_lead(number, chance, edition, owners) for number in range(size)]
    Lead.objects.bulk_create(leads)
    Behaviour.objects.bulk_create(
        Behaviour(lead=lead, name=name, occurred_at=NOW - timedelta(days=chance.choice((1, 29, 31))),
                  recorded_at=NOW - timedelta(hours=1), properties={})
        for lead in leads
        for name in chance.choice(((), (), ("demo_request",), ("pricing_page", "webinar")))
    )  # fmt: skip
    survivor = leads[0]
    for lead in leads[1:]:
        if chance.random() < 0.04:
            Lead.objects.filter(pk=lead.pk).update(merged_into=survivor, merged_at=NOW)


def _lead(
    number: int, chance: random.Random, edition: EditionInForce, owners: tuple[User | None, ...]
) -> Lead:
    captured = datetime(2026, 8, 31, 22, tzinfo=UTC) + timedelta(hours=chance.randrange(0, 2000))
    kind = chance.choice((0.6, 0.8, 0.88))  # how much of a lead is in order

    def drawn(kept: tuple[Any, ...]) -> Any:
        return kept[0] if chance.random() < kind else chance.choice(kept)

    values = {key: drawn(kept) for key, kept in COLUMNS.items()}
    attributes = {key: drawn(kept) for key, kept in ATTRIBUTES.items() if chance.random() < 0.97}
    email = drawn((f"p{number}@acme.example", f"p{number}@gmail.com", f"p{number}", ""))
    lead = Lead(
        captured_at=captured, recorded_at=captured, stage=chance.choice(STAGES), email=email,
        email_domain=email_domain(email), attributes=attributes, suppressed=chance.random() < 0.05,
        owner=chance.choice(owners), intent_score=chance.choice((None, 10.0, 80.0)), **values,
    )  # fmt: skip
    glossary, scoring = edition.document(GlossaryDocument), edition.document(ScoringDocument)
    lead.icp_grade = grade(Facts(field_values(lead)), scoring, now=NOW)
    lead.folded = folded_values(field_values(lead), glossary.field_by_key)
    return lead


class Naive:
    """One lead at a time, one field at a time, by the evaluator of single leads."""

    def __init__(self, edition: EditionInForce, leads: list[Lead]) -> None:
        self.glossary, self.scoring = edition.document(GlossaryDocument), edition.document(ScoringDocument)
        self.zone = ZoneInfo(edition.document(ReportingDocument).zone)
        self.leads = [lead for lead in leads if lead.merged_into_id is None and not lead.suppressed]
        self.facts = facts_of_many(self.leads, now=NOW)

    def rates(self, field: ContractField) -> dict[tuple[str, str], tuple[int, int, int]]:
        """(source, month) → leads, filled, valid."""
        found: dict[tuple[str, str], tuple[int, int, int]] = {}
        for lead in self.leads:
            values = self.facts[lead.pk].values
            place = (lead.source, f"{lead.captured_at.astimezone(self.zone):%Y-%m}")
            leads, filled, valid = found.get(place, (0, 0, 0))
            good = standing_of(field, values) == VALID
            found[place] = (leads + 1, filled + is_known(values.get(field.key)), valid + good)
        return found

    def held_only(self, key: str) -> set[int]:
        """Leads that may not enter the next stage, but might with some suitable value of one field with a gap."""
        return {
            lead.pk
            for lead, target in self.held()
            if key in self.gaps(lead)
            and any(self.opens(target, self.with_value(lead, {key: value})) for value in CANDIDATES[key])
        }

    def held_among(self, key: str) -> set[int]:
        """Leads of which a demand is unfulfilled because of this field, and which it alone would not let through."""
        alone = self.held_only(key)
        return {
            lead.pk
            for lead, target in self.held()
            if key in self.gaps(lead)
            and lead.pk not in alone
            and any(self._to_blame(key, demand, lead) for demand in demands_of(target))
        }

    def held_by_gaps(self) -> set[int]:
        """Leads that would get through with every gap mended."""
        return {
            lead.pk for lead, target in self.held() if self.opens(target, self.mended(lead, self.gaps(lead)))
        }

    def held(self) -> list[tuple[Lead, Stage]]:
        """Leads that may not enter their next stage."""
        pairs = [(lead, self.target(lead)) for lead in self.leads]
        return [
            (lead, to) for lead, to in pairs if to is not None and not self.opens(to, self.facts[lead.pk])
        ]

    def gaps(self, lead: Lead) -> set[str]:
        """Fields that a person could mend."""
        values = self.facts[lead.pk].values
        fields = (field for field in self.glossary.fields if not field.after_outcome)
        return {field.key for field in fields if standing_of(field, values) != VALID}

    def mended(self, lead: Lead, keys: set[str]) -> Facts:
        """The lead with the best value in each of these fields."""
        return self.with_value(lead, {key: BEST.get(key, CANDIDATES.get(key, ("x",))[0]) for key in keys})

    def _to_blame(self, key: str, demand: Stage, lead: Lead) -> bool:
        gaps = self.gaps(lead)
        if self.opens(demand, self.facts[lead.pk]):
            return False
        if self.opens(demand, self.mended(lead, {key})):
            return True
        without = self.opens(demand, self.mended(lead, gaps - {key}))
        return self.opens(demand, self.mended(lead, gaps)) and not without

    def target(self, lead: Lead) -> Stage | None:
        """The next funnel stage or outcome that moves lead to."""
        here = self.glossary.stage_by_key.get(lead.stage)
        if here is None or here.kind.value != "funnel":
            return None
        onward = [
            self.glossary.stage_by_key[move.to] for move in self.glossary.moves if move.from_ == lead.stage
        ]
        onward = [s for s in onward if s.kind.value != "detour" and s.position > here.position]
        return min(onward, key=lambda s: s.position, default=None)

    def opens(self, target: Stage, facts: Facts) -> bool:
        """Whether the definition holds, confirmations and outcome fields aside."""
        fields = self.glossary.field_by_key
        required = [key for key in target.required_fields if not fields[key].after_outcome]
        gate = target.entry.model_copy(update={"confirm": ()})
        return evaluate(
            gate, facts, now=NOW, fields=fields, thresholds=self.scoring.thresholds, required=required
        ).holds

    def with_value(self, lead: Lead, news: Mapping[str, object]) -> Facts:
        """The lead's facts with some values changed, and what follows from them."""
        facts = self.facts[lead.pk]
        values = {**facts.values, **news}
        if "email" in news:
            values |= {"email_domain": email_domain(news["email"]), "email_status": "valid"}
        if "work_email" in news:
            values["work_email_status"] = "valid"  # mail to a new address has not come back yet
        values["icp_grade"] = grade(Facts(values), self.scoring, now=NOW)
        return Facts(values, facts.behaviours)


def demands_of(target: Stage) -> list[Stage]:
    """The entry definition taken apart: a stage per group, per disqualifier and per required field."""
    entry, bare = target.entry, Gate()
    gates = [bare.model_copy(update={"all": (group,)}) for group in entry.all]
    gates += [bare.model_copy(update={"none": (item,)}) for item in entry.none]
    stages = [target.model_copy(update={"entry": gate, "required_fields": ()}) for gate in gates]
    return stages + [
        target.model_copy(update={"entry": bare, "required_fields": (key,)}) for key in target.required_fields
    ]


BEST: dict[str, object] = {"employees": 1000, "annual_revenue": 5e7, "seats": 100}
# Values that a person might fill in: enough to meet any criterion of the playbook.
CANDIDATES: dict[str, tuple[object, ...]] = {
    "email": ("new@corp.example",),
    "email_status": ("valid", "invalid"),
    "company": ("Corp",),
    "industry": ("software", "retail", "education"),
    "country": ("GB",),
    "region": ("emea", "apac"),
    "source": ("event",),
    "consent": ("granted", "denied"),
    "employees": (1, 20, 100, 1000),
    "annual_revenue": (1.0, 2e6, 6e6, 5e7),
    "plan": ("gold",),
    "tier": ("one",),
    "seats": (1, 100),
    "renewal": ("2026-02-28",),
    "partner": (True,),
    "work_email": ("x@y.example",),
    "work_email_status": ("valid",),
    "home": ("GB",),
    "website": ("corp.example",),
}
