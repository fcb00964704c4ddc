"""Tables of the reports, and the draft rows of their policy."""

from reporting.models.drafts import KpiDefinition, ReportingSettings
from reporting.models.runs import ReportRun

__all__ = ["KpiDefinition", "ReportRun", "ReportingSettings"]
