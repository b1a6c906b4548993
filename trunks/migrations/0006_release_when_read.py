"""Trunks remember that they have claims to release; the owner of an address is found by the address first."""

import django.contrib.postgres.constraints
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trunks", "0005_live_until")]

    operations = [
        migrations.AddField(
            model_name="trunk",
            name="claims_to_release",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name="trunk",
            index=models.Index(
                condition=models.Q(("claims_to_release", True)),
                fields=["id"],
                name="trunks_with_claims_to_release",
            ),
        ),
        migrations.RemoveConstraint(model_name="hostclaim", name="one_owner_of_a_source_host"),
        migrations.AddConstraint(
            model_name="hostclaim",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("released_at", None)),
                expressions=[
                    (django.contrib.postgres.indexes.OpClass("address", "inet_ops"), "&&"),
                    (models.F("data_centre"), "="),
                ],
                name="one_owner_of_a_source_host",
            ),
        ),
    ]
