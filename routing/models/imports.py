"""Imports: a file's batch, named mappings, and the rows that could not be taken."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from routing.choices import ImportState, QuarantineState


class ImportMapping(models.Model):
    """A named mapping from a file's headings to the data contract.

    `spec` is a `routing.engine.mapping.MappingSpec` as JSON.
    """

    name = models.SlugField(max_length=60, unique=True)
    spec = models.JSONField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = the system.",
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """One file on its way in. Rows read = created + updated + unchanged + quarantined."""

    file = models.FileField(upload_to="imports/", blank=True)
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64, help_text="SHA-256 of the bytes.")
    mapping_name = models.CharField(max_length=60, blank=True)
    mapping = models.JSONField(default=dict, help_text="The mapping as it was used, frozen.")
    dialect = models.JSONField(default=dict, help_text="Encoding, delimiter, sheet: detected or stated.")
    dry_run = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=ImportState.choices, default=ImportState.UPLOADED)
    rows_total = models.PositiveIntegerField(null=True, blank=True, help_text="Empty = not counted yet.")
    rows_read = models.PositiveIntegerField(default=0)
    rows_created = models.PositiveIntegerField(default=0)
    rows_updated = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_quarantined = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    findings = models.JSONField(
        default=list,
        blank=True,
        help_text="Dry run: the first rows that would be set aside, with their errors.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = the terminal.",
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True, help_text="Empty = not started.")
    finished_at = models.DateTimeField(null=True, blank=True, help_text="Empty = not finished.")
    leased_until = models.DateTimeField(null=True, blank=True, help_text="Empty = no worker holds it.")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            # Nothing is dropped: every row read is accounted for.
            models.CheckConstraint(
                condition=Q(
                    rows_read=F("rows_created")
                    + F("rows_updated")
                    + F("rows_unchanged")
                    + F("rows_quarantined")
                ),
                name="import_rows_add_up",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"


class QuarantinedRow(models.Model):
    """A row that was refused, as it came, with the reason per field."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="quarantine")
    row_number = models.PositiveIntegerField(help_text="Line of data in the file, the first is 1.")
    row_digest = models.CharField(max_length=64, help_text="SHA-256 of the row: the same row is kept once.")
    raw = models.JSONField(help_text="Heading → text as it came.")
    errors = models.JSONField(help_text="List of {field, heading, value, message}.")
    state = models.CharField(max_length=10, choices=QuarantineState.choices, default=QuarantineState.OPEN)
    corrected = models.JSONField(default=dict, blank=True, help_text="Heading → text as corrected.")
    resolved_at = models.DateTimeField(null=True, blank=True, help_text="Empty = open.")
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["batch", "row_number"]
        constraints = [
            models.UniqueConstraint(
                fields=["row_digest"], condition=Q(state="open"), name="quarantined_row_open_once"
            ),
        ]
        indexes = [models.Index(fields=["row_digest"], name="quarantined_row_digest")]

    def __str__(self) -> str:
        return f"row {self.row_number} of {self.batch_id}"
