"""The list's other orders by an index: by name, by data centre, by the newest change."""

from django.db import migrations, models
from django.db.models.functions import Cast, Coalesce, Now


def fill(apps, schema_editor):
    """From the newest operation."""
    Trunk, Operation = apps.get_model("trunks", "Trunk"), apps.get_model("provisioning", "Operation")
    own = Cast(models.OuterRef("pk"), models.CharField())
    newest = Operation.objects.filter(subject_kind="trunk", subject_id=own).order_by("-requested_at")
    asked_at = models.Subquery(newest.values("requested_at")[:1])
    Trunk.objects.update(changed_at=Coalesce(asked_at, models.F("created_at")))


class Migration(migrations.Migration):
    dependencies = [
        ("provisioning", "0001_initial"),
        ("trunks", "0006_release_when_read"),
    ]

    operations = [
        migrations.AddField(
            model_name="trunk",
            name="changed_at",
            field=models.DateTimeField(db_default=Now(), editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="trunk",
            index=models.Index(
                condition=models.Q(("gone_at", None)), fields=["account", "name", "id"], name="trunks_by_name"
            ),
        ),
        migrations.AddIndex(
            model_name="trunk",
            index=models.Index(
                condition=models.Q(("gone_at", None)),
                fields=["account", "data_centre", "name", "id"],
                name="trunks_by_place",
            ),
        ),
        migrations.AddIndex(
            model_name="trunk",
            index=models.Index(
                condition=models.Q(("gone_at", None)), fields=["account", "changed_at", "id"], name="trunks_by_change"
            ),
        ),
    ]
