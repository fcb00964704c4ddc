"""PolicyVersion: one sealed document of one workstream."""

from django.conf import settings
from django.db import models

from glossary.choices import Workstream
from glossary.models.append_only import AppendOnlyQuerySet


class PolicyVersion(models.Model):
    """A frozen policy document: canonical JSON, its digest, the seal of the version before, and a signature.

    Written by `services.publish` only and never changed. `seal` covers every column that says what the
    version is and who put it in force; `signature` is the HMAC of the seal.
    """

    workstream = models.CharField(max_length=12, choices=Workstream.choices)
    number = models.PositiveIntegerField()
    content = models.TextField(help_text="Canonical JSON of the document.")
    content_digest = models.CharField(max_length=64, help_text="SHA-256 of the content, hex.")
    title = models.CharField(max_length=200)
    why = models.TextField()
    in_force_from = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = the system, or an account that is gone; see published_by_name.",
    )
    published_by_name = models.CharField(max_length=200, help_text="The name as it was, frozen.")
    warrant = models.JSONField(help_text="What allowed it: the founding act, or the approved change request.")
    previous_seal = models.CharField(max_length=64, blank=True, help_text="Empty = the first of its line.")
    seal = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["workstream", "number"]
        constraints = [
            models.UniqueConstraint(fields=["workstream", "number"], name="policy_version_number_once"),
            # Two versions built on the same predecessor would be a fork of the line.
            models.UniqueConstraint(fields=["workstream", "previous_seal"], name="policy_version_no_fork"),
        ]

    def __str__(self) -> str:
        return f"{self.workstream} v{self.number}"
