"""The staff site: who gets in, what support may do, what nobody may."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEvent, Member, User
from accounts.services import limits_of
from billing.models import LedgerEntry, PlanActivation
from billing.services import balance_of
from provisioning.models import NodeState, Operation, ProviderSource
from routing.models import Number
from tests.factories import (
    make_account,
    make_address,
    make_member,
    make_specification,
    open_data_centre,
    order_trunk,
)
from tests.portal.sides import signed_in
from tests.trunks.states import ask_nodes
from trunks.models import HostClaim, Trunk

OURS = {"accounts", "addresses", "billing", "provisioning", "routing", "trunks"}


@pytest.fixture
def trunk(account):
    return order_trunk(account, make_specification(open_data_centre(), service_address=make_address(account)))


def leading(account, trunk):
    """What the page of a number posts."""
    return {"account": account, "trunk": trunk, "kind": "LOCAL"}


def account_form(account, **changes):
    """What the account page posts."""
    limits = limits_of(account)
    activations = PlanActivation.objects.filter(account=account).order_by("pk")
    fields = {
        "limits-TOTAL_FORMS": 1,
        "limits-INITIAL_FORMS": 1,
        "limits-0-id": limits.pk,
        "limits-0-account": account.pk,
        "limits-0-trunks": limits.trunks,
        "limits-0-trunks_per_data_centre": limits.trunks_per_data_centre,
        "limits-0-data_centres": limits.data_centres,
        "limits-0-hosts_per_direction": limits.hosts_per_direction,
        "limits-0-channels": limits.channels,
        "limits-0-numbers": limits.numbers,
        "limits-0-routes": limits.routes,
        "limits-0-calls_per_second": limits.calls_per_second,
        "limits-0-credit": limits.credit,
        "planactivation_set-TOTAL_FORMS": len(activations),
        "planactivation_set-INITIAL_FORMS": len(activations),
    }
    for shown in ("ledger", "member_set"):
        fields |= {f"{shown}-TOTAL_FORMS": 0, f"{shown}-INITIAL_FORMS": 0}
    for place, activation in enumerate(activations):
        fields[f"planactivation_set-{place}-id"] = activation.pk
        fields[f"planactivation_set-{place}-account"] = account.pk
    return fields | changes


def change_url(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def list_url(name):
    return reverse(f"admin:{name}_changelist")


def test_a_customer_is_not_let_in(alice):
    response = alice.get(reverse("admin:index"))

    assert response.status_code in {302, 403}
    assert alice.get(list_url("accounts_account")).status_code in {302, 403}


def test_a_visitor_is_sent_to_the_portals_own_sign_in(db):
    response = Client().get(reverse("admin:login"))

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(
    "name",
    [f"{model._meta.label_lower.replace('.', '_')}" for model in admin.site._registry if model._meta.app_label in OURS],
)
def test_support_sees_every_list(staff, trunk, name):
    assert staff.get(list_url(name), {"q": "a"}).status_code == 200


def test_support_changes_limits_and_it_is_audited(staff, account):
    response = staff.post(change_url(account), account_form(account, **{"limits-0-channels": 750}))

    assert response.status_code == 302
    account.refresh_from_db()
    assert account.limits.channels == 750
    audit = AuditEvent.objects.get(action="limits.change")
    assert (audit.account, audit.actor.email) == (account, "staff@example.com")
    assert audit.details["changes"] == {"channels": ["100", "750"]}


def test_a_new_limit_of_calls_per_second_is_owed_to_the_nodes(staff, account, trunk):
    ask_nodes(trunk)

    staff.post(change_url(account), account_form(account, **{"limits-0-calls_per_second": 25}))

    assert not NodeState.objects.filter(subject_id=str(trunk.pk), verified=True).exists()


def test_support_cannot_rename_an_account(staff, account):
    staff.post(change_url(account), account_form(account, name="Mallory Telecom"))

    account.refresh_from_db()
    assert account.name == "Alice Telecom"


def test_support_activates_a_plan_in_its_own_name(staff, account):
    PlanActivation.objects.filter(account=account, plan="UNLIMITED").delete()
    fields = account_form(account)
    place = fields["planactivation_set-TOTAL_FORMS"]
    fields |= {
        "planactivation_set-TOTAL_FORMS": place + 1,
        f"planactivation_set-{place}-plan": "UNLIMITED",
        f"planactivation_set-{place}-account": account.pk,
    }

    assert staff.post(change_url(account), fields).status_code == 302

    activation = PlanActivation.objects.get(account=account, plan="UNLIMITED")
    assert activation.activated_by.email == "staff@example.com"


def test_support_takes_a_plan_away(staff, account):
    fields = account_form(account, **{"planactivation_set-0-DELETE": "on"})

    assert staff.post(change_url(account), fields).status_code == 302

    assert PlanActivation.objects.filter(account=account).count() == 1


def test_the_account_page_shows_the_money(staff, account, trunk):
    page = staff.get(change_url(account)).content.decode()

    held = balance_of(account).held
    assert "1,000.00 USD" in page
    assert f"{held:,.2f} USD" in page
    assert f"{1000 - held:,.2f} USD" in page


def credit_page(client, account):
    url = reverse("admin:accounts_account_credit", args=[account.pk])
    reference = client.get(url).context["form"]["reference"].value()
    return url, {"amount": "250.50", "reason": "Bank transfer 4711", "reference": reference}


def test_support_credits_a_balance_and_it_is_audited(staff, account):
    url, answers = credit_page(staff, account)

    assert staff.post(url, answers).status_code == 302

    assert str(balance_of(account).balance) == "1250.50"
    entry = LedgerEntry.objects.first()
    assert (entry.description, entry.created_by.email) == ("Bank transfer 4711", "staff@example.com")
    assert AuditEvent.objects.get(action="account.credit").details["amount"] == "250.50"


def test_a_credit_sent_twice_is_booked_once(staff, account):
    url, answers = credit_page(staff, account)
    staff.post(url, answers)

    page = staff.post(url, answers, follow=True).content.decode()

    assert str(balance_of(account).balance) == "1250.50"
    assert "booked before" in page
    assert AuditEvent.objects.filter(action="account.credit").count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": "0"}, "above zero"),
        ({"amount": "-5"}, "above zero"),
        ({"amount": "lots"}, "as a number"),
        ({"amount": "1.999"}, "decimal places"),
        ({"reason": "gift"}, "at least 10 characters"),
        ({"reason": ""}, "Enter what the credit is for"),
    ],
)
def test_a_wrong_credit_is_refused_and_keeps_its_answers(staff, account, changes, message):
    url, answers = credit_page(staff, account)

    response = staff.post(url, answers | changes)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert str(answers["reference"]) in response.content.decode()
    assert str(balance_of(account).balance) == "1000.00"


def test_a_credit_for_an_unknown_account_is_404(staff, account):
    url = reverse("admin:accounts_account_credit", args=["00000000-0000-4000-8000-000000000000"])

    assert staff.get(url).status_code == 404


@pytest.mark.parametrize(
    "said",
    [
        lambda trunk: trunk.name,
        lambda trunk: str(trunk.pk),
        lambda trunk: trunk.reference,
        lambda trunk: trunk.reference.lower(),
        lambda trunk: trunk.wanted.source_hosts[0],
        lambda trunk: trunk.account.name,
        lambda trunk: trunk.account.members.first().email,
    ],
)
def test_a_trunk_is_found_by_what_people_say(staff, trunk, said):
    order_trunk(make_account("Other", money="100"), make_specification(trunk.data_centre))

    found = staff.get(list_url("trunks_trunk"), {"q": said(trunk)}).context["cl"].queryset

    assert list(found) == [trunk]


def test_the_account_page_needs_few_queries(staff, account, django_assert_max_num_queries):
    staff.get(change_url(account))

    with django_assert_max_num_queries(16):
        staff.get(change_url(account))


def test_a_new_person_has_no_password_and_can_ask_for_one(root, account, mailoutbox):
    answers = {
        "email": "New.Person@Example.com",
        "member_set-TOTAL_FORMS": 1,
        "member_set-INITIAL_FORMS": 0,
        "member_set-0-account": account.pk,
        "member_set-0-role": Role.ENGINEER,
    }

    assert root.post(reverse("admin:accounts_user_add"), answers).status_code == 302

    person = User.objects.get(email="new.person@example.com")
    assert not person.has_usable_password()
    assert not person.is_staff
    assert Member.objects.get(user=person).account == account
    Client().post(reverse("account_reset_password"), {"email": person.email})
    assert [mail.to for mail in mailoutbox] == [[person.email]]
    assert "/password/reset/key/" in mailoutbox[0].body


def test_support_cannot_make_itself_powerful(staff):
    person = User.objects.get(email="staff@example.com")

    assert staff.post(change_url(person), {"email": person.email, "is_superuser": "on"}).status_code == 403


def number_in(data_centre, **fields):
    return Number.objects.create(e164="+13125550199", data_centre=data_centre, **fields)


def test_a_number_is_assigned_through_the_service(staff, trunk):
    number = number_in(trunk.data_centre)

    answers = leading("", str(trunk.pk))
    assert staff.post(change_url(number), answers).status_code == 302

    number.refresh_from_db()
    assert (number.trunk, number.account, number.generation) == (trunk, trunk.account, 2)
    assert NodeState.objects.filter(subject_id=number.e164, verified=False).count() == 2
    assert AuditEvent.objects.get(action="number.give").actor.email == "staff@example.com"


def test_saving_a_number_unchanged_asks_nothing_of_the_nodes(staff, trunk):
    number = number_in(trunk.data_centre, account=trunk.account)

    staff.post(change_url(number), leading(str(trunk.account_id), ""))

    number.refresh_from_db()
    assert number.generation == 1
    assert not NodeState.objects.filter(subject_id=number.e164).exists()


def test_a_number_on_a_trunk_keeps_the_trunks_account(staff, trunk):
    number = number_in(trunk.data_centre)
    staff.post(change_url(number), leading("", str(trunk.pk)))

    staff.post(change_url(number), leading("", str(trunk.pk)))

    number.refresh_from_db()
    assert number.account == trunk.account


def test_a_number_is_taken_off_its_trunk(staff, trunk):
    number = number_in(trunk.data_centre)
    staff.post(change_url(number), leading("", str(trunk.pk)))

    staff.post(change_url(number), leading(str(trunk.account_id), ""))

    number.refresh_from_db()
    assert (number.trunk, number.generation) == (None, 3)
    assert NodeState.objects.filter(subject_id=number.e164).exclude(wanted_hash="").count() == 2


def test_a_number_does_not_go_to_a_trunk_elsewhere(staff, trunk):
    number = number_in(open_data_centre("FRANKFURT"))

    response = staff.post(change_url(number), leading("", str(trunk.pk)))

    assert "calls arrive in Frankfurt" in response.content.decode()


def test_a_number_does_not_change_customers_by_accident(staff, trunk, stranger_account):
    number = number_in(trunk.data_centre, account=stranger_account)

    answers = leading(str(stranger_account.pk), str(trunk.pk))
    response = staff.post(change_url(number), answers)

    assert "belongs to Alice Telecom" in response.content.decode()


def test_a_data_centre_in_use_is_not_deleted(root, trunk):
    url = reverse("admin:provisioning_datacentre_delete", args=[trunk.data_centre_id])

    page = root.post(url, {"post": "yes"}).content.decode()

    assert "protected related objects" in page
    assert Trunk.objects.filter(pk=trunk.pk).exists()


def test_a_node_in_use_is_not_deleted(root, trunk):
    node = trunk.data_centre.nodes.first()
    NodeState.objects.create(
        node=node, subject_kind="trunk", subject_id=str(trunk.pk), wanted_generation=1, wanted_epoch=1
    )

    page = root.post(reverse("admin:provisioning_sbcnode_delete", args=[node.pk]), {"post": "yes"}).content.decode()

    assert "protected related objects" in page


def test_a_superuser_opens_a_data_centre_and_it_is_audited(root, db):
    data_centre = open_data_centre("PORTLAND")
    answers = {"name": "Portland", "place": "Portland, US", "country_code": "USA", "static_address": "127.77.1.1"}

    assert root.post(change_url(data_centre), answers).status_code == 302

    data_centre.refresh_from_db()
    assert not data_centre.is_open
    assert AuditEvent.objects.get(action="datacentre.change").subject_id == "PORTLAND"


def test_claims_are_shown_with_their_customer(staff, trunk):
    page = staff.get(list_url("trunks_hostclaim"), {"q": trunk.wanted.source_hosts[0]}).content.decode()

    assert "Alice Telecom" in page
    assert HostClaim.objects.count() == 1
    assert Operation.objects.count() == 1


def test_members_see_no_way_into_the_staff_site(account):
    owner = signed_in(make_member(account, Role.OWNER))

    assert owner.get(change_url(account)).status_code in {302, 403}


@pytest.mark.parametrize("network", ["192.0.2.0/30", "192.0.2.77", "2001:db8::1"])
def test_a_provider_source_is_an_address_or_a_small_network(root, network):
    root.post(reverse("admin:provisioning_providersource_add"), {"provider": "FRESHWORKS", "network": network})

    assert ProviderSource.objects.get().network == network


@pytest.mark.parametrize("network", ["192.0.2.1/30", "10.0.0.0/8", "twilio.com", ""])
def test_anything_else_is_no_provider_source(root, network):
    page = root.post(reverse("admin:provisioning_providersource_add"), {"provider": "FRESHWORKS", "network": network})

    assert page.status_code == 200
    assert not ProviderSource.objects.exists()
