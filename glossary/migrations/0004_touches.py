"""Which stages each version changed; filled for versions that were published before the table was there."""

import json

import django.db.models.deletion
from django.db import migrations, models


def fill(apps, schema_editor):
    """Definitions only: what a definition uses is noted by record_all_touches()."""
    versions = apps.get_model("glossary", "PolicyVersion").objects.using(schema_editor.connection.alias)
    touches = apps.get_model("glossary", "VersionTouch").objects.using(schema_editor.connection.alias)
    was = {}
    for version in versions.filter(workstream="glossary").order_by("number").iterator(chunk_size=20):
        now = {stage["key"]: stage for stage in json.loads(version.content)["stages"]}
        changed = sorted(key for key in was.keys() | now.keys() if was.get(key) != now.get(key))
        touches.bulk_create(
            [touches.model(version_id=version.pk, stage=key, is_direct=True) for key in changed], batch_size=500
        )
        was = now


class Migration(migrations.Migration):

    dependencies = [("glossary", "0003_drafts")]

    operations = [
        migrations.CreateModel(
            name="VersionTouch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.CharField(help_text="Key of the stage; it may be gone by now.", max_length=40)),
                (
                    "is_direct",
                    models.BooleanField(
                        help_text="The definition itself changed; otherwise a move, a field, a threshold or a grade it uses."
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="touches", to="glossary.policyversion"
                    ),
                ),
            ],
            options={
                "ordering": ["version", "stage"],
                "indexes": [models.Index(fields=["stage", "is_direct", "version"], name="version_touch_stage")],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "stage"), name="version_touch_once")
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
