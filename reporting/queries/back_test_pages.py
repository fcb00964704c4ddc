"""What the pages of back-tests read: rows without their long texts, and the leads that a change would move."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from glossary.choices import JobState
from glossary.engine.headline import Headline, headline
from glossary.models import BackTest
from people.models import User
from reporting.choices import Moved
from reporting.models import BackTestLead
from routing.models import Lead


@dataclass(frozen=True, slots=True)
class MovedCell:
    """A number of a result that opens to its leads.

    Attributes:
        became: key of a stage; "" = nothing beyond; None = whatever became of them.
        name: of the stage in `became`.
        number: how many leads there are by the result.
    """

    stage: str
    short: str
    kind: Moved
    became: str | None
    name: str
    number: int

    @property
    def address(self) -> dict[str, str]:
        """What an address says to open this number."""
        opened = {"stage": self.stage, "kind": self.kind.value}
        return opened if self.became is None else {**opened, "became": self.became}


def listed() -> "QuerySet[BackTest]":
    """All back-tests, newest first, without contents and results."""
    return BackTest.objects.defer("content", "result").select_related("requested_by", "request")


def found_of(rows: Iterable[BackTest]) -> dict[int, Headline]:
    """What those of some back-tests that are done found, in short. One query."""
    done = [row.pk for row in rows if row.state == JobState.DONE]
    results = BackTest.objects.filter(pk__in=done).values_list("pk", "result")
    found = ((pk, headline(result)) for pk, result in results)
    return {pk: line for pk, line in found if line is not None}


def moved_cell(result: dict[str, Any], stage: str, kind: str, became: str | None) -> MovedCell | None:
    """The number of a result that `stage`, `kind` and `became` name; None when it has no such number."""
    found = next((row for row in result["stages"] if row["key"] == stage), None)
    if found is None or kind not in Moved.values:
        return None
    number, name = found[kind]["n"], ""
    if became is not None:
        end = next((end for end in found[kind]["became"] if end["stage"] == became), None)
        if end is None:
            return None
        number, name = end["n"], end["name"]
    return MovedCell(stage, found["short"], Moved(kind), became, name, number)


def moved_leads(back_test: BackTest, cell: MovedCell) -> "QuerySet[BackTestLead]":
    """The leads behind a number, as far as they are kept, latest first."""
    rows = BackTestLead.objects.filter(back_test=back_test, stage=cell.stage, kind=cell.kind)
    if cell.became is not None:
        rows = rows.filter(outcome=cell.became)
    return rows.select_related("lead", "lead__owner")


def visible(rows: "QuerySet[BackTestLead]", user: User) -> "QuerySet[BackTestLead]":
    """Those whose leads `user` may see."""
    return rows.filter(lead__in=Lead.objects.visible_to(user).values("pk"))
