"""BackTestLead: a lead that a back-test found on one side only, and what became of it."""

from django.db import models

from glossary.models import BackTest
from reporting.choices import Moved
from routing.models import Lead


class BackTestLead(models.Model):
    """A lead that the proposed definition would have gained or lost. Written with the result, never changed."""

    # Both indexes below begin with it.
    back_test = models.ForeignKey(BackTest, on_delete=models.CASCADE, related_name="leads", db_index=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=40, help_text="Key of the stage that it is about.")
    kind = models.CharField(max_length=6, choices=Moved.choices)
    opened_at = models.DateTimeField(
        help_text="When the definition that opens the stage would have opened it."
    )
    outcome = models.CharField(
        max_length=40, blank=True, help_text="The furthest stage beyond it by the log. Empty = none."
    )

    class Meta:
        ordering = ["-opened_at", "-lead"]
        constraints = [
            models.UniqueConstraint(fields=["back_test", "stage", "lead"], name="back_test_lead_once"),
        ]
        indexes = [
            models.Index(fields=["back_test", "stage", "kind", "-opened_at"], name="back_test_lead_list"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.kind} for {self.stage}"
