"""Buying numbers: all or none, once, at the price that was shown, and the money follows the operation."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from billing.models import LedgerEntry, NumberPrice
from billing.money import prorate, rest_of_month
from billing.services import balance_of
from common.errors import Conflict
from provisioning.enums import Status
from provisioning.models import DataCentre, NodeState, Operation
from provisioning.operations import pending_operation
from routing.models import Number, NumberOrder, Route
from routing.services import assign_number, give_back
from tests.factories import buy, make_number, make_specification, open_data_centre, order_trunk
from tests.routing.endings import end
from trunks.services import suspend_account

BUY, REVIEW = reverse("routing:buy"), reverse("routing:review")
E164 = "+13125550142"


@pytest.fixture
def new_york(db):
    return open_data_centre()


@pytest.fixture
def number(new_york):
    return make_number(E164, new_york)


@pytest.fixture
def others(new_york):
    return [make_number(f"+131255501{at}", new_york) for at in range(43, 60)]


def words(response):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def review(client, *picked):
    return client.get(REVIEW, {"pick": list(picked or [E164])})


def hidden(response, name):
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', response.content.decode())
    return found[1] if found else ""


def pay(client, *picked, page=None, **changes):
    """Press Pay now on the review page."""
    page = page or review(client, *picked)
    answers = {name: hidden(page, name) for name in ("order", "seen")}
    return client.post(REVIEW, {"pick": list(picked or [E164]), **answers, "to": "", **changes})


def first_charge(*prices):
    return sum(prorate(Decimal(price), rest_of_month()) for price in prices)


def test_pay_now_holds_the_money_and_asks_the_nodes(alice, account, number):
    response = pay(alice)

    number.refresh_from_db()
    order = NumberOrder.objects.get()
    assert response.status_code == 303
    assert response["Location"] == reverse("routing:order", args=[order.pk])
    assert (number.account, number.order, number.monthly) == (account, order, Decimal("3.10"))
    assert number.action == Status.PENDING
    assert balance_of(account).held == first_charge("3.10")
    assert pending_operation("number", E164).generation == number.generation
    assert AuditEvent.objects.filter(action="number.create", account=account).count() == 1


def test_success_charges_what_was_held(alice, account, number):
    pay(alice)

    end(number, Status.SUCCESS)

    number.refresh_from_db()
    balance = balance_of(account)
    assert number.action == Status.SUCCESS
    assert (balance.held, balance.balance) == (0, Decimal("1000.00") - first_charge("3.10"))


def test_failure_gives_the_money_back_and_the_number_is_for_sale_again(alice, account, number):
    pay(alice)

    end(number, Status.FAILED)

    number.refresh_from_db()
    balance = balance_of(account)
    assert (number.account, number.trunk, number.order, number.for_sale_at) == (None, None, None, None)
    assert (balance.held, balance.balance) == (0, Decimal("1000.00"))
    assert E164 in words(alice.get(BUY))


def test_who_buys_it_after_a_failure_has_a_hold_of_his_own(alice, charlie, account, stranger_account, number):
    pay(alice)
    end(number, Status.FAILED)

    pay(charlie)
    end(number, Status.SUCCESS)

    number.refresh_from_db()
    assert number.account == stranger_account
    assert balance_of(account).balance == Decimal("1000.00")
    assert balance_of(stranger_account).balance == Decimal("1000.00") - first_charge("3.10")


def test_the_same_page_paid_twice_is_one_order(alice, account, number):
    page = review(alice)

    first, second = pay(alice, page=page), pay(alice, page=page)

    assert first["Location"] == second["Location"]
    assert NumberOrder.objects.count() == 1
    assert LedgerEntry.objects.filter(kind="HOLD").count() == 1
    assert "You placed this order at" in words(alice.get(second["Location"]))


def test_a_page_paid_again_after_the_number_came_is_still_that_order(alice, account, number):
    page = review(alice)
    first = pay(alice, page=page)
    end(number, Status.SUCCESS)

    assert pay(alice, page=page)["Location"] == first["Location"]


def test_the_order_of_somebody_else_is_not_answered_with(charlie, alice, number, others):
    page = review(alice)
    pay(alice, page=page)

    answer = pay(charlie, others[0].pk, order=hidden(page, "order"))

    assert answer.status_code == 409
    assert NumberOrder.objects.count() == 1


def test_several_numbers_are_all_bought_or_none(alice, account, number, others):
    picked = [number.pk, others[0].pk, others[1].pk]
    page = review(alice, *picked)
    Number.objects.filter(pk=others[1].pk).update(rate=None)

    answer = pay(alice, *picked, page=page)

    assert answer.status_code == 409
    assert f"{others[1]} was taken while you chose" in words(answer)
    assert not Number.objects.exclude(account=None).exists()
    assert not Operation.objects.exists()
    assert balance_of(account).held == 0


def test_ten_numbers_are_ten_holds(alice, account, number, others):
    picked = [number.pk, *(other.pk for other in others[:9])]

    assert pay(alice, *picked).status_code == 303

    assert LedgerEntry.objects.filter(kind="HOLD").count() == 10
    assert balance_of(account).held == 10 * first_charge("3.10")


def test_eleven_at_a_time_are_too_many(alice, number, others):
    picked = [number.pk, *(other.pk for other in others[:10])]

    for answer in (review(alice, *picked), pay(alice, *picked, order=str(uuid4()))):
        assert answer.status_code == 422
        assert "Choose at most 10 numbers at a time" in words(answer)
    assert not NumberOrder.objects.exists()


def test_nothing_chosen_is_said(alice, number):
    answer = alice.get(REVIEW)

    assert answer.status_code == 422
    assert "Choose at least one number" in words(answer)


def test_a_changed_price_is_shown_before_it_is_paid(alice, account, number):
    page = review(alice)
    NumberPrice.objects.update(monthly=Decimal("4.20"))

    answer = pay(alice, page=page)

    assert answer.status_code == 409
    assert "The price is now 4.20 USD a month. Check it and pay again" in words(answer)
    assert pay(alice, page=answer).status_code == 303
    assert balance_of(account).held == first_charge("4.20")


def test_a_page_that_was_not_ours_pays_nothing(alice, number):
    answer = pay(alice, seen="", order=str(uuid4()))

    assert answer.status_code == 409
    assert "Your session ended. Your answers are saved. Check them and pay again" in words(answer)


@pytest.mark.parametrize("order", ["", "x", "1"])
def test_without_an_order_of_ours_nothing_is_paid(alice, number, order):
    answer = pay(alice, order=order)

    assert answer.status_code == 422
    assert "Your session ended" in words(answer)


def test_too_little_credit_is_said_before_and_after_pay_now(alice, account, number, others):
    account.limits.credit = Decimal("-999.95")
    account.limits.save()
    picked = [number.pk, others[0].pk]
    page = review(alice, *picked)

    answer = pay(alice, *picked, page=page)

    needed = f"This order needs ${first_charge('3.10', '3.10')} and you have $0.05 available"
    assert needed in words(page)
    assert answer.status_code == 422
    assert needed in words(answer)
    assert not NumberOrder.objects.exists()


def test_a_suspended_account_buys_nothing(alice, account, number):
    page = review(alice)
    suspend_account(account.pk, "PAYMENT", "", reason="A reason of ten letters", actor=account.members.first())

    answer = pay(alice, page=page)

    assert answer.status_code == 409
    assert "This account is suspended" in words(answer)
    assert not NumberOrder.objects.exists()


def test_a_limit_of_the_account_is_said_in_words(alice, account, number, others):
    account.limits.numbers = 1
    account.limits.save()
    Number.objects.filter(pk=others[0].pk).update(account=account)

    answer = review(alice)

    assert answer.status_code == 422
    assert "You have 1 of 1 numbers: 1 more is too many. Give one back or ask us for more" in words(answer)


def test_a_viewer_may_not_buy(bob, number):
    assert bob.get(BUY).status_code == 403
    assert bob.post(REVIEW, {"pick": E164}).status_code == 403


def test_what_was_taken_meanwhile_has_five_like_it(alice, charlie, number, others):
    page = review(alice)
    pay(charlie)

    answer = pay(alice, page=page)

    text = words(answer)
    assert answer.status_code == 409
    assert "+13125550142 was taken while you chose" in text
    assert "Here are 5 similar" in text
    assert [at for at in range(43, 60) if f"+131255501{at}" in text] == [43, 44, 45, 46, 47]
    assert Number.objects.get(pk=E164).account.name == "Charlie Calls"


def test_the_similar_ones_are_of_the_same_area_and_kind(alice, charlie, number, new_york):
    make_number("+13125550143", new_york, area="Springfield")
    make_number("+13125550144", new_york, kind="TOLL_FREE")
    like_it = make_number("+13125550199", new_york)
    page = review(alice)
    pay(charlie)

    text = words(pay(alice, page=page))

    assert str(like_it) in text
    assert "Here are 1 similar" in text
    assert "+13125550143" not in text
    assert "+13125550144" not in text


def test_ones_own_number_is_not_called_taken(alice, number):
    pay(alice)

    assert "+13125550142 is yours already" in words(review(alice))


def test_numbers_lead_where_the_buyer_says(alice, account, number, new_york):
    trunk = order_trunk(account, make_specification(new_york, name="Main office"))

    pay(alice, to=f"trunk:{trunk.pk}")

    assert Number.objects.get(pk=E164).trunk == trunk


def test_numbers_may_lead_to_a_route(alice, account, number):
    route = Route.objects.create(account=account, name="Head office")

    pay(alice, to=f"route:{route.pk}")

    assert Number.objects.get(pk=E164).route == route


def test_a_strangers_trunk_is_not_led_to(alice, stranger_account, number, new_york):
    theirs = order_trunk(stranger_account, make_specification(new_york))

    assert pay(alice, to=f"trunk:{theirs.pk}").status_code == 422
    assert not NumberOrder.objects.exists()


def test_a_trunk_without_an_address_for_calls_is_not_led_to(alice, account, number, new_york):
    deaf = order_trunk(account, make_specification(new_york, destinations=[], name="Deaf"))

    answer = pay(alice, to=f"trunk:{deaf.pk}")

    assert answer.status_code == 422
    assert "Deaf has no address to which we send calls. Add one to it first" in words(answer)


def test_a_trunk_takes_no_numbers_of_two_data_centres(alice, account, number, new_york):
    trunk = order_trunk(account, make_specification(new_york, name="Main office"))
    far = make_number("+496990010042", open_data_centre("FRANKFURT"), country="DE", area="Frankfurt am Main")

    page = review(alice, number.pk, far.pk)
    answer = pay(alice, number.pk, far.pk, page=page, to=f"trunk:{trunk.pk}")

    assert "These numbers are in different data centres" in words(page)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"rate": None},
        {"for_sale_at": timezone.now() + timedelta(days=1)},
    ],
    ids=["no rate", "it rests"],
)
def test_what_is_not_for_sale_is_neither_shown_nor_sold(alice, number, change):
    page = review(alice)
    Number.objects.update(**change)

    assert E164 not in words(alice.get(BUY))
    assert pay(alice, page=page).status_code == 409


def test_a_number_without_a_price_in_the_accounts_currency_is_not_offered(alice, account, number):
    NumberPrice.objects.update(currency="EUR")

    assert E164 not in words(alice.get(BUY))
    assert review(alice).status_code == 409


def test_a_data_centre_that_is_not_open_sells_no_numbers(alice, number):
    DataCentre.objects.update(is_open=False)

    assert E164 not in words(alice.get(BUY))


def test_while_it_is_being_activated_nothing_else_is_done_to_it(alice, account, number, new_york):
    trunk = order_trunk(account, make_specification(new_york))
    pay(alice)
    number.refresh_from_db()

    for act in (lambda: assign_number(number, trunk, None), lambda: give_back(number, trunk.created_by)):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "V-OP-1"
    number.refresh_from_db()
    assert (number.trunk, number.leaving_at) == (None, None)


def test_the_orders_page_shows_each_number_becoming_live(alice, account, number, others):
    url = pay(alice, number.pk, others[0].pk)["Location"]
    page = alice.get(url).content.decode()
    poll = unescape(re.search(r'data-poll-url="([^"]*)"', page)[1])
    assert page.count("Being activated") == 2
    assert alice.get(poll).status_code == 204

    end(number, Status.SUCCESS)
    half = alice.get(poll)
    end(others[0], Status.SUCCESS)
    done = alice.get(poll)

    assert half.status_code == 200
    assert "Live on both nodes" in half.content.decode()
    assert done.status_code == 286
    assert "Your numbers are ready" in done.content.decode()
    assert "data-poll-url" not in alice.get(url).content.decode()


def test_the_orders_page_says_what_failed(alice, account, number, others):
    url = pay(alice, number.pk, others[0].pk)["Location"]
    poll = unescape(re.search(r'data-poll-url="([^"]*)"', alice.get(url).content.decode())[1])
    end(number, Status.SUCCESS)
    end(others[0], Status.FAILED)

    assert alice.get(poll)["HX-Refresh"] == "true"
    text = words(alice.get(url))
    assert "Some numbers could not be activated" in text
    assert "Could not be activated. You have not been charged" in text
    assert f"Available again ${first_charge('3.10')}" in text


def test_a_bought_number_that_leads_nowhere_is_live_and_says_so(alice, account, number):
    buy(account, [number])
    end(number, Status.SUCCESS)

    text = words(alice.get(reverse("routing:list")))

    assert "Live on both nodes leads nowhere: callers hear that it is not in service" in text
    assert NodeState.objects.filter(subject_id=E164).exclude(wanted_hash="").count() == 2


def test_an_order_of_somebody_else_is_404(charlie, account, number):
    order = buy(account, [number])

    for name in ("order", "order_status"):
        assert charlie.get(reverse(f"routing:{name}", args=[order.pk])).status_code == 404
