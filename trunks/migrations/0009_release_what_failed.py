"""Trunks that failed or were deleted before claims waited for their nodes: the sweep looks at what they still claim."""

from django.db import migrations
from django.db.models import Exists, OuterRef, Q


def look_at_what_is_over(apps, schema_editor):
    claims = apps.get_model("trunks", "HostClaim").objects.filter(trunk=OuterRef("pk"), released_at=None)
    over = apps.get_model("trunks", "Trunk").objects.filter(withdrawn_at__isnull=False)
    claiming = Q(Exists(claims)) | Q(call_key__isnull=False) | Q(exclusive_key__isnull=False)
    over.filter(claiming).update(claims_to_release=True)


class Migration(migrations.Migration):
    dependencies = [("trunks", "0008_released")]

    operations = [migrations.RunPython(look_at_what_is_over, migrations.RunPython.noop)]
