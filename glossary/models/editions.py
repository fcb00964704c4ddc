"""Edition: the six versions in force together from a moment on. The one stamp of every log row."""

from django.db import models

from glossary.models.append_only import AppendOnlyQuerySet


class Edition(models.Model):
    """Which version of each workstream is in force from `in_force_from` until the next edition begins.

    `versions` maps the workstream key to the version number. Sealed and chained like the versions, so that
    pointing the organisation at an old or forged version is noticed.
    """

    number = models.PositiveIntegerField(unique=True)
    in_force_from = models.DateTimeField(db_index=True)
    versions = models.JSONField(help_text="Workstream key → version number.")
    previous_seal = models.CharField(max_length=64, blank=True, unique=True, help_text="Empty = the first.")
    seal = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"edition {self.number}"
