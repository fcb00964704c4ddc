"""What was recorded of the leads of a span after they came in: changes of their values, and leads merged into them."""

from collections.abc import Iterable

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from routing.models import Lead, LeadChange
from routing.queries.joined import SEPARATOR, JoinedText
from routing.queries.late_facts import record_key
from routing.queries.replay.cohort import Span


class News:
    """Of one span of ids."""

    def __init__(self, span: Span) -> None:
        self.span = span

    def changed(self, fields: Iterable[str]) -> tuple[set[int], set[str]]:
        """Leads of which any of these fields changed after they came in, and the keys of all fields that did.

        Today's values of those say too little.
        """
        names = [name for key in fields for name in (key, f"attributes.{key}")]
        later = LeadChange.objects.filter(field__in=names, **self._within("lead")).order_by()
        rows = later.filter(recorded_at__gt=F("lead__recorded_at")).values("field")
        joined = rows.annotate(leads=JoinedText(Cast("lead_id", TextField()))).values_list("field", "leads")
        leads, found = set[int](), set[str]()
        for name, ids in joined:
            leads.update(map(int, ids.split(SEPARATOR)))
            found.add(record_key(name))
        return leads, found

    def survivors(self) -> "QuerySet[Lead]":
        """Leads merged into others: what they did counts for those."""
        return Lead.objects.filter(**self._within("merged_into"))

    def _within(self, path: str) -> dict[str, int]:
        """The span as literal bounds, which planners judge well."""
        return {f"{path}__gte": self.span.first, f"{path}__lte": self.span.last}
