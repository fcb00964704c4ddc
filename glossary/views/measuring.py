"""The card on the page of a change that says what its back-test found, and what is missing."""

from dataclasses import dataclass
from datetime import datetime

from django import forms

from glossary import registry
from glossary.engine.headline import Headline, headline
from glossary.forms.back_test import WindowForm
from glossary.models import BackTest, ChangeRequest
from glossary.queries.editions import edition_at
from glossary.queries.measured import Measured, measured, question_of
from glossary.queries.proposals import ProposalView
from glossary.queries.rights import may_measure
from glossary.services.measuring import Window
from people.models import User


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of the effect of a change.

    Attributes:
        says: the result of the standing back-test in short; None = there is none.
        waits: the newest one that waits or runs; None = none.
        form: asks for one; None = the reader may not, or the change is closed.
        blocked: why none can be asked for now; empty = it can.
        may_cancel: the reader may end one that waits.
    """

    measured: Measured
    says: Headline | None
    waits: BackTest | None
    form: WindowForm | None
    blocked: str
    may_cancel: bool


def card_of(
    change: ChangeRequest, user: User, view: ProposalView, now: datetime, typed: forms.Form | None
) -> Card | None:
    """The card; None where changes are not back-tested, and of a closed change that never was. Two queries at most.

    Args:
        typed: the form as it was sent, when it was refused.
    """
    if not registry.is_back_tested(change.workstream):
        return None
    found = measured(change, question_of(change, view.proposed, edition_at(now).versions))
    asks = change.is_open or change.awaits_ratification
    if not asks and found.standing is None:
        return None
    may = asks and may_measure(user)
    return Card(
        measured=found,
        says=headline(found.standing.result) if found.standing else None,
        waits=found.waiting[0] if found.waiting else None,
        form=_form(found, now, typed) if may else None,
        blocked=_blocked(change, view),
        may_cancel=may,
    )


def _form(found: Measured, now: datetime, typed: forms.Form | None) -> WindowForm:
    """The form with the window of the one that stands, so that "again" means the same."""
    if isinstance(typed, WindowForm):
        return typed
    last = found.standing or (found.stale[0].back_test if found.stale else None)
    return WindowForm(now=now, window=Window(last.since, last.until) if last else None)


def _blocked(change: ChangeRequest, view: ProposalView) -> str:
    if not change.is_open:
        return ""
    if view.proposed.conflicts or view.proposed.findings:
        return "It can be measured once what stands above is settled."
    return "" if view.differences else "There is nothing to measure yet: the draft says what is in force."
