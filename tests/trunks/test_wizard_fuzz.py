"""Whatever is typed anywhere is answered with words, never with an error of ours."""

from __future__ import annotations

from collections import Counter

from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings, strategies
from hypothesis.extra.django import TestCase

from tests.factories import make_account, make_address, make_member, open_data_centre
from tests.trunks.conftest import complete_answers
from tests.trunks.test_wizard import STEPS, fill, url
from trunks.models import TrunkDraft

TEXT = strategies.text(strategies.characters(codec="utf-8"), max_size=200)
LIKE_AN_ADDRESS = strategies.text("0123456789.:/[]abcdefx -%", max_size=40)
TYPED = strategies.lists(TEXT | LIKE_AN_ADDRESS, max_size=5)
FIELDS = [
    *("provider", "plan", "channels", "name", "in_the_us", "data_centre", "service_address", "codecs", "dtmf", "fax"),
    *(
        "number_format",
        "international",
        "options",
        "sources",
        "destinations",
        "destinations_port",
        "strategy",
        "action",
    ),
]
ANSWERED = {200, 302, 422}


class AnythingAtAll(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.account = make_account("Alice")
        cls.member = make_member(cls.account)
        cls.answers = complete_answers(open_data_centre("NEW_YORK"), make_address(cls.account))

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategies.sampled_from(STEPS), strategies.sampled_from(FIELDS), TYPED)
    def test_no_text_breaks_a_page(self, step, field, typed):
        client = Client()
        client.force_login(self.member, backend="django.contrib.auth.backends.ModelBackend")
        draft = fill(client, self.answers)

        posted = client.post(url(draft, step), self.answers[step] | {field: typed})
        shown = client.get(url(draft, step))
        asked = client.get(url(draft, "plan"), {field: typed}, headers={"HX-Request": "true"})
        review = client.get(reverse("trunks:review", args=[draft.pk]))

        statuses = Counter(response.status_code for response in (posted, shown, asked, review))
        assert set(statuses) <= ANSWERED, statuses
        TrunkDraft.objects.all().delete()
