"""Draft rows of the charter: its settings, the RACI lines and the rhythm."""

from django.db import models

from glossary.choices import Workstream
from glossary.engine.charter import Every
from glossary.models.draft_base import DraftRow


class CharterSettings(DraftRow):
    """Validation, deadlines and the emergency path. One row per draft."""

    validate_role = models.CharField("role that validates", max_length=40)
    validate_workstreams = models.JSONField("workstreams to validate", default=list, blank=True)
    consult_days = models.PositiveSmallIntegerField("days to consult")
    expire_days = models.PositiveSmallIntegerField("days until a request expires")
    emergency_people = models.PositiveSmallIntegerField("people for an emergency")
    ratify_days = models.PositiveSmallIntegerField("days to ratify an emergency")

    class Meta(DraftRow.Meta):
        verbose_name = verbose_name_plural = "charter settings"

    def __str__(self) -> str:
        return "Validation, deadlines and emergency"


class RaciEntry(DraftRow):
    """Who proposes, approves, is asked and is told, for one workstream. Lists of role keys."""

    workstream = models.CharField(max_length=12, choices=Workstream.choices)
    responsible = models.JSONField(default=list)
    accountable = models.JSONField(default=list)
    consulted = models.JSONField(default=list, blank=True)
    informed = models.JSONField(default=list, blank=True)

    class Meta(DraftRow.Meta):
        verbose_name, verbose_name_plural = "RACI line", "RACI lines"

    def __str__(self) -> str:
        return str(self.get_workstream_display())


class RhythmBeat(DraftRow):
    """One recurring review."""

    every = models.CharField(max_length=8, choices=[(every.value, every.value) for every in Every])
    on = models.CharField(max_length=200)
    focus = models.TextField()
    produces = models.TextField(blank=True)
    owners = models.JSONField(default=list)

    class Meta(DraftRow.Meta):
        verbose_name, verbose_name_plural = "review of the rhythm", "reviews of the rhythm"

    def __str__(self) -> str:
        return f"every {self.every}, {self.on}"
