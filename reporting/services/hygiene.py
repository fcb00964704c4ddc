"""The hygiene report of the leads that a reader sees, computed when it is asked for; nothing is stored."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from glossary.engine.documents import GlossaryDocument
from glossary.engine.fields import ContractField
from glossary.types import EditionInForce
from reporting.engine.document import ReportingDocument
from reporting.engine.hygiene.counting import HygieneCount
from reporting.engine.hygiene.holding import Judge
from reporting.engine.hygiene.question import By, Gap, HygieneQuestion
from reporting.engine.hygiene.result import HygieneBasis, Looked, Report, hygiene_result
from reporting.engine.hygiene.steps import Step, next_steps
from reporting.queries.hygiene import Lens, leads_behind, population, profiles, rates, spellings
from routing.engine.documents.scoring import ScoringDocument
from routing.models.leads import LeadQuerySet

MOST_SPELLINGS = 10


@dataclass(frozen=True)
class Hygiene:
    """Hygiene of `leads` (what the reader may see) under an edition at an aware moment."""

    leads: LeadQuerySet
    question: HygieneQuestion
    edition: EditionInForce
    now: datetime
    whose: str

    @property
    def glossary(self) -> GlossaryDocument:
        """Stages and contract."""
        return self.edition.document(GlossaryDocument)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The next step of each stage."""
        return next_steps(self.glossary, self.edition.document(ScoringDocument))

    @cached_property
    def lens(self) -> Lens:
        """How the leads are looked at."""
        zone = ZoneInfo(self.edition.document(ReportingDocument).zone)
        thresholds = self.edition.document(ScoringDocument).thresholds
        return Lens(self.now, zone, self.glossary.field_by_key, thresholds)

    @cached_property
    def counted(self) -> LeadQuerySet:
        """The leads that count."""
        return population(self.leads, self.question, self.lens.zone)

    def count(self, fields: Sequence[ContractField], by: Sequence[By] = ()) -> HygieneCount:
        """Count `fields`, told apart `by`: a query per 40 fields and one per step that rests on one of them."""
        found = HygieneCount()
        for place, key, count in rates(self.counted, fields, by, self.lens):
            found.add_rates(key, place, count)
        keys = {field.key for field in fields}
        for step in self.steps:
            judge = Judge(step)
            if keys & step.mendable:
                for place, profile, leads in profiles(self.counted, step, by, self.lens):
                    found.add_judged(step.stage.key, place, judge(profile), leads)
        return found

    def result(self, count: HygieneCount, fields: Sequence[ContractField]) -> Report:
        """The report as JSON data."""
        basis = HygieneBasis(
            self.now, str(self.lens.zone), self.edition.number, self.edition.versions["glossary"], self.whose
        )
        keys = {field.key for field in fields}
        steps = [step for step in self.steps if keys & step.mendable]
        looked = Looked(fields, steps, self._required_for())
        return hygiene_result(self.question, looked, count, basis)

    def behind(self, gap: Gap) -> LeadQuerySet:
        """The leads behind a number of the report, newest first, annotated with their `profile`."""
        return leads_behind(self.counted, gap, self.steps, self.lens)

    def spellings(self, field: ContractField) -> list[tuple[str, int]]:
        """What stands in a field and is not valid there, the most frequent first."""
        return spellings(self.counted, field, self.lens, MOST_SPELLINGS)

    def _required_for(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for stage in self.glossary.stages:
            for key in stage.required_fields:
                found[key].append(stage.short)
        return found
