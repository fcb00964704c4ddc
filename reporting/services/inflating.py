"""MQL inflation: counted with the MQL → SQL report by month, and told to RevOps once per month compared."""

from datetime import datetime

from glossary.queries.editions import edition_at
from notifications.services.outbox import notify_roles
from notifications.types import Message
from people.choices import Role
from reporting.engine.conversion_result import Json
from reporting.engine.document import ReportingDocument
from reporting.engine.funnel import ConversionResult
from reporting.engine.inflation_months import (
    asks_for_inflation,
    inflation_json,
    mature_pair,
    month_bounds,
)
from reporting.models import ReportRun
from reporting.queries.inflation import evidence_of
from reporting.queries.lead_values import AsOf
from reporting.queries.runs import kpi_question

KIND = "mql_inflation"
TOLD = (Role.REVOPS, Role.REVOPS_LEAD)


def compare_months(counted: ConversionResult, as_of: AsOf) -> Json | None:
    """The comparison of the two latest mature months; None for a report that does not show inflation."""
    rule = counted.rule
    pair = mature_pair(rule) if asks_for_inflation(rule) else None
    if pair is None:
        return None
    evidence = [evidence_of(*month_bounds(month, rule), as_of) for month in (pair.earlier, pair.later)]
    return inflation_json(pair, counted.rows, rule, evidence)


def tell_inflation(run: ReportRun, result: Json, *, now: datetime) -> bool:
    """Tell RevOps when the report behind a KPI shows inflation; whether it was told.

    Once per month compared: later runs find the same key. Other questions tell nobody, however they come out:
    with another window or fewer leads anybody could raise the alarm, and use up the one of that month.
    """
    found = result.get("inflation")
    if not isinstance(found, dict) or not found["flagged"] or not _is_behind_a_kpi(run, now):
        return False
    earlier, later = found["rows"]
    lines = [
        found["words"],
        f"Definitions: {found['definitions']}.",
        *(
            f"{row['label']}: just above the bar {row['just_above_percent']} %, by the score alone "
            f"{row['score_only_percent']} % of {row['judged']:,} judged."
            for row in (earlier, later)
        ),
    ]
    message = Message(
        kind=KIND,
        subject=f"MQL inflation in {later['label']}: {found['volume_percent']} % MQLs, fewer became SQL",
        dedupe_key=f"{KIND}:{later['key']}",
        body="\n".join(lines),
        # Not the run: runs of the system are dropped after a month.
        url="/reports/#inflation",
    )
    notify_roles(TOLD, message, now=now)
    return True


def _is_behind_a_kpi(run: ReportRun, now: datetime) -> bool:
    kpis = edition_at(now).document(ReportingDocument).kpis
    return run.parameters_digest in {kpi_question(kpi).digest() for kpi in kpis}
