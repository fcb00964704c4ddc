"""Tables of the reports, and the draft rows of their policy."""

from reporting.models.back_tests import BackTestLead
from reporting.models.drafts import KpiDefinition, ReportingSettings
from reporting.models.runs import ReportRun

__all__ = ["BackTestLead", "KpiDefinition", "ReportRun", "ReportingSettings"]
