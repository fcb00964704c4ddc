"""What a person decided lately: what came of it in words, and whether it can still be undone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localtime

from dispositions.choices import ActionKind, ActionState
from dispositions.engine.document import DispositionsDocument
from dispositions.models import ActionItem, Disposition
from glossary.engine.words import date_words
from glossary.types import EditionInForce
from people.models import User
from routing.models import Lead

UNDO_WINDOW = timedelta(minutes=15)
SHOWN_FOR = timedelta(hours=12)
MOST = 8
REVERSIBLE = (ActionKind.NURTURE, ActionKind.SUPPRESS, ActionKind.ENRICH)


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision as the desk shows it. `problem` says why it cannot be undone; empty when it can."""

    decision: Disposition
    lead_label: str
    is_visible: bool
    reason: str
    result: str
    problem: str
    is_undone: bool


def with_undo(decisions: "QuerySet[Disposition]") -> "QuerySet[Disposition]":
    """Decisions with what `undo_problem` and the words need: one query, and one for the actions."""
    later = Disposition.objects.filter(lead=OuterRef("lead"), pk__gt=OuterRef("pk")).exclude(
        stage_entry__voided_by__isnull=False
    )
    rows = decisions.select_related("lead", "stage_entry__voided_by").prefetch_related("actions")
    return rows.annotate(has_later=Exists(later))


def undo_problem(decision: Disposition, user: User, now: datetime) -> str:
    """The first thing that stands against undoing a decision read by `with_undo`; empty when nothing does."""
    entry = decision.stage_entry
    followed = [item for item in decision.actions.all() if item.state == ActionState.DONE]
    problems = (
        (decision.actor_id != user.pk, "Only the person who decided it can undo it."),
        (is_undone(decision), "It is undone already."),
        (
            now - decision.recorded_at > UNDO_WINDOW,
            "It is more than 15 minutes old. Ask RevOps to correct it.",
        ),
        (entry is None, "It moved no stage: the lead has a new place. Ask RevOps to give it back."),
        (
            getattr(decision, "has_later", False),
            "There is a later decision on this lead. Undo that one first.",
        ),
        (decision.lead.merged_into_id is not None, "The lead was merged, and a merge stays. Ask RevOps."),
        (
            any(item.kind not in REVERSIBLE for item in followed),
            "What followed (a merge or a new owner) cannot be taken back here. Ask RevOps.",
        ),
        (
            any(item.kind == ActionKind.ENRICH for item in followed) and decision.lead.owner_id is not None,
            "A colleague has taken the lead since. Ask them to give it back.",
        ),
    )
    return next((words for applies, words in problems if applies), "")


def is_undone(decision: Disposition) -> bool:
    """Whether the stage entry that it caused was voided."""
    entry = decision.stage_entry
    return entry is not None and hasattr(entry, "voided_by")


def decided_lately(user: User, *, now: datetime, edition: EditionInForce) -> list[Decided]:
    """The person's latest decisions, newest first, at most eight of the last twelve hours; three queries."""
    rows = Disposition.objects.filter(actor=user, recorded_at__gt=now - SHOWN_FOR)
    latest = list(with_undo(rows).order_by("-recorded_at", "-pk")[:MOST])
    seen = set(
        Lead.objects.visible_to(user)
        .filter(pk__in=[row.lead_id for row in latest])
        .values_list("pk", flat=True)
    )
    return [_decided(row, user, now, edition, is_visible=row.lead_id in seen) for row in latest]


def decision_by(user: User, token: UUID) -> Disposition | None:
    """The person's decision with this form token: the same form again shows its result again."""
    return with_undo(Disposition.objects.filter(token=token, actor=user)).first()


def result_words(decision: Disposition) -> str:
    """What the system did next, or when it will; empty where nothing follows."""
    return " ".join(filter(None, (_result(item) for item in decision.actions.all())))


def _result(item: ActionItem) -> str:
    if item.state == ActionState.DONE:
        return item.outcome
    if item.state == ActionState.CANCELLED:
        return "Undone."
    if item.kind == ActionKind.NURTURE:
        # The agreed day, as the lead shows it: the row's instant is its morning where the rep is.
        day = localtime(item.due_at).date()
        return f"Nurture: it comes back on {date_words(day)}."
    words = ActionKind(item.kind).label
    if item.state == ActionState.PARKED:
        return f"{words}: failed too often; RevOps has been told."
    return f"{words}: not done yet, it is tried again by itself."


def _decided(
    row: Disposition, user: User, now: datetime, edition: EditionInForce, *, is_visible: bool
) -> Decided:
    reasons = edition.document(DispositionsDocument).reason_by_key
    reason = reasons.get(row.reason)
    return Decided(
        decision=row,
        lead_label=row.lead.label if is_visible else f"Lead {row.lead_id}",
        is_visible=is_visible,
        reason=reason.label if reason else row.reason,
        result=result_words(row),
        problem=undo_problem(row, user, now),
        is_undone=is_undone(row),
    )
