"""What monitors ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from provisioning.models import Operation
from tests.factories import make_account, make_specification, open_data_centre, order_trunk

READY = reverse("portal:readyz")


@pytest.fixture
def operation(db):
    trunk = order_trunk(make_account(), make_specification(open_data_centre()))
    return Operation.objects.filter(subject_id=str(trunk.pk))


def test_a_fresh_order_is_no_alarm(client, operation):
    assert client.get(READY).status_code == 200


def test_an_order_that_nobody_works_on_is_an_alarm(client, operation):
    operation.update(next_attempt_at=Now() - timedelta(minutes=3))

    answer = client.get(READY)

    assert answer.status_code == 503
    assert answer.json()["longest_wait_s"] > 170


def test_alive_needs_no_database(client):
    assert client.get(reverse("portal:healthz")).status_code == 200
