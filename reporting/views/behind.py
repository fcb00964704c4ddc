"""What drill-down pages share: which number was opened, and how much of it the reader may see."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from people.choices import SEES_ALL_LEADS
from people.models import User
from reporting.choices import RunState
from reporting.models import ReportRun


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of a stored report: its row (None = the total), its label, its cell, and the number itself."""

    row: str | None
    label: str
    cell: str
    number: int


def counted_in(run: ReportRun, query: Mapping[str, str], cells: Collection[str]) -> Counted:
    """The number that `query` opens by `row` and `cell`; a run, row or cell that isn't there is a 404."""
    cell, key = query.get("cell", ""), query.get("row")
    if run.state != RunState.DONE or run.result is None or cell not in cells:
        raise Http404
    rows = [run.result["total"]] if key is None else run.result["rows"]
    row = next((row for row in rows if key is None or row["key"] == key), None)
    if row is None:
        raise Http404
    return Counted(key, row["label"], cell, row[cell])


def heading(counted: Counted, visible: int, user: User) -> dict[str, Any]:
    """What is said above the list: how many there are, how many of them the reader sees, and why not all."""
    sees_all = user.is_superuser or user.has_role(*SEES_ALL_LEADS)
    return {
        "counted": counted,
        "visible": visible,
        "hidden": counted.number != visible and not sees_all,
        "changed": counted.number != visible and sees_all,
    }


def finished(run: ReportRun) -> dict[str, Any]:
    """A run as the pages show it: its answer, that it waits, or why it failed."""
    return {
        "run": run if run.state == RunState.DONE else None,
        "waiting": run if run.state in {RunState.QUEUED, RunState.RUNNING} else None,
        "failed": run if run.state == RunState.FAILED else None,
    }
