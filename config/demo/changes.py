"""Governance of the demo year: changes that went in force, one that was rejected, and some that wait today."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from config.demo.cast import Cast
from glossary import registry
from glossary.choices import Duty, Verdict
from glossary.models import Acknowledgement, BackTest, ChangeRequest, SignOff
from glossary.queries.editions import edition_at
from glossary.queries.proposals import plain
from glossary.services.acknowledging import acknowledge
from glossary.services.commenting import comment
from glossary.services.drafting import replace_draft
from glossary.services.opening import Proposal, open_request
from glossary.services.publishing import publish_request
from glossary.services.signing import Answer, sign
from glossary.services.submitting import submit
from reporting.services.back_testing import compute

Edit = Callable[[dict[str, Any]], None]
Play = Callable[[datetime, Callable[[datetime], None]], None]
FINDING = "Checked against the last two quarters: no reported number changes after the fact."


@dataclass(frozen=True)
class Change:
    """A change of the demo: who proposes what and why, and what Finance writes."""

    workstream: str
    title: str
    why: str
    author: str
    edit: Edit
    finding: str = FINDING


def _pricing(data: dict[str, Any]) -> None:
    next(rule for rule in data["intent"] if rule["key"] == "pricing_view")["points"] = 18


def _research(data: dict[str, Any]) -> None:
    data["reasons"].append(
        {
            "key": "student_research",
            "label": "Student or research",
            "outcome": "disqualified",
            "stages": ["inquiry", "lead", "mql", "sal", "sql"],
            "requires": [],
            "action": {"do": "suppress", "track": None, "after_days": None, "queue": None},
            "help": "Somebody who studies the market and will not buy.",
        }
    )


def _education(data: dict[str, Any]) -> None:
    mql = next(stage for stage in data["stages"] if stage["key"] == "mql")
    criterion = {
        "kind": "disqualifier",
        "field": "industry",
        "op": "is",
        "value": "education",
        "threshold": None,
    }
    mql["entry"]["none"].append(criterion)


def _threshold(data: dict[str, Any]) -> None:
    data["thresholds"]["mql"] = 70


def _twice_as_fast(data: dict[str, Any]) -> None:
    next(target for target in data["sla"] if target["key"] == "first_touch")["target"] = "30 business minutes"


def _target(data: dict[str, Any]) -> None:
    next(kpi for kpi in data["kpis"] if kpi["key"] == "mql_to_sql")["target"] = 0.3


PRICING = Change(
    "scoring", "Prices count more", "People who look at prices convert twice as often as the score says.",
    "marketingops", _pricing,
)  # fmt: skip
RESEARCH = Change(
    "dispositions", "A reason for students", "Reps file students under Not ICP, which spoils the ICP review.",
    "revops", _research,
)  # fmt: skip
EDUCATION = Change(
    "glossary", "Schools are no MQLs", "Reps lose a day a week on schools that never buy.",
    "revops", _education,
)  # fmt: skip
THRESHOLD = Change(
    "scoring", "Raise the MQL threshold to 70", "Sales accepts only half of the MQLs between 65 and 70.",
    "marketingops", _threshold,
)  # fmt: skip
FASTER = Change(
    "routing",
    "First touch within half an hour",
    "Whoever calls first wins more often.",
    "salesops",
    _twice_as_fast,
)
TARGET = Change(
    "reporting", "A higher MQL to SQL target", "The last quarter was above it.", "analytics", _target
)


class Governance:
    """Plays the changes of the year through the real services."""

    def __init__(self, cast: Cast) -> None:
        self.people = cast.office

    def plan(self, at: Play, start: datetime, end: datetime) -> None:
        """Put every act at its moment between `start` and `end`."""
        year = end - start
        at(start + 0.35 * year, lambda now: self._ship(PRICING, {"cmo": "cmo", "finance": "finance"}, now))
        at(start + 0.6 * year, self._reject)
        at(start + 0.75 * year, lambda now: self._ship(RESEARCH, {"cro": "cro", "cmo": "cmo"}, now))
        at(end - timedelta(days=3), lambda now: self._wait(EDUCATION, ("cmo",), now))
        at(end - timedelta(days=1), lambda now: self._wait(THRESHOLD, (), now))
        at(end - timedelta(hours=5), self._begin)

    def _begin(self, now: datetime) -> None:
        self._draft(TARGET, now)

    def _draft(self, change: Change, now: datetime) -> ChangeRequest:
        author = self.people[change.author]
        request = open_request(
            Proposal(change.workstream, change.title, change.why), acting_user=author, now=now
        )
        document = edition_at(now).document(registry.document_type(change.workstream).document_class)
        data = plain(document)
        change.edit(data)
        return replace_draft(
            request.pk,
            registry.parse(change.workstream, data),
            acting_user=author,
            now=now,
            what=change.title,
        )

    def _submit(self, change: Change, now: datetime) -> ChangeRequest:
        request = self._draft(change, now - timedelta(hours=2))
        request = submit(request.pk, acting_user=self.people[change.author], now=now - timedelta(hours=1))
        for row in BackTest.objects.waiting().filter(request=request):
            compute(row.pk, now=now - timedelta(minutes=50))  # what the worker does at once
        return request

    def _sign(self, request: ChangeRequest, role: str, person: str, now: datetime, *, note: str = "") -> None:
        slot = SignOff.objects.owed().exclude(duty=Duty.CONSULT).get(request=request, role=role)
        given = Verdict.REJECTED if note else Verdict.GIVEN
        words = note or (FINDING if slot.duty == Duty.VALIDATE else "")
        sign(Answer(slot.pk, given, request.digest, words), acting_user=self.people[person], now=now)

    def _ship(self, change: Change, signers: dict[str, str], now: datetime) -> None:
        request = self._submit(change, now)
        for role, person in signers.items():
            self._sign(request, role, person, now)
        done = publish_request(request.pk, acting_user=self.people["revops"], now=now)
        self._read(done, now + timedelta(hours=3))

    def _read(self, request: ChangeRequest, now: datetime) -> None:
        """Three of four who were asked say that they have read it."""
        asked = (
            Acknowledgement.objects.filter(version=request.version).select_related("user").order_by("user_id")
        )
        for number, row in enumerate(asked):
            if number % 4 != 3:
                acknowledge(row.version_id, acting_user=row.user, now=now)

    def _reject(self, now: datetime) -> None:
        request = self._submit(FASTER, now)
        reason = "With today's team this breaks on every Monday. Come back with a staffing plan."
        self._sign(request, "cro", "cro", now, note=reason)

    def _wait(self, change: Change, signed: tuple[str, ...], now: datetime) -> None:
        request = self._submit(change, now)
        for role in signed:
            self._sign(request, role, role, now)
        question = "Do we keep the universities that buy through their hospital?"
        if change is EDUCATION:
            comment(request.pk, question, UUID(int=request.pk), acting_user=self.people["success"], now=now)
