"""Whatever is typed on the edit page is answered with words, never with an error of ours, and saves nothing unseen."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings, strategies
from hypothesis.extra.django import TestCase

from tests.factories import (
    freshworks,
    make_account,
    make_member,
    make_specification,
    open_data_centre,
    order_trunk,
    registered,
)
from tests.trunks.states import settle
from tests.trunks.test_wizard_fuzz import TYPED
from trunks.forms.editing import as_posted
from trunks.specification import TrunkSettings

FIELDS = [
    *("name", "channels", "codecs", "dtmf", "fax", "number_format", "privacy", "strategy", "price"),
    *("international", "options", "challenge_invites", "sources", "destinations", "destinations_port"),
    *("revision", "action", "account_sid"),
]
ANSWERED = {200, 303, 409, 422}


class AnythingAtAll(TestCase):
    @classmethod
    def setUpTestData(cls):
        account, place = make_account("Alice"), open_data_centre("NEW_YORK")
        cls.member = make_member(account)
        cls.trunks = [
            settle(order_trunk(account, specification(place)))
            for specification in (make_specification, registered, freshworks)
        ]

    @pytest.mark.timeout(300)
    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        strategies.sampled_from([0, 1, 2]),
        strategies.sampled_from(FIELDS),
        TYPED,
        strategies.sampled_from(["", "save"]),
    )
    def test_no_text_breaks_the_page(self, at, field, typed, action):
        client, trunk = Client(), self.trunks[at]
        client.force_login(self.member, backend="django.contrib.auth.backends.ModelBackend")
        posted = dict(as_posted(TrunkSettings.of(trunk.wanted)).lists())

        answer = client.post(
            reverse("trunks:edit", args=[trunk.pk]), {**posted, "revision": "1", "action": action, field: typed}
        )
        checked = client.get(reverse("trunks:edit_check", args=[trunk.pk]), {**posted, "revision": "1", field: typed})
        begun = client.get(reverse("trunks:edit", args=[trunk.pk]), {"from": typed})

        assert answer.status_code in ANSWERED
        assert checked.status_code in ANSWERED
        assert begun.status_code == 200
