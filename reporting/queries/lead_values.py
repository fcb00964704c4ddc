"""The dimension values of leads as of an instant: today's columns, with every later change undone.

Values are read by name: a column of the lead, 'team' (that of the owner), else an attribute of the contract.
Blank and unknown to us are ''; a source spelled "unknown" stays apart from it. Which team a person belongs to
has no history here, so it is the team of today.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, F, Q
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from reporting.engine.parameters import Basis
from routing.models import Assignment, LeadChange
from routing.queries.columns import COLUMNS, ColumnKind

TEAM, OWNER = "team", "owner"
_IMPORT = "import"


@dataclass(frozen=True, slots=True)
class AsOf:
    """The moment that is reported on (aware), and what counts as known then."""

    instant: datetime
    basis: Basis = Basis.KNOWN


def value_expression(dimension: str, path: str = "") -> Combinable:
    """Today's value of a dimension, over `path` ('lead__', say) where the row isn't the lead itself."""
    if dimension == TEAM:
        return F(f"{path}owner__team__name")
    if dimension == OWNER:
        return F(f"{path}owner__username")
    if dimension in COLUMNS:
        column = F(f"{path}{dimension}")
        return column if COLUMNS[dimension] is ColumnKind.TEXT else Cast(column, CharField())
    return KeyTextTransform(dimension, f"{path}attributes")


def values_then(dimension: str, as_of: AsOf) -> dict[int, str]:
    """Lead → value as of then, for the leads whose value has changed since."""
    if dimension in {TEAM, OWNER}:
        return _places_then("owner__team__name" if dimension == TEAM else "owner__username", as_of)
    newest = LeadChange.objects.order_by("-id").values_list("recorded_at", flat=True).first()
    if newest is None or newest <= as_of.instant:
        return {}
    later = LeadChange.objects.filter(field=dimension, recorded_at__gt=as_of.instant)
    if as_of.basis is Basis.KNOWN:
        # What an import says of a lead belongs to its history, as its stage entries do.
        later = later.exclude(cause=_IMPORT)
    then: dict[int, str] = {}
    for lead, before in later.order_by("recorded_at", "id").values_list("lead_id", "before").iterator():
        then.setdefault(lead, text_of(before))
    return then


def text_of(value: object) -> str:
    """A value as the key of a row; None is ''."""
    return "" if value is None else str(value)


def _places_then(name: str, as_of: AsOf) -> dict[int, str]:
    """Owners come from assignments: the one that was active then, for leads that were assigned since."""
    instant = as_of.instant
    since = Assignment.objects.filter(Q(recorded_at__gt=instant) | Q(ended_at__gt=instant))
    then = dict.fromkeys(since.values_list("lead_id", flat=True), "")
    active = since.filter(recorded_at__lte=instant).values_list("lead_id", name)
    then.update((lead, text_of(value)) for lead, value in active)
    return then
