"""When a person of ours first reached out to the lead in its current pass: in SQL, and asked for one lead."""

from datetime import datetime

from django.db.models import DateTimeField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from routing.engine.values import EARLIEST
from routing.models import Lead, StageEntry, Touch


def first_touch(now: datetime) -> Subquery:
    """The first human outbound touch of the current pass known at `now`; NULL when there is none.

    To be used in a query of leads. A pass after the first begins with its first stage entry that was not
    voided; touches before it belong to earlier passes. Touches of leads merged into this one count.
    """
    outermost = OuterRef(OuterRef("pk"))
    merged = Q(merged_into=outermost, merged_at__lte=now)
    themselves = Lead.objects.filter(Q(pk=outermost) | merged).values("pk")
    began = StageEntry.objects.filter(
        lead=outermost,
        pass_number=OuterRef(OuterRef("pass_number")),
        pass_number__gt=1,
        voids__isnull=True,
        voided_by__isnull=True,
    ).order_by("occurred_at")
    touches = Touch.objects.filter(
        lead__in=themselves,
        automatic=False,
        inbound=False,
        occurred_at__lte=now,
        recorded_at__lte=now,
        occurred_at__gte=Coalesce(Subquery(began.values("occurred_at")[:1]), Value(EARLIEST)),
    ).order_by("occurred_at")
    return Subquery(touches.values("occurred_at")[:1], output_field=DateTimeField())


def first_touch_of(lead: Lead, *, since: datetime | None, now: datetime) -> datetime | None:
    """The same for one lead, whose pass began at `since` (None = its first pass: whatever came before counts)."""
    touches = Touch.objects.filter(
        Q(lead=lead) | Q(lead__merged_into=lead, lead__merged_at__lte=now),
        automatic=False,
        inbound=False,
        occurred_at__lte=now,
        recorded_at__lte=now,
    )
    if since is not None:
        touches = touches.filter(occurred_at__gte=since)
    return min(touches.order_by().values_list("occurred_at", flat=True), default=None)
