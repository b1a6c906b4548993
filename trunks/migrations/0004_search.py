"""What staff search for, by index: part of a name, a source address, a destination."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_suspension'),
        ('addresses', '0001_initial'),
        ('billing', '0002_append_only'),
        ('provisioning', '0004_operations_by_end'),
        ('trunks', '0003_list_order'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.AddIndex(
            model_name='hostclaim',
            index=models.Index(fields=['address'], name='claims_by_address'),
        ),
        migrations.AddIndex(
            model_name='trunk',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('name'), 'gin_trgm_ops'), name='trunks_by_part_of_name'),
        ),
        migrations.AddIndex(
            model_name='trunkrevision',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('destinations', 'jsonb_path_ops'), name='revisions_by_destination'),
        ),
    ]
