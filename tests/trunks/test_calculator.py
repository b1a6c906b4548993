"""Beside the plan step: the channel calculator and the request to activate a plan. Both keep what was typed."""

import pytest
from django.urls import reverse

from billing.models import PlanActivation, PlanRequest
from tests.trunks.test_wizard import fill, text_of, url


@pytest.fixture
def draft(alice, answers):
    return fill(alice, answers, "provider")


def calculator_url(draft):
    return reverse("trunks:calculator", args=[draft.pk])


def work_out(client, draft, **changes):
    asked = {"calls": "60", "length": "3", "unit": "min", "blocked": "1"}
    return client.get(calculator_url(draft), asked | changes)


def test_the_button_keeps_what_was_typed_and_leads_to_the_calculator(alice, draft):
    typed = {"plan": "METERED", "channels": "lots", "action": "calculate"}

    response = alice.post(url(draft, "plan"), typed)

    assert response["Location"] == calculator_url(draft)
    draft.refresh_from_db()
    assert draft.answers["plan"]["plan"] == ["METERED"]


def test_calls_become_channels_with_what_that_means(alice, draft):
    page = text_of(work_out(alice, draft))

    assert "8 channels" in page
    assert "3 calls are up at a time" in page
    assert "0.81 % of the calls" in page
    assert "With one less it would be 2.19 %" in page


def test_the_result_fills_the_answer_and_leaves_the_plan_chosen(alice, draft):
    alice.post(url(draft, "plan"), {"plan": "METERED", "channels": "3", "action": "calculate"})
    use = text_of(work_out(alice, draft)).split('class="button primary" href="')[1].split('"')[0]

    page = text_of(alice.get(use))

    assert 'name="channels" value="8"' in page
    assert page.count("checked") == 1


def test_whoever_came_from_the_review_returns_there(alice, draft):
    response = alice.post(f"{url(draft, 'plan')}?from=review", {"plan": "METERED", "action": "calculate"})

    assert response["Location"] == f"{calculator_url(draft)}?from=review"
    assert "from=review" in text_of(work_out(alice, draft, **{"from": "review"})).split("Use 8")[0]


def test_htmx_gets_only_the_part(alice, draft):
    asked = {"calls": "60", "length": "180", "unit": "s", "blocked": "1"}

    response = alice.get(calculator_url(draft), asked, headers={"HX-Request": "true"})

    assert "<html" not in text_of(response)
    assert "8 channels" in text_of(response)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"calls": ""}, "Enter how many calls there are in your busiest hour"),
        ({"calls": "many"}, "as a whole number, like 60"),
        ({"calls": "0"}, "Enter at least 1 call"),
        ({"calls": "100001"}, "Enter at most 100,000 calls"),
        ({"length": "0"}, "between 1 second and 4 hours"),
        ({"length": "5", "unit": "h"}, "Select minutes or seconds"),
        ({"length": "NaN"}, "as a number, like 3"),
        ({"blocked": "0"}, "Enter at least 0.1 %"),
        ({"blocked": "11"}, "Enter at most 10 %"),
        ({"blocked": "1e400"}, "Enter at most 10 %"),
    ],
)
def test_a_wrong_answer_is_explained(alice, draft, changes, message):
    assert message in text_of(work_out(alice, draft, **changes))


@pytest.mark.parametrize("typed", ["0.1 %", "0.1%", " 0.1 ", "0.1\N{NO-BREAK SPACE}%"])
def test_a_percent_sign_and_spaces_are_taken(alice, draft, typed):
    assert "10 channels" in text_of(work_out(alice, draft, blocked=typed))


def test_the_page_begins_with_the_result_of_its_own_values(alice, draft):
    page = text_of(alice.get(calculator_url(draft)))

    assert "8 channels" in page
    assert "Error" not in page


def test_more_than_a_trunk_can_have_is_said(alice, draft):
    assert "more than the 1,000 channels of one trunk" in text_of(work_out(alice, draft, calls="99999", length="30"))


def test_a_stranger_finds_no_calculator(charlie, draft):
    assert charlie.get(calculator_url(draft)).status_code == 404


@pytest.fixture
def without_unlimited(account):
    PlanActivation.objects.filter(account=account, plan="UNLIMITED").delete()


def test_a_plan_that_is_not_active_can_be_asked_for(alice, draft, without_unlimited):
    page = text_of(alice.get(url(draft, "plan")))

    assert "The Unlimited plan is not active on your account" in page
    assert 'value="request_plan:UNLIMITED"' in page
    assert 'value="request_plan:METERED"' not in page


def test_asking_keeps_the_answers_and_says_what_happens_next(alice, account, draft, without_unlimited):
    typed = {"plan": "METERED", "channels": "7", "action": "request_plan:UNLIMITED"}

    page = text_of(alice.post(url(draft, "plan"), typed, follow=True))

    request = PlanRequest.objects.get(account=account, plan="UNLIMITED")
    assert f"by {request.asked_by}: we answer by e-mail" in page
    assert "contact us to activate it" not in page
    assert 'name="channels" value="7"' in page
    assert 'value="request_plan:UNLIMITED"' not in page


def test_asking_twice_is_one_request(alice, draft, without_unlimited):
    for _press in range(2):
        alice.post(url(draft, "plan"), {"action": "request_plan:UNLIMITED"})

    assert PlanRequest.objects.count() == 1


@pytest.mark.parametrize("code", ["METERED", "NOPE", ""])
def test_what_cannot_be_asked_for_makes_no_request(alice, draft, code):
    assert alice.post(url(draft, "plan"), {"action": f"request_plan:{code}"}).status_code == 302

    assert not PlanRequest.objects.exists()


def test_a_viewer_asks_for_nothing(bob, draft, without_unlimited):
    assert bob.post(url(draft, "plan"), {"action": "request_plan:UNLIMITED"}).status_code == 403
    assert not PlanRequest.objects.exists()
