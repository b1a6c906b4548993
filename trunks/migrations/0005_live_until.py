"""Passwords that a reset left valid for a while remember until when the nodes were read back to accept them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trunks", "0004_search")]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="live_until",
            field=models.DateTimeField(null=True),
        ),
    ]
