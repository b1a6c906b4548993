"""The ledger is append-only: the database refuses to change or delete a row."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION billing_ledgerentry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON billing_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION billing_ledgerentry_append_only();
"""
BACKWARD = "DROP TRIGGER append_only ON billing_ledgerentry; DROP FUNCTION billing_ledgerentry_append_only();"


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
