"""Calls of Genesys are known by the name that they ask for, no longer by the identifier of calls to Genesys, which is one
of its kind in its region.
"""

from django.db import migrations, models


def know_them_by_name(apps, schema_editor):
    """Where two trunks have one name the oldest keeps it: whose calls they are nobody could say."""
    trunks = apps.get_model("trunks", "Trunk").objects.filter(provider="GENESYS_CLOUD")
    seen = set()
    for trunk in trunks.exclude(call_key=None).order_by("created_at", "pk"):
        key = trunk.provider_facts["outbound_fqdn"]
        trunk.call_key = None if (trunk.data_centre_id, key) in seen else key
        seen.add((trunk.data_centre_id, key))
        trunk.exclusive_key = "GENESYS_CLOUD/{region}/{inbound_identifier}".format(**trunk.provider_facts)
        trunk.save(update_fields=["call_key", "exclusive_key"])


class Migration(migrations.Migration):
    dependencies = [("trunks", "0009_release_what_failed")]

    operations = [
        migrations.AlterField(
            model_name="trunk",
            name="call_key",
            field=models.CharField(blank=True, max_length=255, null=True),
        ),
        migrations.RunPython(know_them_by_name, migrations.RunPython.noop),
    ]
