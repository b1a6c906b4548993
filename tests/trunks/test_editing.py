"""The edit page: asks like the wizard, shows what would change, saves what was shown, and says who is in the way."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import Limits
from provisioning.enums import Status
from provisioning.models import Gateway, Operation
from tests.factories import (
    freshworks,
    genesys,
    make_account,
    make_address,
    make_member,
    make_specification,
    order_trunk,
    registered,
)
from tests.trunks.states import kinds_of, settle
from trunks.enums import Cause
from trunks.forms.editing import as_posted
from trunks.models import Trunk
from trunks.services import disable_trunk, suspend_trunk
from trunks.specification import TrunkSettings

MINE, OTHER = "127.77.150.9", "127.77.150.10"


@pytest.fixture
def live(account, new_york):
    return settle(
        order_trunk(account, make_specification(new_york, name="Main office", source_hosts=[MINE], channels=10))
    )


def url(trunk, name="edit"):
    return reverse(f"trunks:{name}", args=[trunk.pk])


def again(trunk):
    return Trunk.objects.select_related("wanted", "live").get(pk=trunk.pk)


def answers(trunk, **changes):
    """What a browser posts from the page as it is, with `changes`."""
    revision = again(trunk).wanted
    posted = dict(as_posted(TrunkSettings.of(revision)).lists())
    return {**posted, "revision": revision.number, **changes}


def check(client, trunk, **changes):
    return client.get(url(trunk, "edit_check"), answers(trunk, **changes))


def save(client, trunk, **changes):
    """Through both pages, as a person does."""
    page = check(client, trunk, **changes)
    assert page.status_code == 200, page.content.decode()
    return client.post(url(trunk), {**hidden(page), "action": "save"})


def hidden(page):
    """What the page carries."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.content.decode()):
        if name not in {"csrfmiddlewaretoken", "theme", "next"}:
            found.setdefault(name, []).append(unescape(value))
    return found


def words(page):
    """The page's text with single spaces."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


ASKED = [
    (make_specification, ["sources", "destinations", "options", "codecs", "privacy"], ["challenge_invites"]),
    (registered, ["challenge_invites", "codecs", "dtmf", "fax", "number_format"], ["sources", "options"]),
    (freshworks, ["international"], ["codecs", "dtmf", "sources", "options", "challenge_invites"]),
    (genesys, ["international"], ["codecs", "fax", "destinations", "privacy"]),
]


@pytest.mark.parametrize("case", ASKED)
def test_each_kind_is_asked_what_it_leaves_to_choose(alice, account, new_york, case):
    specification, asked, not_asked = case
    trunk = settle(order_trunk(account, specification(new_york)))

    content = alice.get(url(trunk)).content.decode()

    for name in ["name", "channels", *asked]:
        assert re.search(rf'name="{name}(_add)?"', content), name
    for name in not_asked:
        assert f'name="{name}' not in content


@pytest.mark.parametrize("specification", [make_specification, registered, freshworks, genesys])
def test_the_page_begins_with_how_the_trunk_is(alice, account, new_york, specification):
    trunk = settle(order_trunk(account, specification(new_york, name="Main office", channels=7, international=True)))

    content = alice.get(url(trunk)).content.decode()

    for value in ["Main office", "7", *trunk.wanted.source_hosts, *(host for host, _port in trunk.wanted.destinations)]:
        assert f'value="{value}"' in content
    assert re.search(r'name="international"[^>]* checked', content)
    assert "Error" not in content


def test_what_cannot_be_changed_stands_there_as_text(alice, account, new_york):
    trunk = settle(order_trunk(account, registered(new_york, service_address=make_address(account), tls=True)))

    page = words(alice.get(url(trunk)))

    for fact in ("Cannot be changed after creation", "Registered", "New York", "TLS and SRTP", "Metered", "Chicago HQ"):
        assert fact in page
    assert trunk.username in page


@pytest.mark.parametrize("specification", [make_specification, registered, freshworks, genesys])
def test_every_kind_can_be_renamed_through_both_pages(alice, account, new_york, specification):
    trunk = settle(order_trunk(account, specification(new_york)))

    response = save(alice, trunk, name="Renamed")

    assert (response.status_code, response["Location"]) == (303, url(trunk, "detail"))
    assert again(trunk).wanted.name == "Renamed"
    assert kinds_of(trunk) == ["UPDATE", "CREATE"]


def test_checking_stores_nothing(alice, live):
    page = words(check(alice, live, name="Head office"))

    assert "Check your changes" in page
    assert "Name Main office Head office" in page
    assert kinds_of(live) == ["CREATE"]
    assert live.revisions.count() == 1


def test_only_what_differs_is_shown(alice, live):
    page = check(alice, live, sources=[OTHER]).content.decode()

    assert page.count('<th scope="row">') == 1
    assert f'{MINE}</bdi></code> <span class="tag">removed</span>' in page
    assert f'{OTHER}</bdi></code> <span class="tag">added</span>' in page


@pytest.mark.parametrize(
    ("changes", "meaning"),
    [
        ({"sources": [OTHER]}, f"Removing {MINE} will block calls from it."),
        ({"sources": [""]}, "this trunk will not be able to place calls"),
        ({"channels": "5"}, "Reducing channels to 5: calls above that are refused, calls that are up go on."),
        ({"codecs": ["PCMU"]}, "Codecs, in order"),
        ({"international": "on"}, "Calls to other countries are allowed, also when somebody breaks into your PBX."),
        ({"destinations": [OTHER], "destinations_port": [""]}, "No new call is sent to 127.77.200.1:5060."),
        ({"options": "on"}, "We ask each destination every 60 seconds whether it is there."),
        ({"name": "Head office"}, "Calls do not notice the new name."),
    ],
)
def test_the_page_says_what_it_means_for_calls(alice, live, changes, meaning):
    assert meaning in words(check(alice, live, **changes))


def test_nothing_changed_is_said(alice, live):
    page = words(check(alice, live))

    assert "Nothing differs from how the trunk is" in page
    assert "Check your changes" not in page


def test_more_channels_show_what_is_charged_now_and_later(alice, live):
    page = words(check(alice, live, channels="20"))

    assert re.search(r"Save and pay \$\d+\.\d\d", page)
    assert "is held now and charged when the change is live" in page
    assert re.search(r"it costs \$300\.00 a month instead of \$150\.00", page)


def test_fewer_channels_cost_nothing_now(alice, live):
    page = words(check(alice, live, channels="5"))

    assert "it counts from next month" in page
    assert "Save changes" in page


def test_channels_paid_already_this_month_are_said_to_be(alice, live):
    save(alice, live, channels="5")
    settle(live)

    page = words(check(alice, live, channels="10"))

    assert "Nothing is charged now: you paid for as many channels this month already." in page


def test_a_price_that_changed_meanwhile_is_shown_before_it_is_charged(alice, live):
    page = check(alice, live, channels="20")

    response = alice.post(url(live), {**hidden(page), "price": "yesterday's", "action": "save"})

    assert response.status_code == 409
    assert "Check it and save again" in words(response)
    assert kinds_of(live) == ["CREATE"]
    assert alice.post(url(live), {**hidden(response), "action": "save"}).status_code == 303


def test_too_little_money_is_said_before_saving_and_when_saving(new_york, client):
    poor = make_account("Poor", money="30.00", channels=1000)
    trunk = settle(order_trunk(poor, make_specification(new_york)))
    client.force_login(trunk.created_by, backend="django.contrib.auth.backends.ModelBackend")
    page = check(client, trunk, channels="900")

    response = client.post(url(trunk), {**hidden(page), "action": "save"})

    assert "Ask us to add credit, then save" in words(page)
    assert " disabled" in re.search(r'<button[^>]*value="save"[^>]*>', page.content.decode())[0]
    assert response.status_code == 422
    assert kinds_of(trunk) == ["CREATE"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Enter a trunk name"),
        ({"channels": "none"}, "Number of channels must be a whole number, like 10"),
        ({"channels": "500"}, "This trunk can have up to 100 channels. Enter 100 or less, or request more"),
        ({"codecs": []}, "Select at least one codec"),
        ({"codecs": ["G729"], "dtmf": "INBAND"}, "In-band DTMF does not work reliably with G.729"),
        ({"sources": ["10.0.0.1"]}, "10.0.0.1"),
        (
            {"sources": [""], "destinations": [""], "destinations_port": [""]},
            "Enter at least one source IP address or one destination",
        ),
        (
            {"number_format": "US_NATIONAL", "international": "on"},
            "US domestic format only works for calls within the United States",
        ),
    ],
)
def test_the_rules_of_the_wizard_hold(alice, live, changes, message):
    response = check(alice, live, **changes)

    assert response.status_code == 422
    assert message in words(response)
    assert "<title>Error: Edit" in response.content.decode()
    assert kinds_of(live) == ["CREATE"]


def test_the_trunks_own_name_addresses_and_channels_are_not_in_its_way(alice, live):
    Limits.objects.filter(account=live.account).update(channels=3)

    assert check(alice, live, dtmf="INBAND").status_code == 200


def test_an_address_claimed_between_checking_and_saving_is_refused(alice, live, stranger_account, new_york):
    page = check(alice, live, sources=[OTHER])
    order_trunk(stranger_account, make_specification(new_york, source_hosts=[OTHER]))

    response = alice.post(url(live), {**hidden(page), "action": "save"})

    assert response.status_code == 422
    assert "it is registered to another customer" in words(response)
    assert kinds_of(live) == ["CREATE"]


def test_the_page_says_how_many_channels_the_trunk_can_have(alice, live):
    page = words(alice.get(url(live)))

    assert (
        "This trunk has 10 and can have up to 100: those, and the 90 of your 100 channels that no trunk uses." in page
    )
    assert "Request more channels" in page


def test_a_lists_button_shows_the_page_again(alice, live):
    response = alice.get(url(live, "edit_check"), {**answers(live, name="Head office"), "action": "add:sources"})

    content = response.content.decode()
    assert response.status_code == 200
    assert 'value="Head office"' in content
    assert content.count('name="sources"') > alice.get(url(live)).content.decode().count('name="sources"')


def test_change_again_keeps_what_was_typed(alice, live):
    page = check(alice, live, name="Head office", channels="5")

    response = alice.post(url(live), {**hidden(page), "action": "back"}, follow=True)

    content = response.content.decode()
    assert 'value="Head office"' in content
    assert 'value="5"' in content
    assert "Error" not in content


def test_a_provider_cannot_be_talked_out_of_its_presets(alice, account, new_york):
    trunk = settle(order_trunk(account, freshworks(new_york)))

    save(alice, trunk, international="on", codecs=["G729"], fax="T38", sources=[OTHER], account_sid="AC" + "f" * 32)

    after = again(trunk)
    assert (after.wanted.codecs, after.wanted.fax, after.wanted.source_hosts) == (["PCMU", "PCMA"], "NONE", [])
    assert after.wanted.international
    assert after.provider_facts == trunk.provider_facts


def test_while_another_change_is_pending_the_page_is_read_only_and_says_who(alice, live):
    Operation.objects.filter(subject_id=str(live.pk)).update(message="")
    disable_trunk(live, make_member(live.account, email="ana@example.com"))
    Operation.objects.filter(status=Status.PENDING).update(message="Waiting for the backup node")

    page = alice.get(url(live))

    assert re.search(
        r"Disabling since \d\d:\d\d \(UTC\) by ana@example\.com\. Waiting for the backup node\.", words(page)
    )
    assert re.search(r"<fieldset[^>]* disabled", page.content.decode())


def test_saving_while_another_change_is_pending_is_refused_and_keeps_the_answers(alice, live):
    typed = answers(live, name="Head office")
    disable_trunk(live, make_member(live.account, email="ana@example.com"))

    response = alice.post(url(live), {**typed, "action": "save"})

    assert response.status_code == 409
    assert "by ana@example.com" in words(response)
    assert "Another change is still being applied. Try again when it has finished" in words(response)
    assert 'value="Head office"' in response.content.decode()
    assert kinds_of(live) == ["DISABLE", "CREATE"]


@pytest.fixture
def quicker(alice, live):
    """What somebody typed before Ana was quicker."""
    typed = answers(live, name="Head office", channels="5")
    ana = make_member(live.account, email="ana@example.com")
    alice.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    save(alice, live, channels="7", dtmf="INBAND")
    settle(live)
    me = make_member(live.account)
    alice.force_login(me, backend="django.contrib.auth.backends.ModelBackend")
    return typed


def test_whoever_was_slower_sees_who_changed_what_and_overwrites_nothing(alice, live, quicker):
    response = alice.post(url(live), {**quicker, "action": "save"})

    page = words(response)
    assert response.status_code == 409
    assert re.search(r"ana@example\.com changed this trunk at \d\d:\d\d \(UTC\)\. Check the differences", page)
    assert "Name Main office Head office Head office" in page
    assert "Channels you both changed it 7 5 5" in page
    assert "DTMF In-band RFC 2833 In-band" in page
    assert again(live).wanted.number == 2


def test_both_changes_together_can_be_saved_on_top(alice, live, quicker):
    conflict = alice.post(url(live), {**quicker, "action": "save"})
    checked = alice.get(url(live, "edit_check"), hidden(conflict))

    saved = alice.post(url(live), {**hidden(checked), "action": "save"})

    after = again(live).wanted
    assert saved.status_code == 303
    assert (after.number, after.name, after.channels, after.dtmf) == (3, "Head office", 5, "INBAND")


def test_whoever_wanted_the_same_has_nothing_left_to_save(alice, live):
    typed = answers(live, name="Head office")
    save(alice, live, name="Head office")
    settle(live)

    assert "there is nothing left to save" in words(alice.get(url(live, "edit_check"), typed))


def test_addresses_added_by_both_are_both_kept(alice, live):
    typed = answers(live, sources=[MINE, "127.77.150.11"])
    save(alice, live, sources=[MINE, OTHER])
    settle(live)
    conflict = alice.get(url(live, "edit_check"), typed)

    assert hidden(conflict)["sources"] == [MINE, OTHER, "127.77.150.11"]


@pytest.mark.parametrize("revision", ["", "0", "99", "x", "-1", "9" * 30, "²"])
def test_a_revision_that_nobody_saw_saves_nothing(alice, live, revision):
    typed = answers(live, name="Head office", revision=revision)

    assert alice.post(url(live), {**typed, "action": "save"}).status_code == 409
    assert kinds_of(live) == ["CREATE"]


def test_a_failed_trunk_cannot_be_edited(alice, trunk):
    settle(trunk, Status.FAILED, "The primary node refused it")

    response = alice.get(url(trunk))

    assert response.status_code == 409
    assert "This trunk cannot be changed. Delete it and create a new one" in words(response)


def test_a_trunk_disabled_by_us_says_why_and_can_be_edited(alice, live):
    suspend_trunk(live, Cause.PAYMENT, "Invoice 7 is open", None)
    settle(live)

    page = words(alice.get(url(live)))

    assert "This trunk was disabled by us: a payment is missing. Invoice 7 is open." in page
    assert save(alice, live, name="Head office").status_code == 303


def test_back_to_the_check_after_saving_shows_that_nothing_is_left(alice, live):
    typed = answers(live, name="Head office")
    save(alice, live, name="Head office")

    page = alice.get(url(live, "edit_check"), typed)

    assert page.status_code == 200
    assert "there is nothing left to save" in words(page)


def test_answers_too_long_for_an_address_are_checked_and_saved_all_the_same(alice, account, live):
    Limits.objects.update_or_create(account=account, defaults={"hosts_per_direction": 40})
    hosts = [f"{'a' * 60}{n}.{'b' * 60}.{'c' * 60}.example.com" for n in range(40)]
    typed = answers(live, destinations=hosts, destinations_port=["5060"] * len(hosts))

    checked = alice.post(url(live), typed)

    assert checked.status_code == 200
    assert "Check your changes" in words(checked)
    assert alice.post(url(live), {**hidden(checked), "action": "save"}).status_code == 303
    assert len(Trunk.objects.get(pk=live.pk).wanted.destinations) == len(hosts)


def test_answers_are_checked_at_an_address_that_can_be_reloaded(alice, live):
    sent = alice.post(url(live), answers(live, name="Head office"))

    assert sent.status_code == 303
    for _time in range(2):
        assert "Name Main office Head office" in words(alice.get(sent["Location"]))


def test_no_token_stands_in_an_address(alice, live):
    sent = alice.post(url(live), {**answers(live, name="Head office"), "csrfmiddlewaretoken": "x"})

    assert "csrf" not in sent["Location"]


def test_a_conflict_with_oneself_is_worded_for_one_person(alice, live):
    typed = answers(live, name="Head office", channels="5")
    save(alice, live, channels="7")
    settle(live)

    page = words(alice.get(url(live, "edit_check"), typed))

    assert "You changed this trunk in another window at" in page
    assert "What you changed in two windows" in page
    assert "Channels changed in both 7 5 5" in page
    assert "you and you" not in page
    assert "both changed it" not in page


def test_a_rejected_change_can_be_tried_again_with_its_values(alice, live):
    save(alice, live, name="Head office", dtmf="INBAND")
    settle(live, Status.RESET, "The backup node refused it")
    page = alice.get(url(live, "detail")).content.decode()

    again_url = re.search(r'href="([^"]*)">Try again with these values', page)[1]
    form = alice.get(again_url).content.decode()

    assert "The backup node refused it" in page
    assert 'value="Head office"' in form
    assert re.search(r'value="INBAND"[^>]* checked', form)
    assert "Error" not in form


def test_what_was_rejected_is_not_offered_after_another_change(alice, live):
    save(alice, live, name="Head office")
    settle(live, Status.RESET)
    save(alice, live, name="Branch")
    settle(live)

    assert "Try again with these values" not in words(alice.get(url(live, "detail")))


def test_undo_shows_what_it_changes_and_then_does_it(alice, live):
    save(alice, live, dtmf="INBAND", sources=[OTHER])
    settle(live)
    page = alice.get(url(live, "undo"))

    response = alice.post(url(live, "undo"), {**hidden(page), "action": "save"})

    assert "Go back to revision 1?" in words(page)
    assert ">Restore revision 1</button>" in page.content.decode()
    assert f"Removing {OTHER} will block calls from it." in words(page)
    assert response.status_code == 303
    after = again(live).wanted
    assert (after.number, after.dtmf, after.source_hosts) == (3, "RFC2833", [MINE])


def test_undo_of_a_decrease_costs_nothing_in_the_same_month(alice, live):
    save(alice, live, channels="5")
    settle(live)

    assert "Nothing is charged now" in words(alice.get(url(live, "undo")))


@pytest.mark.parametrize("page", ["detail", "history"])
def test_undo_is_offered_after_a_change_and_not_before(alice, bob, live, page):
    assert url(live, "undo") not in alice.get(url(live, page)).content.decode()
    save(alice, live, dtmf="INBAND")
    settle(live)

    assert "Undo: back to revision 1" in words(alice.get(url(live, page)))
    assert url(live, "undo") not in bob.get(url(live, page)).content.decode()


def test_a_new_trunk_has_nothing_to_undo(alice, live):
    response = alice.get(url(live, "undo"), follow=True)

    assert response.redirect_chain == [(url(live, "detail"), 303)]
    assert "There is no earlier revision to go back to" in words(response)
    assert alice.post(url(live, "undo")).status_code == 409


def test_undoing_what_somebody_changed_meanwhile_is_refused(alice, live):
    save(alice, live, dtmf="INBAND")
    settle(live)
    page = alice.get(url(live, "undo"))
    save(alice, live, fax="T38")
    settle(live)

    assert alice.post(url(live, "undo"), hidden(page)).status_code == 409
    assert again(live).wanted.number == 3


def test_an_address_that_somebody_took_meanwhile_cannot_be_undone_to(alice, live, stranger_account, new_york):
    save(alice, live, sources=[OTHER])
    settle(live)
    page = alice.get(url(live, "undo"))
    order_trunk(stranger_account, make_specification(new_york, source_hosts=[MINE]))

    response = alice.post(url(live, "undo"), hidden(page))

    assert response.status_code == 422
    assert "it is registered to another customer" in words(response)


def test_an_address_that_became_ours_meanwhile_cannot_be_undone_to(alice, live, new_york):
    save(alice, live, sources=[OTHER])
    settle(live)
    page = alice.get(url(live, "undo"))
    Gateway.objects.create(data_centre=new_york, name="Carrier", host=MINE)

    response = alice.post(url(live, "undo"), hidden(page))

    assert response.status_code == 422
    assert f"{MINE} is our own address. In this lab use 127.77.128.0 to 127.77.255.255" in words(response)
    assert again(live).wanted.source_hosts == [OTHER]


@pytest.mark.parametrize("name", ["edit", "undo"])
def test_a_viewer_changes_nothing(bob, live, name):
    assert bob.get(url(live, name)).status_code == 403
    assert bob.post(url(live, name), {"action": "save"}).status_code == 403
    assert kinds_of(live) == ["CREATE"]


@pytest.mark.parametrize("name", ["edit", "undo"])
def test_a_stranger_finds_nothing(charlie, live, name):
    assert charlie.get(url(live, name)).status_code == 404
    assert charlie.post(url(live, name), {"action": "save"}).status_code == 404
