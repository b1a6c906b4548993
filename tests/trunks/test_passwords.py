"""The password of a registered trunk: shown to one person for a while, forgotten afterwards, and reset."""

from __future__ import annotations

import csv
import io
import re
import time
from datetime import timedelta

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEvent, Member
from common.errors import Conflict
from provisioning.enums import Status
from provisioning.sweeps import sweep
from tests.factories import make_member, make_specification, open_data_centre, order_trunk, registered
from tests.trunks.states import kinds_of, newest, settle
from trunks.models import Credential, OneTimeSecret, Trunk
from trunks.services import reset_password, reveal_secret
from trunks.services.passwords import OVERLAPS

AT_ONCE, TEN_MINUTES, _HOUR = OVERLAPS


@pytest.fixture
def place(db):
    return open_data_centre()


@pytest.fixture
def ana(account):
    return make_member(account, Role.ENGINEER, "ana@example.com")


@pytest.fixture
def anas(ana):
    return signed_in(ana)


@pytest.fixture
def pending(account, place, ana):
    return order_trunk(account, registered(place, name="Main office"), ana)


@pytest.fixture
def trunk(pending):
    return settle(pending)


def signed_in(user, minutes_ago=0):
    """A browser whose person proved who they are so many minutes ago."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - 60 * minutes_ago}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def url(name, trunk):
    return reverse(f"trunks:{name}", args=[trunk.pk])


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def page(client, trunk, name="handover"):
    return text_of(client.get(url(name, trunk)))


def show(client, trunk, **data):
    return client.post(url("reveal_password", trunk), data)


def shown_in(response):
    found = re.search(r'<code id="secret">([^<]*)</code>', response.content.decode())
    return found[1] if found else ""


def reset(client, trunk, overlap=AT_ONCE):
    return client.post(url("reset_password", trunk), {"overlap": str(int(overlap.total_seconds()))})


def secret_of(trunk):
    return OneTimeSecret.objects.get(credential__trunk=trunk)


def pass_time(trunk):
    OneTimeSecret.objects.filter(credential__trunk=trunk).update(expires_at=Now() - timedelta(seconds=1))


# Shown


def test_the_password_is_not_on_the_page_until_it_is_asked_for(anas, trunk, ana):
    password = reveal_secret(trunk, ana)

    assert f"You can look at this password until {secret_of(trunk).expires_at:%H:%M} (UTC), or until you say" in page(
        anas, trunk
    )
    assert password not in page(anas, trunk)


def test_show_answers_with_a_whole_page_without_a_script(anas, trunk, ana):
    response = show(anas, trunk)

    assert shown_in(response) == reveal_secret(trunk, ana)
    assert "<html" in text_of(response)
    assert 'hx-history="false"' in text_of(response)
    assert response["Cache-Control"] == "private, no-store"


def test_show_answers_a_script_with_the_place_alone(anas, trunk):
    response = anas.post(url("reveal_password", trunk), {"page": "handover"}, headers={"HX-Request": "true"})

    assert shown_in(response)
    assert "<html" not in text_of(response)
    assert response["Cache-Control"] == "private, no-store"


def test_the_password_is_asked_for_with_post(anas, trunk):
    assert anas.get(url("reveal_password", trunk)).status_code == 405
    assert anas.get(url("password_csv", trunk)).status_code == 405


def test_a_lost_answer_does_not_lose_the_password(anas, pending):
    first, second = shown_in(show(anas, pending)), shown_in(show(anas, pending))

    assert first == second != ""


def test_every_look_is_in_the_audit_trail_without_the_password(anas, trunk, ana):
    password = shown_in(show(anas, trunk))

    line = AuditEvent.objects.get(action="trunk.password_shown")
    assert (line.actor_id, line.subject_id) == (ana.pk, str(trunk.pk))
    assert password not in str(line.details)


def test_the_file_has_what_a_pbx_needs(anas, trunk, ana):
    response = anas.post(url("password_csv", trunk))

    heads, cells = csv.reader(io.StringIO(response.content.decode()))
    row = dict(zip(heads, cells, strict=True))
    assert row["Password"] == reveal_secret(trunk, ana)
    assert (row["User name"], row["Realm"]) == (trunk.username, "sip.localhost")
    assert row["Registrars"] == "127.77.1.10:5060 127.77.1.11:5060"
    assert response["Cache-Control"] == "private, no-store"
    assert "attachment" in response["Content-Disposition"]


def test_no_spreadsheet_runs_a_name(account, place, ana, anas):
    trunk = order_trunk(account, registered(place, name="=cmd|calc"), ana)

    assert "'=cmd|calc" in anas.post(url("password_csv", trunk)).content.decode()


# To whom


@pytest.mark.parametrize("name", ["reveal_password", "password_csv", "acknowledge_password"])
def test_nobody_else_gets_the_password(account, trunk, ana, name):
    password = reveal_secret(trunk, ana)
    owner = signed_in(make_member(account, Role.OWNER))

    response = owner.post(url(name, trunk), {"saved": "on"})

    assert password not in text_of(response)
    assert secret_of(trunk).sealed != ""


def test_others_read_to_whom_it_is_shown_and_until_when(account, trunk):
    owner = signed_in(make_member(account, Role.OWNER))

    until = f"{secret_of(trunk).expires_at:%H:%M}"

    assert f"The password is shown to ana@example.com until {until} (UTC)." in page(owner, trunk)


@pytest.mark.parametrize("role", [Role.BILLING, Role.VIEWER])
@pytest.mark.parametrize("name", ["reveal_password", "password_csv", "acknowledge_password", "reset_password"])
def test_roles_that_change_nothing_get_no_password(account, trunk, role, name):
    client = signed_in(make_member(account, role))

    assert client.post(url(name, trunk), {"saved": "on"}).status_code == 403


def test_a_reader_who_lost_the_right_gets_no_password(trunk, ana, anas):
    Member.objects.filter(user=ana).update(role=Role.VIEWER)

    assert show(anas, trunk).status_code == 403
    assert url("reveal_password", trunk) not in page(anas, trunk)


def test_the_password_of_a_stranger_is_not_found(charlie, trunk):
    for name in ("reveal_password", "password_csv", "acknowledge_password", "reset_password"):
        assert charlie.post(url(name, trunk)).status_code == 404


# Until when


def test_done_forgets_the_password(anas, trunk):
    password = shown_in(show(anas, trunk))

    response = anas.post(url("acknowledge_password", trunk), {"saved": "on", "page": "handover"})

    assert (response.status_code, response["Location"]) == (303, reverse("trunks:list"))
    assert secret_of(trunk).sealed == ""
    assert password not in text_of(show(anas, trunk))


def test_done_wants_the_box_ticked_first(anas, trunk):
    response = anas.post(url("acknowledge_password", trunk), {"page": "handover"})

    assert response.status_code == 303
    assert "Save the password first, then tick this box" in text_of(anas.get(response["Location"]))
    assert secret_of(trunk).sealed != ""


@pytest.mark.parametrize("name", ["handover", "password"])
def test_back_after_done_complains_about_nothing(anas, trunk, name):
    missed = anas.post(url("acknowledge_password", trunk), {"page": name})["Location"]
    anas.post(url("acknowledge_password", trunk), {"page": name, "saved": "on"})

    page = anas.get(missed)

    assert page.status_code == 200
    assert missed.startswith(url(name, trunk))
    assert "Save the password first" not in text_of(page)


def test_a_reload_offers_the_password_until_it_is_acknowledged(anas, trunk):
    """F35."""
    show(anas, trunk)

    assert page(anas, trunk).count("You can look at this password until") == 1
    anas.post(url("acknowledge_password", trunk), {"saved": "on"})

    after = page(anas, trunk)
    assert re.search(r"The password was shown on \d+ \w+ \d{4}, \d\d:\d\d \(UTC\) to ana@example.com", after)
    assert "Reset the password if you lost it" in after


def test_a_reload_after_its_time_offers_nothing(anas, trunk):
    """F35."""
    show(anas, trunk)
    pass_time(trunk)

    assert "The password was shown on" in page(anas, trunk)
    assert shown_in(show(anas, trunk)) == ""


def test_a_password_that_nobody_looked_at_in_time_says_so(anas, trunk):
    pass_time(trunk)

    assert "The password was never shown and cannot be shown any more" in page(anas, trunk)


def test_whoever_closed_the_browser_after_paying_finds_the_password(account, place, ana):
    """F34: the answer to Pay now never arrived."""
    trunk = settle(order_trunk(account, registered(place), ana))
    another_browser = signed_in(ana)

    assert shown_in(show(another_browser, trunk))


def test_an_order_that_failed_has_no_password(anas, pending):
    settle(pending, Status.FAILED)

    assert not Credential.objects.filter(trunk=pending).exists()
    assert shown_in(show(anas, pending)) == ""
    assert url("reveal_password", pending) not in page(anas, pending)


@pytest.mark.django_db(transaction=True)
def test_a_sweep_forgets_what_is_expired(trunk):
    pass_time(trunk)

    sweep()

    assert secret_of(trunk).sealed == ""
    assert secret_of(trunk).ended_at is not None


# Reset


def test_the_page_says_what_happens_before_it_does(anas, trunk):
    content = page(anas, trunk, "reset_password")

    assert "The user name stays" in content
    assert kinds_of(trunk) == ["CREATE"]


def test_a_reset_leads_to_the_new_password(anas, trunk, ana):
    old = reveal_secret(trunk, ana)

    response = reset(anas, trunk)

    assert (response.status_code, response["Location"]) == (303, url("password", trunk))
    assert kinds_of(trunk) == ["RESET_PASSWORD", "CREATE"]
    new = shown_in(show(anas, trunk, page="password"))
    assert new not in {"", old}


def test_the_page_says_when_both_nodes_accept_it(anas, trunk):
    reset(anas, trunk)
    assert "Until then the old password may still work" in page(anas, trunk, "password")

    settle(trunk)

    content = page(anas, trunk, "password")
    assert "Both nodes accept the new password" in content
    assert "Old password does not work any more" in content
    assert "Sign in again on your PBX with the new password now." in content


def test_before_the_first_reset_the_page_shows_no_progress(anas, trunk):
    assert "How far it is" not in page(anas, trunk, "password")


def test_the_page_says_how_long_the_old_password_works(anas, trunk):
    reset(anas, trunk, TEN_MINUTES)
    settle(trunk)

    until = Credential.objects.exclude(until=None).get(trunk=trunk).until

    assert f"Old password works until {until:%H:%M}" in page(anas, trunk, "password")


def test_a_reset_that_came_to_nothing_destroys_the_new_password(anas, trunk):
    reset(anas, trunk)
    new = shown_in(show(anas, trunk, page="password"))
    settle(trunk, Status.RESET, "The backup node did not accept it")

    content = page(anas, trunk, "password")

    assert "The password was not changed. The old one still works" in content
    assert new not in text_of(show(anas, trunk, page="password"))
    assert Credential.objects.filter(trunk=trunk).count() == 1


def test_a_reset_that_fails_while_somebody_waits_reloads_the_page(anas, trunk):
    reset(anas, trunk)
    asked = re.search(r'data-poll-url="([^"]*)"', page(anas, trunk, "password"))[1].replace("&amp;", "&")
    settle(trunk, Status.RESET)

    assert anas.get(asked)["HX-Redirect"] == url("password", trunk)


def test_polling_never_replaces_the_password(anas, trunk):
    reset(anas, trunk)
    asked = re.search(r'data-poll-url="([^"]*)"', page(anas, trunk, "password"))[1].replace("&amp;", "&")
    settle(trunk)

    answer = anas.get(asked)

    assert answer.status_code == 286
    assert 'id="password"' not in text_of(answer)
    assert "Both nodes accept the new password" in text_of(answer)


def test_one_change_at_a_time(anas, pending):
    response = reset(anas, pending)

    assert response.status_code == 409
    assert "Another change is still being applied. Try again when it has finished" in text_of(response)
    assert kinds_of(pending) == ["CREATE"]


def test_a_fourth_reset_within_an_hour_is_refused_in_words(anas, trunk):
    for _time in range(3):
        reset(anas, trunk)
        settle(trunk)

    response = reset(anas, trunk)

    assert response.status_code == 409
    assert "The password was reset 3 times within an hour. Try again later." in text_of(response)
    assert newest(trunk).generation == 4


def test_whoever_signed_in_long_ago_proves_who_they_are_first(trunk, ana):
    late = signed_in(ana, minutes_ago=16)

    for response in (late.get(url("reset_password", trunk)), reset(late, trunk)):
        assert response["Location"].startswith(f"{reverse('account_reauthenticate')}?next=")
    assert kinds_of(trunk) == ["CREATE"]


def test_after_the_password_was_asked_for_again_the_page_is_there(trunk, ana):
    late = signed_in(ana, minutes_ago=16)
    asked = late.get(url("reset_password", trunk))["Location"]

    response = late.post(asked, {"password": "a long pass phrase"})

    assert response["Location"] == url("reset_password", trunk)
    assert late.get(response["Location"]).status_code == 200


def test_an_overlap_of_another_length_is_refused(anas, trunk):
    response = anas.post(url("reset_password", trunk), {"overlap": "86400"})

    assert response.status_code == 422
    assert "Select what becomes of the old password" in text_of(response)


def test_other_trunks_have_no_password_to_reset(account, place, ana, anas):
    static = settle(order_trunk(account, make_specification(place), ana))

    for response in (anas.get(url("reset_password", static)), reset(anas, static)):
        assert (response.status_code, response["Location"]) == (303, url("detail", static))
    with pytest.raises(Conflict):
        reset_password(static, AT_ONCE, ana)


def test_a_failed_trunk_gets_no_new_password(anas, pending):
    settle(pending, Status.FAILED)

    assert "Delete it and create a new one" in text_of(reset(anas, pending))
    assert Trunk.objects.get(pk=pending.pk).credential is None
