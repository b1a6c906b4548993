"""A session that ends in the middle costs nobody an answer; an emptied Valkey ends no session."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.trunks.conftest import answers, chicago, new_york
from tests.trunks.test_wizard import fill, review_url, url

__all__ = ["answers", "chicago", "new_york"]
pytestmark = [pytest.mark.faults, pytest.mark.django_db]
HTMX = {"HX-Request": "true"}


def sign_in_again(client: Client, page: str) -> str:
    """Where the sign-in page leads that `page` leads to."""
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    client.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    return answer["Location"].partition("?next=")[2]


@pytest.mark.parametrize("step", ["plan", "settings", "ips"])
def test_f54_a_session_that_ends_in_the_wizard_leads_back_to_the_same_step_and_answers(alice, answers, step):
    draft = fill(alice, answers)
    before = alice.get(url(draft, step)).content.decode()
    Session.objects.all().delete()

    assert sign_in_again(alice, url(draft, step)) == url(draft, step)

    assert fields_of(alice.get(url(draft, step)).content.decode()) == fields_of(before)
    assert alice.get(review_url(draft)).status_code == 200


def fields_of(page: str) -> list[str]:
    return [line.strip() for line in page.splitlines() if "value=" in line and "csrf" not in line]


def test_f54_an_answer_sent_after_the_session_ended_does_not_change_the_draft(alice, answers):
    draft = fill(alice, answers)
    before = dict(draft.answers)
    Session.objects.all().delete()

    answer = alice.post(url(draft, "plan"), {"plan": "METERED", "channels": "77"})

    draft.refresh_from_db()
    assert answer["Location"].startswith(reverse("account_login"))
    assert draft.answers == before


def test_f54_polling_with_a_dead_session_loads_the_sign_in_page_whole(alice, answers):
    page = reverse("trunks:list")
    Session.objects.all().delete()

    answer = alice.get(page, headers={**HTMX, "HX-Current-URL": f"http://testserver{page}?q=a"})

    assert answer.status_code == 204
    assert answer["HX-Redirect"] == f"{reverse('account_login')}?next={page}%3Fq%3Da"


def test_f9_an_emptied_valkey_signs_nobody_out(alice):
    assert alice.get(reverse("trunks:list")).status_code == 200

    cache.clear()

    assert alice.get(reverse("trunks:list")).status_code == 200
