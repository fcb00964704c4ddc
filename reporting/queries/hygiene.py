"""Hygiene, counted in the database: one query for the rates, one per step for what the gaps cost.

Bounded by the contract, never by the leads: up to 40 fields share a query, and each criterion is asked once per
lead. Which leads are counted is up to the caller's query set, so every number is one of leads that the reader sees.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Count, DateField, F, Func, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncMonth

from glossary.engine.conditions import Criterion
from glossary.engine.fields import ContractField
from reporting.engine.hygiene.counting import FieldCount, Place
from reporting.engine.hygiene.holding import Judge
from reporting.engine.hygiene.question import By, Gap, GapKind, HygieneQuestion
from reporting.engine.hygiene.steps import Step, as_when
from routing.engine.validity import INVALID, MISSING, UNLISTED
from routing.models.leads import LeadQuerySet
from routing.queries.criteria_sql import where
from routing.queries.validity import filled, standing, text_of_field, valid
from routing.queries.views import NEVER

# Two counts a field: far below what databases take in columns and parameters.
FIELDS_PER_QUERY = 40
CHUNK = 2000
_SOURCE, _MONTH = "from_source", "in_month"


@dataclass(frozen=True, slots=True)
class Lens:
    """How leads are looked at: the moment, the reporting zone, all known fields by key, the score thresholds."""

    now: datetime
    zone: ZoneInfo
    fields: Mapping[str, ContractField]
    thresholds: Mapping[str, float]


def population(leads: LeadQuerySet, question: HygieneQuestion, zone: ZoneInfo) -> LeadQuerySet:
    """Of `leads` those that count: captured in the period, neither merged into another one nor suppressed."""
    found = leads.standing().filter(suppressed=False).order_by()
    return _captured(found, question.since, question.period_end, zone)


def rates(
    leads: LeadQuerySet, fields: Sequence[ContractField], by: Sequence[By], lens: Lens
) -> Iterator[tuple[Place, str, FieldCount]]:
    """(place, field, counts) of leads told apart `by`; a place without leads has no row."""
    for start in range(0, len(fields), FIELDS_PER_QUERY):
        part = fields[start : start + FIELDS_PER_QUERY]
        counts = {"counted": Count("pk")}
        for number, field in enumerate(part):
            counts[f"filled_{number}"] = Count("pk", filter=filled(field, lens.now))
            counts[f"valid_{number}"] = Count("pk", filter=valid(field, lens.now))
        for row in _grouped(leads, counts, by, lens):
            for number, field in enumerate(part):
                count = FieldCount(row["counted"], row[f"filled_{number}"], row[f"valid_{number}"])
                yield _place(row), field.key, count


def _grouped(
    leads: LeadQuerySet, counts: Mapping[str, Count], by: Sequence[By], lens: Lens
) -> Iterator[Mapping[str, Any]]:
    if not by:
        yield leads.aggregate(**counts)
        return
    rows: Iterator[Mapping[str, Any]] = (
        leads.values(**_places(by, lens)).annotate(**counts).iterator(chunk_size=CHUNK)
    )
    yield from rows


def profiles(
    leads: LeadQuerySet, step: Step, by: Sequence[By], lens: Lens
) -> Iterator[tuple[Place, str, int]]:
    """(place, profile, number of leads) of the leads in the step's stage."""
    here = leads.filter(stage=step.stage.key)
    rows = here.values(profile=_profile(step, lens), **_places(by, lens)).annotate(counted=Count("pk"))
    for row in rows.iterator(chunk_size=CHUNK):
        yield _place(row), row["profile"], row["counted"]


def spellings(leads: LeadQuerySet, field: ContractField, lens: Lens, most: int) -> list[tuple[str, int]]:
    """Texts that are not valid in a field, the most frequent ones first, each with its number of leads."""
    odd = leads.alias(how=standing(field, lens.now)).filter(how__in=[INVALID, UNLISTED])
    rows = odd.values(kept=text_of_field(field)).annotate(counted=Count("pk")).order_by("-counted", "kept")
    return [(row["kept"], row["counted"]) for row in rows[: most + 1] if row["kept"]][:most]


def leads_behind(leads: LeadQuerySet, gap: Gap, steps: Sequence[Step], lens: Lens) -> LeadQuerySet:
    """Of `leads` those behind a number, newest first; annotated with `profile`, '' in a stage without a step.

    Raises KeyError for a field that the contract does not have.
    """
    found = _of_place(leads, gap, lens)
    if gap.stage is not None:
        found = found.filter(stage=gap.stage)
    found = found.annotate(profile=_profile_by_stage(steps, lens))
    if gap.kind in {GapKind.ONLY, GapKind.AMONG}:
        found = found.filter(_held(found, gap, steps, lens))
    else:
        wanted = [MISSING] if gap.kind is GapKind.MISSING else [INVALID, UNLISTED]
        found = found.alias(how=standing(lens.fields[gap.field], lens.now)).filter(how__in=wanted)
    return found.order_by("-captured_at", "-pk")


def _held(leads: LeadQuerySet, gap: Gap, steps: Sequence[Step], lens: Lens) -> Q:
    """Leads whose profile says so. The profiles that occur are asked for first: there are few."""
    condition = NEVER
    for step in steps:
        if gap.field in step.mendable and gap.stage in {None, step.stage.key}:
            judge = Judge(step)
            occurring = (profile for _, profile, _ in profiles(leads, step, (), lens))
            telling = [text for text in occurring if gap.field in getattr(judge(text), gap.kind.value)]
            condition |= Q(stage=step.stage.key, profile__in=telling)
    return condition


def _of_place(leads: LeadQuerySet, gap: Gap, lens: Lens) -> LeadQuerySet:
    if gap.source is not None:
        leads = leads.filter(source=gap.source)
    if gap.month is None:
        return leads
    first = date.fromisoformat(f"{gap.month}-01")
    return _captured(leads, first, (first + timedelta(days=31)).replace(day=1), lens.zone)


def _captured(leads: LeadQuerySet, since: date | None, before: date | None, zone: ZoneInfo) -> LeadQuerySet:
    if since is not None:
        leads = leads.filter(captured_at__gte=datetime.combine(since, time.min, tzinfo=zone))
    if before is not None:
        leads = leads.filter(captured_at__lt=datetime.combine(before, time.min, tzinfo=zone))
    return leads


def _profile(step: Step, lens: Lens) -> Func:
    """The profile of a lead in the step's stage: a sign per criterion, a letter per field."""
    signs: list[Case] = [_sign(item, lens) for item in step.criteria]
    letters = [standing(field, lens.now) for field in step.fields]
    parts: list[Case | Value] = [*signs, *letters]
    parts = parts or [Value("")]
    return Func(*parts, template="(%(expressions)s)", arg_joiner=" || ", output_field=CharField())


def _sign(criterion: Criterion, lens: Lens) -> Case:
    met = where(as_when(criterion), now=lens.now, fields=lens.fields, thresholds=lens.thresholds)
    return Case(When(met, then=Value("1")), default=Value("0"), output_field=CharField())


def _profile_by_stage(steps: Sequence[Step], lens: Lens) -> Case:
    whens = [When(stage=step.stage.key, then=_profile(step, lens)) for step in steps]
    return Case(*whens, default=Value(""), output_field=CharField())


def _places(by: Sequence[By], lens: Lens) -> dict[str, Combinable]:
    month = TruncMonth("captured_at", output_field=DateField(), tzinfo=lens.zone)
    every: dict[By, tuple[str, Combinable]] = {By.SOURCE: (_SOURCE, F("source")), By.MONTH: (_MONTH, month)}
    return dict(every[wanted] for wanted in by)


def _place(row: Mapping[str, Any]) -> Place:
    month: date | None = row.get(_MONTH)
    return Place(row.get(_SOURCE, ""), f"{month.year:04}-{month.month:02}" if month else "")
