"""Tables of the reports."""

from reporting.models.runs import ReportRun

__all__ = ["ReportRun"]
