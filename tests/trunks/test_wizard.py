"""The wizard without JavaScript: from the first question to the trunk."""

from __future__ import annotations

import re
import uuid
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEvent, Limits
from addresses.models import ServiceAddress
from addresses.services import delete_address
from billing.enums import EntryKind
from billing.models import LedgerEntry, Plan, Price
from provisioning.models import DataCentre
from provisioning.operations import latest_operation
from tests.factories import make_account, make_address, make_member, make_specification, order_trunk
from trunks.models import Trunk, TrunkDraft
from trunks.models.trunk import SUBJECT
from trunks.subject import TrunkSubject

STEPS = ("provider", "plan", "settings", "ips")


def begin(client):
    """The draft that a press of "Start a new order" makes."""
    response = client.post(reverse("trunks:new"))
    assert response.status_code == 302
    return TrunkDraft.objects.get(pk=response["Location"].split("/")[3])


def url(draft, step):
    return reverse("trunks:step", args=[draft.pk, step])


def review_url(draft):
    return reverse("trunks:review", args=[draft.pk])


def pay_url(draft):
    return reverse("trunks:pay", args=[draft.pk])


def fill(client, answers, *steps):
    """Begin and answer the given steps, all of them unless told otherwise."""
    draft = begin(client)
    for step in steps or STEPS:
        response = client.post(url(draft, step), answers[step])
        assert response.status_code == 302, text_of(response)
    draft.refresh_from_db()
    return draft


def text_of(response):
    return unescape(response.content.decode())


def fingerprint(client, draft):
    """What the review page posts back with Pay now."""
    return re.search(r'name="seen" value="(\w+)"', text_of(client.get(review_url(draft))))[1]


def pay(client, draft):
    return client.post(pay_url(draft), {"seen": fingerprint(client, draft)})


def test_answers_and_pay_now_buy_a_trunk(alice, account, answers):
    draft = fill(alice, answers)

    response = pay(alice, draft)

    trunk = Trunk.objects.get(account=account)
    assert response.status_code == 303
    assert response["Location"] == reverse("trunks:handover", args=[trunk.pk])
    assert (trunk.name, trunk.wanted.channels, trunk.wanted.codecs) == ("Main office", 10, ["PCMA", "PCMU"])
    assert trunk.wanted.source_hosts == ["127.77.128.1"]
    assert trunk.wanted.destinations == [["127.77.128.2", 5060]]
    assert latest_operation(SUBJECT, str(trunk.pk)).is_pending


def test_pay_now_writes_an_audit_line_and_holds_the_money(alice, account, answers):
    draft = fill(alice, answers)

    pay(alice, draft)

    hold = LedgerEntry.objects.get(account=account, kind=EntryKind.HOLD)
    assert hold.held_change == Trunk.objects.get().quote.first_charge
    assert AuditEvent.objects.filter(account=account, action="trunk.create").count() == 1


def test_the_settings_are_those_that_were_chosen(alice, answers):
    answers["settings"] |= {"codecs": ["G729", "PCMU"], "fax": "T38", "international": "on", "options": "on"}
    answers["ips"] |= {
        "destinations": ["pbx.example.com", "127.77.128.9"],
        "destinations_port": ["", "5080"],
        "strategy": "ROUND_ROBIN",
    }
    draft = fill(alice, answers)

    pay(alice, draft)

    wanted = Trunk.objects.get().wanted
    assert (wanted.codecs, wanted.fax) == (["G729", "PCMU"], "T38")
    assert (wanted.international, wanted.options, wanted.strategy) == (True, True, "ROUND_ROBIN")
    assert wanted.destinations == [["pbx.example.com", 0], ["127.77.128.9", 5080]]


def test_international_calls_are_off_unless_asked_for(alice, answers):
    draft = fill(alice, answers)

    pay(alice, draft)

    assert Trunk.objects.get().wanted.international is False


def test_a_draft_is_resumed_after_sign_out(alice, account, answers):
    draft = fill(alice, answers, "provider", "plan")
    alice.logout()
    another_device = Client()
    another_device.force_login(make_member(account), backend="django.contrib.auth.backends.ModelBackend")

    resumed = another_device.get(reverse("trunks:resume", args=[draft.pk]))
    plan = another_device.get(url(draft, "plan"))

    assert resumed["Location"] == url(draft, "settings")
    assert plan.context["form"]["channels"].value() == "10"


def test_the_list_offers_to_continue(alice, answers):
    draft = fill(alice, answers, "provider", "plan", "settings")

    page = text_of(alice.get(reverse("trunks:new")))

    assert reverse("trunks:resume", args=[draft.pk]) in page
    assert "Main office" in page


def test_beginning_twice_without_an_answer_gives_one_draft(alice):
    assert begin(alice) == begin(alice)


def test_a_step_that_cannot_be_answered_yet_leads_to_the_first_open_one(alice, answers):
    draft = fill(alice, answers, "provider")

    response = alice.get(url(draft, "ips"), follow=True)

    assert response.redirect_chain[-1] == (url(draft, "plan"), 302)
    assert "Answer this first" in text_of(response)


def test_the_review_of_a_half_finished_order_leads_to_the_first_open_step(alice, answers):
    draft = fill(alice, answers, "provider", "plan", "settings")

    assert alice.get(review_url(draft))["Location"] == url(draft, "ips")


def test_a_step_that_does_not_exist_is_not_found(alice, answers):
    draft = begin(alice)

    assert alice.get(url(draft, "colour")).status_code == 404


def test_a_change_from_the_review_returns_there(alice, answers):
    draft = fill(alice, answers)

    response = alice.post(url(draft, "plan") + "?from=review", {"plan": "METERED", "channels": "3"})

    assert response["Location"] == review_url(draft)
    assert "$45.00" in text_of(alice.get(review_url(draft)))


def test_a_change_that_asks_a_new_question_leads_there(alice, account, answers):
    answers["settings"] |= {"data_centre": "FRANKFURT", "in_the_us": "no", "service_address": ""}
    DataCentre.objects.filter(code="FRANKFURT").update(is_open=True)
    draft = fill(alice, answers)

    response = alice.post(url(draft, "plan") + "?from=review", {"plan": "UNLIMITED", "channels": "3"}, follow=True)

    assert response.redirect_chain[-1][0] == url(draft, "settings") + "?from=review"
    assert "The Unlimited plan needs a service address in the United States" in text_of(response)


def test_values_are_kept_when_something_is_wrong(alice, answers):
    draft = fill(alice, answers, "provider", "plan", "settings")

    response = alice.post(url(draft, "ips"), {"sources": ["10.1.2.3", "127.77.128.4"], "destinations": [""]})

    page = text_of(response)
    assert response.status_code == 422
    assert 'value="10.1.2.3"' in page
    assert 'value="127.77.128.4"' in page
    assert page.count("10.1.2.3 is a private address. In this lab use 127.77.128.0 to 127.77.255.255") == 2
    assert 'href="#id_sources_0"' in page
    assert "<title>Error: " in page


def test_what_was_half_finished_is_there_when_the_draft_is_resumed(alice, answers):
    draft = fill(alice, answers, "provider", "plan", "settings")
    alice.post(url(draft, "ips"), {"sources": ["10.1.2.3", "127.77.128.4"], "destinations": ["pbx"]})

    page = alice.get(reverse("trunks:resume", args=[draft.pk]), follow=True)

    for typed in ("10.1.2.3", "127.77.128.4", "pbx"):
        assert f'value="{typed}"' in text_of(page)
    assert page.redirect_chain[-1][0] == url(draft, "ips")
    assert "Error" not in text_of(page)


def test_each_wrong_name_is_quoted(alice, answers):
    draft = fill(alice, answers, "provider", "plan", "settings")

    page = text_of(alice.post(url(draft, "ips"), {"sources": [""], "destinations": ["foo bar"]}))

    for name in ("foo", "bar"):
        assert page.count(f'"{name}" is not a full public name. Enter it like pbx.example.com') == 2


def test_an_address_that_contradicts_the_answer_is_refused_at_the_step(alice, account, answers):
    berlin = make_address(account, "Berlin", country_code="DEU")
    draft = fill(alice, answers, "provider", "plan")

    response = alice.post(url(draft, "settings"), {**answers["settings"], "service_address": str(berlin.pk)})

    assert response.status_code == 422
    assert "Berlin is in Germany, and you said that your equipment is in the United States" in text_of(response)
    assert 'href="#id_service_address"' in text_of(response)


def chosen_codecs(page):
    return re.findall(r'name="codecs" value="([A-Z]\w+)"', page)


@pytest.mark.parametrize(("country", "codecs"), [("USA", ["PCMU", "PCMA"]), ("DEU", ["PCMA", "PCMU"])])
def test_the_codecs_begin_in_the_order_that_is_usual_at_home(alice, answers, country, codecs):
    ServiceAddress.objects.update(country_code=country)
    draft = fill(alice, answers, "provider", "plan")

    assert chosen_codecs(text_of(alice.get(url(draft, "settings")))) == codecs


@pytest.mark.parametrize(
    ("place", "shown", "codecs"),
    [
        ("NEW_YORK", {"proposed": ["PCMA", "PCMU"], "codecs": ["PCMA", "PCMU"]}, ["PCMU", "PCMA"]),
        ("FRANKFURT", {"proposed": ["PCMU", "PCMA"], "codecs": ["PCMU", "PCMA"]}, ["PCMA", "PCMU"]),
        ("NEW_YORK", {"proposed": ["PCMA", "PCMU"], "codecs": ["PCMA", "G729"]}, ["PCMA", "G729"]),
        ("NEW_YORK", {"proposed": ["PCMU", "PCMA"], "codecs": ["PCMA", "PCMU"]}, ["PCMA", "PCMU"]),
        ("FRANKFURT", {"proposed": ["PCMA", "PCMU"], "codecs": ["PCMU", "PCMA"]}, ["PCMU", "PCMA"]),
    ],
)
def test_choosing_a_data_centre_orders_the_codecs_unless_they_were_moved(alice, answers, place, shown, codecs):
    draft = fill(alice, answers, "provider", "plan")

    part = text_of(alice.get(url(draft, "settings"), shown | {"data_centre": place}, headers={"HX-Request": "true"}))

    assert chosen_codecs(part) == codecs
    assert "<html" not in part


def test_codecs_that_were_moved_once_are_never_put_in_the_usual_order_again(alice, answers):
    draft = fill(alice, answers, "provider", "plan")
    german = {"data_centre": "FRANKFURT"}

    moved = alice.post(url(draft, "settings"), answers["settings"] | german | {"action": "up:PCMU"})
    shown = german | {"proposed": proposed_codecs(text_of(moved)), "codecs": chosen_codecs(text_of(moved))}
    part = alice.get(url(draft, "settings"), shown, headers={"HX-Request": "true"})

    assert shown["codecs"] == ["PCMU", "PCMA"]
    assert chosen_codecs(text_of(part)) == ["PCMU", "PCMA"]


def proposed_codecs(page):
    return re.findall(r'name="proposed" value="([A-Z]\w+)"', page)


def test_more_channels_can_be_requested(alice, settings, answers):
    draft = fill(alice, answers, "provider")

    assert re.search(
        rf'<a href="mailto:{settings.SUPPORT_EMAIL}\?subject=[^"]+">Request more channels</a>',
        text_of(alice.get(url(draft, "plan"))),
    )


def test_rows_are_added_and_removed_by_buttons(alice, answers):
    draft = fill(alice, answers, "provider", "plan", "settings")

    added = alice.post(url(draft, "ips"), {"sources": ["127.77.128.1"], "action": "add:sources"})
    removed = alice.post(url(draft, "ips"), {"sources": ["127.77.128.1", "127.77.128.2"], "action": "remove:sources-0"})

    assert 'id="id_sources_1"' in text_of(added)
    assert 'value="127.77.128.1"' not in text_of(removed)
    assert 'value="127.77.128.2"' in text_of(removed)


def test_several_addresses_in_one_row_become_rows(alice, answers):
    draft = fill(alice, answers, "provider", "plan", "settings")

    alice.post(url(draft, "ips"), {"sources": ["127.77.128.1, 127.77.128.2"]})

    form = alice.get(url(draft, "ips")).context["form"]
    assert form["sources"].value() == [("127.77.128.1", ""), ("127.77.128.2", "")]


def test_several_destinations_in_one_row_become_rows(alice, answers):
    draft = fill(alice, answers, "provider", "plan", "settings")

    response = alice.post(url(draft, "ips"), {"destinations": ["127.77.128.3, pbx.example.com:5080"]})

    rows = response.context["form"]["destinations"].value()
    assert rows == [("127.77.128.3", "5060"), ("pbx.example.com:5080", "")]


@pytest.mark.parametrize(("sources", "status"), [(["1"] * 10_000, 400), (["1," * 10_000], 422), (["9" * 5_000], 422)])
def test_far_too_much_is_answered_all_the_same(alice, answers, sources, status):
    draft = fill(alice, answers, "provider", "plan", "settings")

    response = alice.post(url(draft, "ips"), {"sources": sources})

    assert response.status_code == status
    assert len(response.content) < 200_000


def test_codecs_are_moved_by_buttons(alice, answers):
    draft = fill(alice, answers, "provider", "plan")

    response = alice.post(url(draft, "settings"), answers["settings"] | {"action": "up:PCMU"})

    assert response.context["form"]["codecs"].value() == ["PCMU", "PCMA"]


def test_an_address_without_a_port_shows_5060(alice, answers):
    draft = fill(alice, answers)

    form = alice.get(url(draft, "ips")).context["form"]

    assert form["destinations"].value() == [("127.77.128.2", "5060")]


def test_a_one_sided_trunk_is_sold_with_a_warning(alice, answers):
    answers["ips"] = {"destinations": ["127.77.128.2"]}
    draft = fill(alice, answers)

    assert "This trunk will not be able to place calls" in text_of(alice.get(review_url(draft)))
    assert pay(alice, draft).status_code == 303


def test_adding_an_address_returns_with_it_chosen_and_nothing_lost(alice, account, answers):
    draft = fill(alice, answers, "provider", "plan")
    answers["settings"] |= {"name": "Half finished", "service_address": "", "action": "add_address"}

    away = alice.post(url(draft, "settings"), answers["settings"])
    made = make_address(account, "Second office")
    back = alice.get(url(draft, "settings"), {"address": str(made.pk)})

    assert away["Location"] == f"{reverse('addresses:add')}?next={url(draft, 'settings').replace('/', '%2F')}"
    assert back.context["form"]["service_address"].value() == str(made.pk)
    assert back.context["form"]["name"].value() == "Half finished"
    assert back.context["form"].errors == {}


def test_the_price_is_answered_alone_to_htmx(alice, answers):
    draft = fill(alice, answers, "provider")
    headers = {"HX-Request": "true"}

    chosen = alice.get(url(draft, "plan"), {"plan": "METERED", "channels": "2"}, headers=headers)
    wrong = alice.get(url(draft, "plan"), {"plan": "METERED", "channels": "ten"}, headers=headers)

    assert "$30.00" in text_of(chosen)
    assert "<title>" not in text_of(chosen)
    assert wrong.status_code == 200


def test_the_review_shows_our_addresses(alice, answers):
    draft = fill(alice, answers)

    page = text_of(alice.get(review_url(draft)))

    assert "127.77.1.10" in page
    assert "127.77.1.11" in page


def test_the_review_links_each_answer_back(alice, answers):
    draft = fill(alice, answers)

    page = text_of(alice.get(review_url(draft)))

    assert f'href="{url(draft, "settings")}?from=review#id_codecs"' in page
    assert 'Change<span class="visually-hidden"> codecs</span>' in page


def test_a_full_account_is_told_so_instead_of_asked(alice, account, new_york):
    Limits.objects.filter(account=account).update(trunks=1)
    order_trunk(account, make_specification(new_york))

    for response in (alice.get(reverse("trunks:new")), alice.post(reverse("trunks:new"))):
        assert "You have 1 of 1 trunks. Delete one or request more" in text_of(response)


def test_discarding_deletes_the_draft(alice, answers):
    draft = fill(alice, answers)

    alice.post(reverse("trunks:discard", args=[draft.pk]))

    assert not TrunkDraft.objects.exists()


def test_an_ordered_draft_cannot_be_discarded(alice, answers):
    draft = fill(alice, answers)
    pay(alice, draft)

    alice.post(reverse("trunks:discard", args=[draft.pk]))

    assert TrunkDraft.objects.get().trunk is not None


# Paying


def test_paying_again_leads_to_the_trunk_that_was_bought(alice, answers):
    draft = fill(alice, answers)
    offer = fingerprint(alice, draft)
    first = alice.post(pay_url(draft), {"seen": offer})

    again = alice.post(pay_url(draft), {"seen": offer}, follow=True)

    assert again.redirect_chain == [(first["Location"], 303)]
    assert "You placed this order at" in text_of(again)
    assert Trunk.objects.count() == 1


def test_after_paying_no_page_of_the_wizard_shows_a_form(alice, answers):
    draft = fill(alice, answers)
    paid = pay(alice, draft)

    for address in (url(draft, "plan"), review_url(draft)):
        assert alice.get(address)["Location"] == paid["Location"]


def test_another_price_is_shown_before_it_is_paid(alice, answers):
    draft = fill(alice, answers)
    offer = fingerprint(alice, draft)
    Price.objects.filter(plan="METERED", currency="USD").update(per_channel="4.20")

    response = alice.post(pay_url(draft), {"seen": offer})

    assert response.status_code == 409
    assert "The price is now 42.00 USD a month. Check it and pay again" in text_of(response)
    assert not Trunk.objects.exists()
    assert pay(alice, draft).status_code == 303


def test_answers_changed_in_another_window_are_shown_before_they_are_paid(alice, answers):
    draft = fill(alice, answers)
    seen = fingerprint(alice, draft)
    alice.post(url(draft, "settings"), {**answers["settings"], "name": "Branch"})

    response = alice.post(pay_url(draft), {"seen": seen})

    assert response.status_code == 409
    assert "This order was changed after you opened this page. Check it and pay again" in text_of(response)
    assert "Branch" in text_of(response)
    assert not Trunk.objects.exists()
    assert pay(alice, draft).status_code == 303


def test_a_page_that_says_no_price_is_shown_again(alice, answers):
    draft = fill(alice, answers)

    response = alice.post(pay_url(draft))

    assert response.status_code == 409
    assert "Your session ended. Your answers are saved. Check them and pay again" in text_of(response)
    assert not Trunk.objects.exists()


def test_a_missing_form_token_keeps_the_answers(account, answers):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_member(account), backend="django.contrib.auth.backends.ModelBackend")
    draft = TrunkDraft.objects.create(account=account, answers={"provider": {"provider": ["DIRECT"]}})

    response = browser.post(pay_url(draft))

    assert response.status_code == 403
    assert "Your session ended" in text_of(response)
    assert TrunkDraft.objects.get().answers == draft.answers


def test_too_little_credit_is_said_before_and_refused_when_paying(answers):
    poor = make_account("Poor", money="10.00")
    client = Client()
    client.force_login(make_member(poor), backend="django.contrib.auth.backends.ModelBackend")
    answers["settings"]["service_address"] = str(make_address(poor).pk)
    answers["plan"]["channels"] = "50"
    draft = fill(client, answers)

    said = text_of(client.get(review_url(draft)))
    refused = pay(client, draft)

    assert "and you have $10.00 available. Ask us to add credit, then pay" in said
    assert refused.status_code == 422
    assert not Trunk.objects.exists()
    assert not LedgerEntry.objects.filter(kind=EntryKind.HOLD).exists()


def test_an_address_deleted_meanwhile_is_said_and_nothing_is_ordered(alice, chicago, answers):
    draft = fill(alice, answers)
    offer = fingerprint(alice, draft)
    delete_address(chicago, make_member(chicago.account))

    response = alice.post(pay_url(draft), {"seen": offer})

    assert response.status_code == 422
    assert "That service address no longer exists. Select another" in text_of(response)
    assert f'href="{url(draft, "settings")}?from=review#id_service_address"' in text_of(response)
    assert not Trunk.objects.exists()


def test_the_review_of_an_answer_that_became_wrong_leads_to_it_and_says_why(alice, chicago, answers):
    draft = fill(alice, answers)
    delete_address(chicago, make_member(chicago.account))

    response = alice.get(review_url(draft), follow=True)

    assert response.redirect_chain[-1][0] == url(draft, "settings") + "?from=review"
    assert "That service address no longer exists. Select another" in text_of(response)


def test_an_address_taken_meanwhile_is_said_and_the_draft_stays(alice, stranger_account, new_york, answers):
    draft = fill(alice, answers)
    offer = fingerprint(alice, draft)
    order_trunk(stranger_account, make_specification(new_york, source_hosts=["127.77.128.1"]))

    response = alice.post(pay_url(draft), {"seen": offer})

    assert response.status_code == 422
    assert "127.77.128.1 cannot be used because it is registered to another customer." in text_of(response)
    assert "<title>Error: " in text_of(response)
    assert TrunkDraft.objects.get(pk=draft.pk).trunk is None


def test_a_name_taken_meanwhile_is_said(alice, account, new_york, answers):
    draft = fill(alice, answers)
    offer = fingerprint(alice, draft)
    order_trunk(account, make_specification(new_york, name="MAIN office"))

    response = alice.post(pay_url(draft), {"seen": offer})

    assert 'You already have a trunk called "MAIN office". Enter a different name' in text_of(response)


def test_a_data_centre_closed_meanwhile_is_said(alice, new_york, answers):
    draft = fill(alice, answers)
    offer = fingerprint(alice, draft)
    DataCentre.objects.update(is_open=False)

    response = alice.post(pay_url(draft), {"seen": offer})

    assert "New York has no free capacity. Select another data centre" in text_of(response)


def test_a_plan_without_a_price_cannot_be_paid(alice, answers):
    draft = fill(alice, answers)
    offer = fingerprint(alice, draft)
    Price.objects.all().delete()

    response = alice.post(pay_url(draft), {"seen": offer})

    assert response.status_code == 422
    assert not Trunk.objects.exists()


def test_the_address_of_a_refused_payment_leads_back_to_the_review(alice, answers):
    draft = fill(alice, answers)

    assert alice.get(pay_url(draft))["Location"] == review_url(draft)


def test_paying_a_discarded_draft_is_not_found(alice, answers):
    draft = fill(alice, answers)
    offer = fingerprint(alice, draft)
    alice.post(reverse("trunks:discard", args=[draft.pk]))

    assert alice.post(pay_url(draft), {"seen": offer}).status_code == 404


# Handover


def test_a_failed_order_is_not_charged_and_can_be_tried_again(alice, answers):
    draft = fill(alice, answers)
    pay(alice, draft)
    trunk = Trunk.objects.get()
    fail(trunk)

    page = text_of(alice.get(reverse("trunks:handover", args=[trunk.pk])))
    again = alice.post(reverse("trunks:again", args=[trunk.pk]))

    copy = TrunkDraft.objects.exclude(pk=draft.pk).get()
    assert "could not be created. You have not been charged" in page
    assert again["Location"] == review_url(copy)
    assert copy.answers == TrunkDraft.objects.get(pk=draft.pk).answers


def settle(trunk, status):
    operation = latest_operation(SUBJECT, str(trunk.pk))
    operation.status = status
    operation.message = "No node took it"
    operation.save()
    TrunkSubject().settled(operation)


def fail(trunk):
    TrunkSubject().give_up(latest_operation(SUBJECT, str(trunk.pk)))
    settle(trunk, "FAILED")


# Who may


def wizard_addresses(draft, trunk):
    pages = [url(draft, step) for step in STEPS]
    pages += [reverse("trunks:resume", args=[draft.pk]), review_url(draft)]
    posts = [pay_url(draft), reverse("trunks:discard", args=[draft.pk]), reverse("trunks:again", args=[trunk.pk])]
    return [("get", page) for page in pages] + [("post", page) for page in posts]


def test_a_stranger_finds_nothing(alice, charlie, account, new_york, answers):
    draft = fill(alice, answers)
    trunk = order_trunk(account, make_specification(new_york))
    shown = [("get", reverse(f"trunks:{name}", args=[trunk.pk])) for name in ("handover", "handover_addresses")]

    answered = {
        page: getattr(charlie, verb)(page).status_code for verb, page in [*wizard_addresses(draft, trunk), *shown]
    }

    assert set(answered.values()) == {404}, answered


def test_an_unknown_draft_is_not_found(alice):
    assert alice.get(reverse("trunks:review", args=[uuid.uuid4()])).status_code == 404


def test_a_viewer_may_not_order(alice, bob, account, new_york, answers):
    draft = fill(alice, answers)
    trunk = order_trunk(account, make_specification(new_york))
    doors = [*wizard_addresses(draft, trunk), ("get", reverse("trunks:new")), ("post", reverse("trunks:new"))]

    answered = {page: getattr(bob, verb)(page).status_code for verb, page in doors}

    assert set(answered.values()) == {403}, answered


def test_a_viewer_sees_the_handover_page(bob, account, new_york):
    trunk = order_trunk(account, make_specification(new_york))

    assert bob.get(reverse("trunks:handover", args=[trunk.pk])).status_code == 200


def test_visitors_are_sent_to_sign_in(client, alice, account, new_york, answers):
    draft = fill(alice, answers)
    trunk = order_trunk(account, make_specification(new_york))

    for verb, page in wizard_addresses(draft, trunk):
        assert getattr(client, verb)(page)["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.ENGINEER])
def test_who_orders(role, account, answers):
    client = Client()
    client.force_login(make_member(account, role), backend="django.contrib.auth.backends.ModelBackend")

    assert pay(client, fill(client, answers)).status_code == 303


# Cost


@pytest.mark.parametrize("shown", [*STEPS, "review", "new", "handover"])
def test_no_page_asks_the_database_more_than_twelve_times(alice, answers, shown, django_assert_max_num_queries):
    draft = fill(alice, answers)
    address = {"review": review_url(draft), "new": reverse("trunks:new")}.get(shown, url(draft, shown))
    if shown == "handover":
        address = pay(alice, draft)["Location"]
    alice.get(address)

    with django_assert_max_num_queries(12):
        response = alice.get(address)

    assert response.status_code == 200


@pytest.mark.parametrize("shown", ["settings", "ips", "review"])
def test_nor_when_there_is_a_trunk_already(alice, order, answers, shown, django_assert_max_num_queries):
    order("Second office")
    draft = fill(alice, answers)
    address = review_url(draft) if shown == "review" else url(draft, shown)
    alice.get(address)

    with django_assert_max_num_queries(12):
        alice.get(address)


def test_the_unlimited_plan_is_shown_with_the_reason_when_it_is_not_active(alice, account, answers):
    account.plans.remove(Plan.objects.get(code="UNLIMITED"))
    draft = fill(alice, answers, "provider")

    page = text_of(alice.get(url(draft, "plan")))

    assert "The Unlimited plan is not active on your account. Choose Metered or contact us to activate it" in page
