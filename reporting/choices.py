"""Kinds and states of reports, and how a back-test moves a lead."""

from django.db.models import TextChoices


class ReportKind(TextChoices):
    """Reports that can be computed and stored."""

    CONVERSION = "conversion", "Conversion"
    SLA = "sla", "SLA"
    WHAT_IF = "what_if", "What if"
    WIN_LOSS = "win_loss", "Won and lost"


class RunState(TextChoices):
    """Life of a run."""

    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Being computed"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class Moved(TextChoices):
    """How a proposed definition moves a lead in a back-test."""

    GAINED = "gained", "Gained"
    LOST = "lost", "Lost"
