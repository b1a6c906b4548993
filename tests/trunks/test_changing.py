"""Changing a trunk: one at a time, on top of what was seen, paid as shown, and taken back without a trace."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import Limits
from billing.enums import EntryKind
from billing.errors import NotEnoughCredit
from billing.models import LedgerEntry
from billing.quotes import PriceChanged
from billing.services import balance_of
from common.errors import ChangedMeanwhile, Conflict
from provisioning.enums import OperationKind, Status
from provisioning.models import Operation
from tests.factories import freshworks, genesys, make_account, make_member, make_specification, order_trunk, registered
from tests.trunks.states import kinds_of, newest, settle
from trunks.enums import AdminStatus, Cause
from trunks.models import HostClaim, Trunk, TrunkRevision
from trunks.pricing import offer_for_change
from trunks.selectors import earlier_revision
from trunks.services import change_trunk, disable_trunk, revert_trunk, suspend_trunk
from trunks.specification import TrunkSettings

MINE, OTHER, THIRD = "127.77.150.9", "127.77.150.10", "127.77.150.11"


@pytest.fixture
def live(trunk):
    return settle(trunk)


def again(trunk):
    return Trunk.objects.select_related("wanted", "live", "account").get(pk=trunk.pk)


def settings_of(trunk):
    return TrunkSettings.of(again(trunk).wanted)


def change(trunk, *, seen=None, price=None, actor=None, **wanted):
    """As a person who looks at the trunk now and agrees to the price."""
    trunk = again(trunk)
    settings = replace(settings_of(trunk), **wanted)
    offer = offer_for_change(trunk, settings.channels)
    shown = offer.fingerprint if offer else ""
    return change_trunk(
        trunk,
        settings,
        seen=trunk.wanted.number if seen is None else seen,
        price=shown if price is None else price,
        actor=actor or make_member(trunk.account),
    )


def entries(trunk):
    """What was booked after the order itself."""
    return [
        (entry.kind, entry.held_change, entry.balance_change)
        for entry in LedgerEntry.objects.filter(reference__startswith=f"trunk:{trunk.pk}:").order_by("id")
    ]


def claimed():
    return set(HostClaim.objects.filter(released_at=None).values_list("address", flat=True))


def test_a_change_is_a_new_revision_and_one_operation(live):
    operation = change(live, name="Head office", codecs=["PCMU"])

    after = again(live)
    assert (after.wanted.number, after.wanted.name, after.wanted.codecs) == (2, "Head office", ["PCMU"])
    assert (after.live.number, after.live.name) == (1, "Main office")
    assert (operation.kind, operation.generation) == (OperationKind.UPDATE, after.wanted.generation)
    assert kinds_of(live) == ["UPDATE", "CREATE"]


def test_a_change_is_live_when_it_has_succeeded(live):
    change(live, codecs=["PCMU"])

    settle(live)

    assert again(live).live.number == 2


def test_saving_what_is_there_already_does_nothing(live):
    assert change(live) is None

    assert kinds_of(live) == ["CREATE"]


def test_a_change_that_failed_leaves_the_trunk_as_it_was(live):
    change(live, name="Head office", codecs=["PCMU"])

    settle(live, Status.RESET, "The backup node refused it")

    after = again(live)
    assert (after.wanted_id, after.live_id, after.wanted.number) == (after.live_id, after.live_id, 1)


def test_after_a_reset_the_next_change_gets_a_number_of_its_own(live):
    change(live, codecs=["PCMU"])
    settle(live, Status.RESET)

    change(live, codecs=["G729"])

    assert again(live).wanted.number == 3


def test_another_change_waits_for_the_one_that_is_pending(live):
    disable_trunk(live, make_member(live.account))

    with pytest.raises(Conflict) as refused:
        change(live, codecs=["PCMU"])

    assert refused.value.code == "V-OP-1"


def test_a_change_of_something_older_says_who_was_quicker(live):
    ana = make_member(live.account, email="ana@example.com")
    change(live, codecs=["PCMU"], actor=ana)
    settle(live)

    with pytest.raises(ChangedMeanwhile) as refused:
        change(live, seen=1, codecs=["G729"])

    assert refused.value.code == "V-OP-2"
    assert refused.value.message.startswith("ana@example.com changed this trunk at ")
    assert again(live).wanted.codecs == ["PCMU"]


def test_a_failed_trunk_cannot_be_changed(trunk):
    settle(trunk, Status.FAILED)

    with pytest.raises(Conflict) as refused:
        change(trunk, codecs=["PCMU"])

    assert refused.value.message == "This trunk cannot be changed. Delete it and create a new one"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_is_told(live):
    both_have_looked = threading.Barrier(2, timeout=20)
    people = [make_member(live.account), make_member(live.account)]
    ended: list[object] = []

    def save(codec, actor):
        try:
            trunk, settings = again(live), replace(settings_of(live), codecs=[codec])
            both_have_looked.wait()
            ended.append(change_trunk(trunk, settings, seen=1, price="", actor=actor).status)
        except ChangedMeanwhile as told:
            ended.append(told.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=pair) for pair in zip(["PCMA", "PCMU"], people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(ended) == ["PENDING", "V-OP-2"]
    assert kinds_of(live) == ["UPDATE", "CREATE"]


def test_more_channels_are_held_now_and_charged_when_live(live):
    offer = offer_for_change(again(live), 4)
    change(live, channels=4)
    assert entries(live) == [(EntryKind.HOLD, offer.first_charge, 0)]

    settle(live)

    assert entries(live)[1:] == [(EntryKind.CAPTURE, -offer.first_charge, -offer.first_charge)]
    assert balance_of(live.account).held == 0


def test_more_channels_that_come_to_nothing_are_not_charged(live):
    before = balance_of(live.account)
    change(live, channels=4)

    settle(live, Status.RESET)

    assert balance_of(live.account) == before


def test_what_is_held_for_more_channels_is_given_back_when_a_suspension_overtakes(live):
    before = balance_of(live.account)
    change(live, channels=4)

    suspend_trunk(live, Cause.PAYMENT, "", None)

    assert balance_of(live.account) == before
    assert again(live).wanted.number == 1


def test_fewer_channels_charge_nothing(live):
    change(live, channels=1)
    settle(live)

    assert entries(live) == []
    assert again(live).wanted.quote.monthly == Decimal("15.00")


def test_channels_paid_this_month_are_not_paid_again(live):
    change(live, channels=1)
    settle(live)

    change(live, channels=2)
    settle(live)

    assert entries(live) == []


def test_a_price_is_paid_from_the_day_that_it_is_live_not_from_the_day_it_was_asked_for(live):
    change(live, channels=1)
    settle(live)
    last_month = timezone.now() - timedelta(days=40)
    TrunkRevision.objects.filter(trunk=live).update(created_at=last_month)
    Operation.objects.filter(subject_id=str(live.pk), kind=OperationKind.CREATE).update(finished_at=last_month)

    assert offer_for_change(again(live), 2).first_charge == 0

    Operation.objects.filter(subject_id=str(live.pk)).update(finished_at=last_month)
    assert offer_for_change(again(live), 2).first_charge > 0


def test_channels_of_a_change_that_failed_do_not_count_as_paid(live):
    change(live, channels=4)
    settle(live, Status.RESET)

    assert offer_for_change(again(live), 4).first_charge > 0


def test_a_price_that_was_not_shown_is_not_charged(live):
    with pytest.raises(PriceChanged) as changed:
        change(live, channels=4, price="what I saw yesterday")

    assert changed.value.offer.channels == 4
    assert kinds_of(live) == ["CREATE"]


def test_more_channels_than_the_money_allows_change_nothing(new_york):
    poor = make_account("Poor", money="30.00")
    trunk = settle(order_trunk(poor, make_specification(new_york)))

    with pytest.raises(NotEnoughCredit):
        change(trunk, channels=90)

    assert (kinds_of(trunk), again(trunk).generation, again(trunk).wanted.number) == (["CREATE"], 1, 1)


def test_more_channels_than_the_account_may_have_are_refused(live):
    Limits.objects.filter(account=live.account).update(channels=3)

    with pytest.raises(ValidationError) as refused:
        change(live, channels=4)

    assert refused.value.message_dict == {
        "channels": ["This trunk can have up to 3 channels. Enter 3 or less, or request more"]
    }


def test_fewer_channels_are_allowed_to_whoever_has_too_many(live):
    Limits.objects.filter(account=live.account).update(channels=0)

    assert change(live, channels=1)


IN_THE_LAB = "In this lab use 127.77.128.0 to 127.77.255.255"


def test_what_no_form_looked_at_is_judged(live):
    hosts = {"source_hosts": ["10.0.0.1"], "destinations": [("127.77.1.10", 5060)]}

    with pytest.raises(ValidationError) as refused:
        change(live, number_format="US_NATIONAL", international=True, **hosts)

    assert refused.value.message_dict == {
        "sources": [f"10.0.0.1 is a private address. {IN_THE_LAB}"],
        "destinations": [f"127.77.1.10 is our own address. {IN_THE_LAB}"],
        "number_format": ["US domestic format only works for calls within the United States. Choose E.164"],
    }
    assert kinds_of(live) == ["CREATE"]


def test_a_trunk_may_keep_its_name_in_another_spelling_but_not_take_that_of_another(live, order):
    order("Branch")

    with pytest.raises(ValidationError) as refused:
        change(live, name="BRANCH")

    assert list(refused.value.message_dict) == ["name"]
    assert change(live, name="MAIN office")


def test_a_name_being_given_up_stays_taken_until_that_is_sure(live, order):
    change(live, name="Head office")

    with pytest.raises(ValidationError) as refused:
        order("Main office")

    assert list(refused.value.message_dict) == ["name"]


def test_channels_being_given_up_stay_counted_until_that_is_sure(live, order):
    Limits.objects.filter(account=live.account).update(channels=2)
    change(live, channels=1)

    with pytest.raises(ValidationError) as refused:
        order("Branch", channels=1)

    assert list(refused.value.message_dict) == ["channels"]


def test_an_added_address_is_claimed_at_once_and_a_removed_one_until_nobody_needs_it(live):
    change(live, source_hosts=[OTHER])
    assert claimed() == {MINE, OTHER}

    settle(live)

    assert claimed() == {OTHER}


def test_addresses_are_claimed_as_before_when_the_change_came_to_nothing(live):
    change(live, source_hosts=[OTHER, THIRD])

    settle(live, Status.RESET)

    assert claimed() == {MINE}


def test_an_address_of_somebody_else_cannot_be_added(live, stranger_account, new_york):
    order_trunk(stranger_account, make_specification(new_york, source_hosts=[OTHER]))

    with pytest.raises(ValidationError) as refused:
        change(live, source_hosts=[MINE, OTHER])

    assert list(refused.value.message_dict) == ["sources"]
    assert (kinds_of(live), claimed()) == (["CREATE"], {MINE, OTHER})


def test_a_provider_keeps_its_presets_whatever_is_asked(account, new_york):
    trunk = settle(order_trunk(account, freshworks(new_york)))

    change(trunk, codecs=["G729"], fax="T38", source_hosts=[OTHER], destinations=[(OTHER, 5060)], international=True)

    after = again(trunk).wanted
    assert (after.codecs, after.fax, after.source_hosts, after.destinations) == (["PCMU", "PCMA"], "NONE", [], [])
    assert after.international


def test_a_registered_trunk_has_no_addresses(account, new_york):
    trunk = settle(order_trunk(account, registered(new_york)))

    change(trunk, source_hosts=[OTHER], destinations=[(OTHER, 5060)], options=True, dtmf="INBAND")

    after = again(trunk).wanted
    assert (after.source_hosts, after.destinations, after.options, after.dtmf) == ([], [], False, "INBAND")
    assert claimed() == set()


@pytest.mark.parametrize("specification", [make_specification, registered, freshworks, genesys])
def test_every_kind_can_be_renamed(account, new_york, specification):
    trunk = settle(order_trunk(account, specification(new_york)))

    change(trunk, name="Renamed")
    settle(trunk)

    assert again(trunk).live.name == "Renamed"


def test_a_disabled_trunk_can_be_changed_and_stays_disabled(live):
    disable_trunk(live, make_member(live.account))
    settle(live)

    change(live, codecs=["PCMU"])
    settle(live, Status.RESET)

    assert again(live).admin_status == AdminStatus.DISABLED


def undo(trunk):
    trunk = again(trunk)
    earlier = earlier_revision(trunk)
    offer = offer_for_change(trunk, earlier.channels) if earlier else None
    price = offer.fingerprint if offer else ""
    return revert_trunk(trunk, seen=trunk.wanted.number, price=price, actor=make_member(trunk.account))


def test_undo_goes_back_to_what_was_live_before(live):
    change(live, codecs=["PCMU"], source_hosts=[OTHER])
    settle(live)

    undo(live)
    settle(live)

    after = again(live).live
    assert (after.number, after.codecs, after.source_hosts) == (3, ["PCMA", "PCMU"], [MINE])
    assert claimed() == {MINE}


def test_undo_twice_is_where_one_began(live):
    change(live, codecs=["PCMU"])
    settle(live)
    undo(live)
    settle(live)

    undo(live)
    settle(live)

    assert again(live).live.codecs == ["PCMU"]


def test_undo_passes_over_what_was_never_live(live):
    change(live, codecs=["PCMU"])
    settle(live)
    change(live, codecs=["G729"])
    settle(live, Status.RESET)

    undo(live)

    assert again(live).wanted.codecs == ["PCMA", "PCMU"]


def test_a_new_trunk_has_nothing_to_go_back_to(live):
    with pytest.raises(Conflict) as refused:
        undo(live)

    assert newest(live).kind == OperationKind.CREATE
    assert refused.value.code == "V-OP-5"


def test_a_monthly_price_that_was_not_shown_is_not_agreed(live):
    with pytest.raises(PriceChanged):
        change(live, channels=1, price="what I saw yesterday")
