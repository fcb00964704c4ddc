"""Kinds and states of reports."""

from django.db.models import TextChoices


class ReportKind(TextChoices):
    """Reports that can be computed and stored."""

    CONVERSION = "conversion", "Conversion"
    SLA = "sla", "SLA"


class RunState(TextChoices):
    """Life of a run."""

    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Being computed"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
