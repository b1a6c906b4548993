"""Suspended accounts, and the rights of staff that go with accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_invitations'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='account',
            options={'ordering': ['name'], 'permissions': [('suspend_account', 'Can suspend and release accounts'), ('act_for_account', 'Can look at the portal as a customer does')]},
        ),
        migrations.AddField(
            model_name='account',
            name='suspended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='account',
            name='suspension',
            field=models.CharField(blank=True, choices=[('PAYMENT', 'a payment is missing'), ('FRAUD', 'unusual calls were seen'), ('RULES', 'the terms of use were not kept'), ('OTHER', 'see the note')], help_text='Why we suspended it', max_length=16),
        ),
        migrations.AddField(
            model_name='account',
            name='suspension_note',
            field=models.CharField(blank=True, help_text='The customer reads it', max_length=200),
        ),
    ]
