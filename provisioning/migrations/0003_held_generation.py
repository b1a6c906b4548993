"""What a node may hold, and data centres that do not wait for their backup."""

from django.db import migrations, models
from django.db.models import F


def believe_everything_was_sent(apps, schema_editor):
    """Nobody noted it before."""
    apps.get_model("provisioning", "NodeState").objects.update(held_generation=F("wanted_generation"))


class Migration(migrations.Migration):
    dependencies = [("provisioning", "0002_facts")]

    operations = [
        migrations.AddField(
            model_name="datacentre",
            name="may_owe_backup",
            field=models.BooleanField(
                default=False,
                help_text="A change is done when the primary node has it; a backup node that does not answer gets it later",
                verbose_name="may owe the backup",
            ),
        ),
        migrations.AddField(
            model_name="nodestate",
            name="held_generation",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(believe_everything_was_sent, migrations.RunPython.noop),
    ]
