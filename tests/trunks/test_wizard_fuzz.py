"""Whatever is typed anywhere is answered with words, never with an error of ours."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings, strategies
from hypothesis.extra.django import TestCase

from tests.factories import make_account, make_address, make_member, open_data_centre
from tests.trunks.conftest import complete_answers
from tests.trunks.test_wizard import STEPS, url
from trunks.models import TrunkDraft

TEXT = strategies.text(strategies.characters(codec="utf-8"), max_size=200)
LIKE_AN_ADDRESS = strategies.text("0123456789.:/[]abcdefx -%", max_size=40)
TYPED = strategies.lists(TEXT | LIKE_AN_ADDRESS, max_size=5)
FIELDS = [
    *("provider", "kind", "plan", "channels", "name", "in_the_us", "data_centre", "service_address", "tls"),
    *("codecs", "dtmf", "fax", "number_format", "privacy", "international", "options", "challenge_invites"),
    *("account_sid", "sip_domain", "region", "inbound_identifier", "outbound_fqdn"),
    *("sources", "destinations", "destinations_port", "strategy", "action"),
]
KINDS = [
    {"provider": "DIRECT", "kind": "STATIC"},
    {"provider": "DIRECT", "kind": "REGISTERED"},
    {"provider": "FRESHWORKS"},
    {"provider": "GENESYS_CLOUD"},
]
FACTS = {"account_sid": "AC" + "7" * 32, "sip_domain": "alice.sip.twilio.com", "region": "NA_US_EAST_1"}
ANSWERED = {200, 302, 422}


class AnythingAtAll(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.account = make_account("Alice")
        cls.member = make_member(cls.account)
        cls.answers = complete_answers(open_data_centre("NEW_YORK"), make_address(cls.account))
        cls.answers["settings"] |= FACTS

    def draft(self, kind):
        """Complete, as far as it goes."""
        answers = self.answers | {"provider": kind}
        raw = {
            step: {name: value if isinstance(value, list) else [value] for name, value in given.items()}
            for step, given in answers.items()
        }
        return TrunkDraft.objects.create(account=self.account, created_by=self.member, answers=raw), answers

    @pytest.mark.timeout(300)
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategies.sampled_from(KINDS), strategies.sampled_from(STEPS), strategies.sampled_from(FIELDS), TYPED)
    def test_no_text_breaks_a_page(self, kind, step, field, typed):
        client = Client()
        client.force_login(self.member, backend="django.contrib.auth.backends.ModelBackend")
        draft, answers = self.draft(kind)
        step = step if step != "ips" or "STATIC" in kind.values() else "settings"

        posted = client.post(url(draft, step), answers[step] | {field: typed})
        shown = client.get(url(draft, step))
        asked = client.get(url(draft, "plan"), {field: typed}, headers={"HX-Request": "true"})
        review = client.get(reverse("trunks:review", args=[draft.pk]))

        statuses = Counter(response.status_code for response in (posted, shown, asked, review))
        assert set(statuses) <= ANSWERED, statuses
        TrunkDraft.objects.all().delete()
