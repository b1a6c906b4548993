"""Whatever is broken behind it, Pay now answers at once and the order stands."""

import time

import pytest

from provisioning.enums import Status
from tests.provisioning.scene import newest, wait_until, wait_until_quiet
from tests.trunks.conftest import answers, chicago
from tests.trunks.test_wizard import fill, fingerprint, pay_url
from tests.world import assert_world_consistent
from trunks.models import Trunk

__all__ = ["answers", "chicago"]
pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
TROUBLES = {
    "Valkey is dead": lambda broker, nodes: broker.stop(),
    "Valkey is frozen": lambda broker, nodes: broker.freeze(),
    "no worker runs": lambda broker, nodes: None,
    "both nodes hang": lambda broker, nodes: [node.fault(hang=True) for node in nodes.all],
}


@pytest.fixture
def payable(alice, answers):
    """Somebody on the review page: the browser, the draft, the offer she sees."""
    draft = fill(alice, answers)
    return alice, draft, fingerprint(alice, draft)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_pay_now_answers_in_time(payable, broker, nodes, sweeping, trouble):
    alice, draft, offer = payable
    TROUBLES[trouble](broker, nodes)

    began = time.monotonic()
    response = alice.post(pay_url(draft), {"seen": offer})
    took = time.monotonic() - began

    assert response.status_code == 303
    assert took < 2
    trunk = Trunk.objects.get()
    assert newest(trunk).is_pending
    for node in nodes.all:
        node.heal()
    sweeping()
    wait_until(lambda: newest(trunk).status == Status.SUCCESS)
    wait_until_quiet()
    assert_world_consistent(orders=[trunk.pk])
