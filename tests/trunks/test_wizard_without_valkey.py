"""Pay now while Valkey is dead or frozen: the order stands, and the page does not make the buyer wait."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from provisioning.operations import latest_operation
from tests.factories import make_account, make_address, make_member, open_data_centre
from tests.provisioning.processes import broker, broker_process
from tests.trunks.conftest import complete_answers
from tests.trunks.test_wizard import fill, fingerprint, pay_url
from trunks.models import Trunk
from trunks.models.trunk import SUBJECT

__all__ = ["broker", "broker_process"]
pytestmark = pytest.mark.django_db(transaction=True)
LONGEST_SECONDS = 2.0


@pytest.mark.parametrize("trouble", ["stop", "freeze"])
def test_pay_now_answers_in_time_without_valkey(broker, settings, trouble):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": broker.url}}
    account = make_account("Alice")
    client = Client()
    client.force_login(make_member(account), backend="django.contrib.auth.backends.ModelBackend")
    draft = fill(client, complete_answers(open_data_centre("NEW_YORK"), make_address(account)))
    offer = fingerprint(client, draft)
    getattr(broker, trouble)()

    began = time.monotonic()
    response = client.post(pay_url(draft), {"seen": offer})
    took = time.monotonic() - began

    assert response.status_code == 303
    assert took < LONGEST_SECONDS
    assert latest_operation(SUBJECT, str(Trunk.objects.get().pk)).is_pending
