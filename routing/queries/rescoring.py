"""Which leads the nightly sweep has to look at again: those about which time, or a new policy, may say more.

To be sure without remembering each lead's next turn, facts near their turn are found by their dates (an index
serves that), and a lead that was not looked at for a quarter is asked exactly.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from glossary.engine.documents import GlossaryDocument, Mover, StageKind
from glossary.models import PolicyVersion
from glossary.types import EditionInForce
from routing.engine.documents import ScoringDocument
from routing.engine.passing_time import moving
from routing.engine.values import days_before
from routing.models import Behaviour, Lead
from routing.queries.sources import source_of

NEAR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Night:
    """A sweep: leads that were scored at `since` or later are done; `now` is the moment to score at."""

    now: datetime
    since: datetime
    edition: EditionInForce


def due_for_rescoring(night: Night) -> "QuerySet[Lead]":
    """Leads that are live and open, were scored before, and may come out otherwise now.

    Live: neither merged nor suppressed, and judged by the rules here at least once. Open: in a stage that the
    rules may still lead out of, or on whose score people still look; outcomes and dead ends are closed.
    """
    live = Lead.objects.standing().filter(suppressed=False, scored_at__lt=night.since)
    return live.filter(stage__in=_open_stages(night.edition.document(GlossaryDocument))).filter(
        _may_have_moved(night)
    )


def _open_stages(glossary: GlossaryDocument) -> list[str]:
    ways_out = {move.from_ for move in glossary.moves if Mover.SYSTEM in move.by}
    return [stage.key for stage in glossary.stages if stage.kind is StageKind.FUNNEL or stage.key in ways_out]


def _may_have_moved(night: Night) -> Q:
    edition, now = night.edition, night.now
    found = moving(edition.document(GlossaryDocument), edition.document(ScoringDocument))
    condition = Q(scored_at__lt=_policy_since(edition))
    if found.decays:
        condition |= Q(intent_score__gt=0)
    if found.age is not None:
        condition |= Q(captured_at__gt=F("scored_at") - timedelta(days=found.age))
    for name, days in found.rising:
        condition |= _did(name, days_before(now, days) - NEAR, now)
    for name, edge in found.behaviours:
        condition |= _turned(name, timedelta(days=edge), now)
    for key, days in found.fields:
        condition |= _dated(key, days, now)
    return condition


def _policy_since(edition: EditionInForce) -> datetime:
    """When the younger one of glossary and scoring came in force: older scores were made by other rules."""
    mine = [Q(workstream=key, number=edition.versions[key]) for key in ("glossary", "scoring")]
    versions = PolicyVersion.objects.filter(mine[0] | mine[1])
    since: datetime = max(versions.values_list("in_force_from", flat=True))
    return since


def _did(name: str, since: datetime, until: datetime) -> Q:
    """Leads that did it in the period, those merged into them included."""
    rows = Behaviour.objects.filter(name=name, occurred_at__gt=since, occurred_at__lte=until)
    return Q(pk__in=rows.order_by().values(subject=Coalesce("lead__merged_into_id", "lead_id")))


def _turned(name: str, edge: timedelta, now: datetime) -> Q:
    """Leads of which one such behaviour came to lie `edge` back since they were scored."""
    turned = Behaviour.objects.filter(name=name, occurred_at__lte=now - edge).order_by()
    near = turned.filter(occurred_at__gt=now - edge - NEAR).annotate(
        scored_at=Coalesce("lead__merged_into__scored_at", "lead__scored_at")
    )
    near = near.filter(occurred_at__gt=F("scored_at") - edge)
    since = turned.filter(occurred_at__gt=OuterRef("scored_at") - edge)
    own = Exists(since.filter(lead=OuterRef("pk")))
    inherited = Exists(since.filter(lead__merged_into=OuterRef("pk")))
    long_ago = Q(scored_at__lt=now - NEAR) & (own | inherited)
    return Q(pk__in=near.values(subject=Coalesce("lead__merged_into_id", "lead_id"))) | long_ago


def _dated(key: str, days: float, now: datetime) -> Q:
    """Leads whose date has not turned yet or turned lately; others once a quarter, to miss none.

    A turn at t = date + days counts if scored_at < t <= now: either t is later than now - NEAR, which the first
    part finds, or scored_at is not, which the second does.
    """
    times = source_of(key, now).times
    if times is None:
        return Q(pk__in=())
    near = times.later_than(days_before(now, days + NEAR.days))
    return times.typed & (near | Q(scored_at__lt=now - NEAR))
