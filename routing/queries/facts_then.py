"""What was known of one lead at a past instant: today's values with every later change undone, from the log.

Seen is what had occurred and been recorded by then. The log keeps every stated value, the stages and the owners;
what it does not keep (a territory, for one) is taken as it is today.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from routing.engine.evaluate import BehaviourFact, Facts
from routing.engine.text import email_domain
from routing.engine.values import EARLIEST, whole_days
from routing.models import Assignment, Behaviour, Lead, LeadChange, StageEntry
from routing.queries.columns import COLUMNS, ColumnKind
from routing.queries.facts import field_values
from routing.queries.first_touch import first_touch_of
from routing.queries.late_facts import record_key, records_of


def facts_then(lead: Lead, *, instant: datetime) -> Facts:
    """The facts of a lead as of `instant` (aware, not in the future).

    Leads merged into it count from their merge on. What an import told with the lead was known when it happened.
    Scores are not among the values: they come out of facts.
    """
    values = field_values(lead) | dict(_undone(lead, instant))
    entry = _last_entry(lead, instant)
    captured_at = values.get("captured_at")
    values |= {
        "stage": entry.to_stage if entry else "",
        "owner": _owner(lead, instant),
        "age_days": whole_days(captured_at, instant) if isinstance(captured_at, datetime) else None,
        "first_touch_at": first_touch_of(lead, since=_pass_began(lead, entry, instant), now=instant),
        "email_domain": email_domain(values.get("email"))[:255],
        "icp_grade": "",
        "intent_score": None,
    }
    return Facts(values, list(_behaviours(lead, instant)), records_of(lead, now=instant))


def _undone(lead: Lead, instant: datetime) -> Iterator[tuple[str, object]]:
    """Field → its value then, for fields that changed since: what the first later change found there."""
    known = _known_by(lead, instant)
    later = LeadChange.objects.filter(lead=lead, recorded_at__gt=known).order_by("-recorded_at", "-id")
    for name, before in later.values_list("field", "before"):
        yield record_key(name), value_of_log(record_key(name), before)


def value_of_log(key: str, value: object) -> object:
    """A value of field `key` as the change log keeps it, as the lead would."""
    is_instant = COLUMNS.get(key) is ColumnKind.INSTANT and isinstance(value, str)
    return datetime.fromisoformat(str(value)) if is_instant else value


def _known_by(lead: Lead, instant: datetime) -> datetime:
    """Rows recorded up to here were known at `instant` if they had happened: an import is read as history."""
    return max(instant, lead.recorded_at) if lead.is_imported else instant


def _behaviours(lead: Lead, instant: datetime) -> Iterator[BehaviourFact]:
    inherited = Q(lead__merged_into=lead, lead__merged_at__lte=instant)
    rows = Behaviour.objects.filter(Q(lead=lead) | inherited).filter(
        occurred_at__lte=instant, recorded_at__lte=_known_by(lead, instant)
    )
    for row in rows.order_by("occurred_at", "pk"):
        yield BehaviourFact(row.name, row.occurred_at, min(row.recorded_at, instant), row.properties)


def _entries(lead: Lead, instant: datetime) -> "QuerySet[StageEntry]":
    """The entries that stood then: on record, and not voided by then."""
    known = StageEntry.objects.filter(lead=lead, voids__isnull=True, occurred_at__lte=instant)
    known = known.filter(recorded_at__lte=_known_by(lead, instant))
    return known.exclude(voided_by__recorded_at__lte=instant)


def _last_entry(lead: Lead, instant: datetime) -> StageEntry | None:
    last: StageEntry | None = _entries(lead, instant).order_by("-occurred_at", "-id").first()
    return last


def _pass_began(lead: Lead, entry: StageEntry | None, instant: datetime) -> datetime | None:
    if entry is None or entry.pass_number == 1:
        return None
    first = _entries(lead, instant).filter(pass_number=entry.pass_number).order_by("occurred_at").first()
    return first.occurred_at if first else EARLIEST


def _owner(lead: Lead, instant: datetime) -> str:
    then = Assignment.objects.filter(lead=lead, recorded_at__lte=instant)
    then = then.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=instant))
    return then.order_by("-recorded_at", "-id").values_list("owner__username", flat=True).first() or ""
