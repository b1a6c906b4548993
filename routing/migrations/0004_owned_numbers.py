"""Owned numbers are on their nodes also when they lead nowhere: the sweep is told to bring those that were left out."""

from itertools import islice

import phonenumbers
from django.db import migrations

BATCH = 1000
# No document has this hash: the sweep finds that something else is wanted by now, and asks for that.
OUTDATED = "0" * 64


def batches(rows):
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def begin_at_one(apps, schema_editor):
    """A generation that was never published: what comes next must be newer than the node's first."""
    apps.get_model("routing", "Number").objects.filter(generation=0).update(generation=1)


def owe_owned_numbers(apps, schema_editor):
    """What a node was never asked for, or asked to forget, is asked for by the next sweep: it compiles anew."""
    numbers = apps.get_model("routing", "Number").objects.exclude(account=None)
    states = apps.get_model("provisioning", "NodeState").objects
    nodes = dict[str, list[int]]()
    for pk, data_centre in apps.get_model("provisioning", "SbcNode").objects.values_list("pk", "data_centre"):
        nodes.setdefault(data_centre, []).append(pk)
    for batch in batches(numbers.values_list("pk", "data_centre", "generation").iterator(BATCH)):
        known = states.filter(subject_kind="number", subject_id__in=[pk for pk, _place, _generation in batch])
        known.filter(wanted_hash="").update(wanted_hash=OUTDATED, verified=False)
        there = set(known.values_list("subject_id", "node"))
        states.bulk_create(
            states.model(
                node_id=node,
                subject_kind="number",
                subject_id=pk,
                wanted_generation=generation,
                wanted_epoch=1,
                wanted_hash=OUTDATED,
            )
            for pk, place, generation in batch
            for node in nodes.get(place, ())
            if (pk, node) not in there
        )


def name_countries(apps, schema_editor):
    numbers = apps.get_model("routing", "Number").objects
    for batch in batches(numbers.filter(country="").iterator(BATCH)):
        for number in batch:
            number.country = country_of(number.e164)
        numbers.bulk_update(batch, ["country"])


def country_of(e164):
    """ISO 3166-1 alpha-2; empty for a number of no country, or of no plan."""
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return ""
    return region if region and len(region) == 2 and region.isalpha() else ""


class Migration(migrations.Migration):
    dependencies = [("routing", "0003_number_orders")]

    operations = [
        migrations.RunPython(begin_at_one, migrations.RunPython.noop),
        migrations.RunPython(owe_owned_numbers, migrations.RunPython.noop),
        migrations.RunPython(name_countries, migrations.RunPython.noop),
    ]
