"""The list's order by an index: name and action beside the trunk, its urgency computed from them."""

import django.contrib.postgres.constraints
from django.db import migrations, models
from django.db.models.functions import Cast


def fill(apps, schema_editor):
    """From what they repeat: the wanted revision and the newest operation."""
    Trunk, Revision = apps.get_model("trunks", "Trunk"), apps.get_model("trunks", "TrunkRevision")
    Operation = apps.get_model("provisioning", "Operation")
    wanted = Revision.objects.filter(pk=models.OuterRef("wanted")).order_by()
    own = Cast(models.OuterRef("pk"), models.CharField())
    newest = Operation.objects.filter(subject_kind="trunk", subject_id=own).order_by("-requested_at")
    Trunk.objects.update(
        name=models.Subquery(wanted.values("name")), action=models.Subquery(newest.values("status")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [
        ("provisioning", "0001_initial"),
        ("trunks", "0002_every_kind"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="trunk", name="one_account_per_call_key"),
        migrations.AddConstraint(
            model_name="trunk",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("call_key__isnull", False)),
                expressions=[
                    (models.F("data_centre"), "="),
                    (models.F("provider"), "="),
                    (models.F("call_key"), "="),
                    (models.F("account"), "<>"),
                ],
                name="one_account_per_call_key",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="action",
            field=models.CharField(
                choices=[
                    ("PENDING", "Pending"),
                    ("SUCCESS", "Applied"),
                    ("RESET", "Not applied, restored"),
                    ("FAILED", "Failed"),
                ],
                default="PENDING",
                editable=False,
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="trunk", name="name", field=models.CharField(default="", max_length=128), preserve_default=False
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="trunk",
            name="urgency",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(action="PENDING", then=models.Value(3)),
                    models.When(
                        models.Q(("withdrawn_at__isnull", False), ("action", "FAILED"), _connector="OR"),
                        then=models.Value(0),
                    ),
                    models.When(admin_status="SYSTEM_DISABLED", then=models.Value(1)),
                    models.When(action="RESET", then=models.Value(2)),
                    models.When(admin_status="DISABLED", then=models.Value(4)),
                    default=models.Value(5),
                ),
                output_field=models.PositiveSmallIntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="trunk",
            index=models.Index(
                condition=models.Q(("gone_at", None)),
                fields=["account", "urgency", "name", "id"],
                name="trunks_by_urgency",
            ),
        ),
    ]
