"""VersionTouch: which stages a version changed. Derived from the sealed versions and rebuildable from them."""

from django.db import models


class VersionTouch(models.Model):
    """A version changed the definition of a stage, or something that the definition uses.

    It lets the change log and the glossary answer "which versions changed this stage" without reading every
    version. It is an index, no record: what a version says stands in its sealed content.
    """

    version = models.ForeignKey("glossary.PolicyVersion", on_delete=models.PROTECT, related_name="touches")
    stage = models.CharField(max_length=40, help_text="Key of the stage; it may be gone by now.")
    is_direct = models.BooleanField(
        help_text="The definition itself changed; otherwise a move, a field, a threshold or a grade it uses."
    )

    class Meta:
        ordering = ["version", "stage"]
        constraints = [models.UniqueConstraint(fields=["version", "stage"], name="version_touch_once")]
        indexes = [models.Index(fields=["stage", "is_direct", "version"], name="version_touch_stage")]

    def __str__(self) -> str:
        return f"{self.version}: {self.stage}"
