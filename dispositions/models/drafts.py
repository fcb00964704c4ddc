"""Draft rows of the disposition reasons."""

from django.db import models

from dispositions.engine.document import Do, Outcome
from glossary.models.draft_base import DraftRow, words_of


class ReasonCode(DraftRow):
    """One reason code: what becomes of the lead, what it asks for, and what happens next."""

    key = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    outcome = models.CharField(max_length=12, choices=[(item.value, item.value) for item in Outcome])
    stages = models.JSONField(default=list, help_text="Where it may be used.")
    requires = models.JSONField("asks for", default=list, blank=True)
    action_do = models.CharField(
        "next action", max_length=8, choices=[(item.value, words_of(item.value)) for item in Do]
    )
    action_track = models.CharField("nurture track", max_length=40, blank=True)
    action_after_days = models.PositiveSmallIntegerField("after (days)", null=True, blank=True)
    action_queue = models.CharField("queue", max_length=40, blank=True)
    help = models.TextField(blank=True)

    class Meta(DraftRow.Meta):
        pass

    def __str__(self) -> str:
        return self.label
