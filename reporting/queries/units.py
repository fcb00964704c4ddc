"""Who counts as one lead as of an instant: merged leads are read through their survivor from the merge on."""

from collections import defaultdict
from datetime import datetime

from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.expressions import Combinable

from routing.models import Lead, LeadChange

MERGED_INTO = "merged_into"


def unit_of(as_of: datetime, path: str = "lead__") -> Combinable:
    """The id of the lead that stands for a row's lead as of an aware instant.

    `path` leads from the row to the lead ('' on Lead itself, where the own id is `pk`).
    """
    own = F("pk") if not path else F(f"{path.removesuffix('__')}_id")
    moved = [
        When(**{f"{path}pk__in": leads}, then=Value(survivor))
        for survivor, leads in _earlier_survivors(as_of).items()
    ]
    merged = When(**{f"{path}merged_at__lte": as_of}, then=F(f"{path}merged_into_id"))
    return Case(*moved, merged, default=own, output_field=IntegerField())


def _earlier_survivors(as_of: datetime) -> dict[int, list[int]]:
    """Survivor → leads, where the survivor of that time was itself merged later.

    The log keeps each merge; the column names the final survivor only.
    """
    merged = Lead.objects.filter(merged_at__isnull=False)
    if not merged.filter(merged_at__gt=as_of).exists():
        return {}
    log = LeadChange.objects.filter(
        field=MERGED_INTO, lead__merged_at__lte=as_of, recorded_at__lte=as_of
    ).order_by("recorded_at", "id")
    into = dict(log.values_list("lead_id", "after"))
    final = dict(merged.filter(pk__in=into).values_list("pk", "merged_into_id"))
    found: dict[int, list[int]] = defaultdict(list)
    for lead in sorted(into):
        survivor = _follow(lead, into)
        if survivor != final.get(lead):
            found[survivor].append(lead)
    return dict(found)


def _follow(lead: int, into: dict[int, int]) -> int:
    seen = {lead}
    while lead in into and into[lead] not in seen:
        lead = into[lead]
        seen.add(lead)
    return lead
