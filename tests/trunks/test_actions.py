"""Enable, disable, delete: who may, when not and why, and that each is asked for once."""

from __future__ import annotations

import pytest
from django.urls import reverse

from provisioning.enums import Status
from tests.factories import make_member, make_specification, order_trunk
from tests.trunks.states import kinds_of, settle
from trunks.enums import AdminStatus
from trunks.models import Trunk
from trunks.services import disable_trunk, suspend_account

CHANGES = ["trunks:enable", "trunks:disable", "trunks:delete"]


@pytest.fixture
def pending(account, new_york):
    return order_trunk(account, make_specification(new_york, name="Main office"))


@pytest.fixture
def trunk(pending):
    return settle(pending)


@pytest.fixture
def disabled(trunk):
    disable_trunk(trunk, trunk.created_by)
    return settle(trunk)


def url(name, trunk):
    return reverse(f"trunks:{name}", args=[trunk.pk])


def again(trunk):
    return Trunk.objects.get(pk=trunk.pk)


def page(client, trunk):
    return client.get(url("detail", trunk)).content.decode()


def test_disabling_says_what_happens_before_it_does(alice, trunk):
    response = alice.get(url("disable", trunk))

    assert "Billing continues." in response.content.decode()
    assert kinds_of(trunk) == ["CREATE"]


def test_disabling_is_one_operation(alice, trunk):
    response = alice.post(url("disable", trunk))

    assert (response.status_code, response["Location"]) == (303, url("detail", trunk))
    assert kinds_of(trunk) == ["DISABLE", "CREATE"]
    assert "Pending: disabling" in page(alice, trunk)


def test_enabling_is_one_operation(alice, disabled):
    response = alice.post(url("enable", disabled))

    assert response.status_code == 303
    assert again(disabled).admin_status == AdminStatus.ENABLED
    assert kinds_of(disabled) == ["ENABLE", "DISABLE", "CREATE"]


def test_pressing_disable_twice_is_a_conflict_that_leads_back(alice, trunk):
    alice.post(url("disable", trunk))

    response = alice.post(url("disable", trunk))

    assert response.status_code == 409
    assert f'href="{url("detail", trunk)}"' in response.content.decode()
    assert kinds_of(trunk) == ["DISABLE", "CREATE"]


@pytest.mark.parametrize("name", ["disable", "delete"])
def test_a_pending_change_blocks_the_page_of_another(alice, pending, name):
    response = alice.get(url(name, pending), follow=True)

    assert "Another change is being applied" in response.content.decode()
    assert response.redirect_chain == [(url("detail", pending), 303)]


def test_a_pending_change_blocks_the_buttons_with_the_reason(alice, pending):
    content = page(alice, pending)

    assert content.count('aria-describedby="trunk-actions-why"') == 3
    assert '<p class="hint" id="trunk-actions-why">Another change is being applied.</p>' in content


def test_a_pending_disable_does_not_block_deletion(alice, trunk):
    alice.post(url("disable", trunk))

    alice.post(url("delete", trunk), {"name": "Main office"})

    assert kinds_of(trunk) == ["DELETE", "DISABLE", "CREATE"]


def test_a_failed_trunk_can_only_be_deleted(alice, pending):
    failed = settle(pending, Status.FAILED, "The primary node refused it")

    content = page(alice, failed)

    assert url("delete", failed) in content
    assert f'href="{url("disable", failed)}"' not in content
    assert alice.post(url("enable", failed)).status_code == 409
    assert alice.post(url("delete", failed), {"name": "Main office"}).status_code == 303


@pytest.mark.parametrize("name", ["enable", "disable"])
def test_what_we_disabled_the_customer_cannot_change(alice, trunk, name):
    Trunk.objects.update(admin_status=AdminStatus.SYSTEM_DISABLED)

    response = alice.post(url(name, trunk))

    assert response.status_code == 409
    assert again(trunk).admin_status == AdminStatus.SYSTEM_DISABLED
    assert "This trunk was disabled by us" in page(alice, trunk)


@pytest.mark.parametrize("name", ["", "Main", "Main office 2", "MainOffice"])
def test_another_name_deletes_nothing(alice, trunk, name):
    response = alice.post(url("delete", trunk), {"name": name})

    content = response.content.decode()
    assert response.status_code == 422
    assert content.count("Enter the trunk name exactly as shown") == 2
    assert "<title>Error: Delete" in content
    assert kinds_of(trunk) == ["CREATE"]


@pytest.mark.parametrize("name", ["Main office", "  Main office "])
def test_the_name_as_shown_deletes(alice, trunk, name):
    response = alice.post(url("delete", trunk), {"name": name}, follow=True)

    assert response.redirect_chain == [(reverse("trunks:list"), 303)]
    assert "Pending: deleting" in response.content.decode()
    assert kinds_of(trunk) == ["DELETE", "CREATE"]


def test_cancel_stands_before_delete(alice, trunk):
    content = alice.get(url("delete", trunk)).content.decode()

    assert content.index(">Cancel<") < content.index(">Delete<")


def test_a_trunk_that_is_being_deleted_has_no_buttons(alice, trunk):
    alice.post(url("delete", trunk), {"name": "Main office"})

    content = page(alice, trunk)

    assert ">Disable<" not in content
    assert url("delete", trunk) not in content


def test_enabling_needs_a_post(alice, disabled):
    assert alice.get(url("enable", disabled)).status_code == 405


@pytest.mark.parametrize("name", CHANGES)
def test_a_viewer_gets_403_and_changes_nothing(bob, trunk, name):
    response = bob.post(reverse(name, args=[trunk.pk]), {"name": "Main office"})

    assert response.status_code == 403
    assert kinds_of(trunk) == ["CREATE"]


def test_a_viewer_reads_why_the_buttons_are_off(bob, trunk):
    assert "Your role may look at trunks but not change them" in page(bob, trunk)


@pytest.mark.parametrize("name", CHANGES)
def test_a_stranger_gets_404_and_changes_nothing(charlie, trunk, name):
    response = charlie.post(reverse(name, args=[trunk.pk]), {"name": "Main office"})

    assert response.status_code == 404
    assert kinds_of(trunk) == ["CREATE"]


@pytest.mark.parametrize("name", CHANGES)
def test_visitors_sign_in_first(client, trunk, name):
    response = client.post(reverse(name, args=[trunk.pk]))

    assert response["Location"].startswith(reverse("account_login"))
    assert kinds_of(trunk) == ["CREATE"]


def test_a_suspended_account_reads_that_only_deletion_is_left(alice, account, trunk):
    settle(trunk)
    suspend_account(account.pk, "PAYMENT", "", reason="Test", actor=make_member(account))

    content = alice.get(url("detail", trunk)).content.decode()

    assert "Trunks can only be deleted; nothing can be ordered or changed." in content
    assert url("delete", trunk) in content
