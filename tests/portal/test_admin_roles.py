"""Staff roles: readers look at everything and change nothing; nobody below a superuser makes anybody powerful."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from accounts.models import Account, AuditEvent, User
from billing.models import LedgerEntry, Plan, PlanActivation, PlanRequest
from billing.plan_requests import ask_for_plan
from portal.staff_groups import OURS, READERS, SUPPORT, SUPPORT_MAY, staff_group
from provisioning.models import DataCentre, Gateway, NodeState, Operation, SbcNode
from routing.models import Number
from tests.factories import make_member, make_specification, make_user, open_data_centre, order_trunk
from tests.portal.staff import member_of_staff, sign_in
from trunks.models import Trunk, TrunkDraft

# Pages that only read, whatever the method, and the doors that are allauth's.
OPEN = {"login", "logout", "password_change", "password_change_done", "jsi18n", "end_acting", "search", "app_list"}
KEPT = (Account, AuditEvent, LedgerEntry, Operation, PlanActivation, PlanRequest, Trunk, User, DataCentre, Gateway)


def staff_patterns():
    return [entry for entry in _walk(dict(get_resolver().namespace_dict)["admin"][1]) if entry.name]


def _walk(resolver):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from _walk(entry)


@pytest.fixture
def rows(account):
    """One row of every kind, by model name."""
    new_york = open_data_centre()
    trunk = order_trunk(account, make_specification(new_york))
    PlanActivation.objects.filter(account=account, plan="UNLIMITED").delete()
    node = SbcNode.objects.first()
    made = [
        account,
        trunk,
        trunk.wanted,
        trunk.claims.get(),
        new_york,
        node,
        Operation.objects.get(),
        ask_for_plan(account, Plan.objects.get(pk="UNLIMITED"), make_member(account)),
        Number.objects.create(e164="+13125550199", data_centre=new_york, account=account),
        Gateway.objects.create(data_centre=new_york, name="gw", host="127.77.1.99"),
        TrunkDraft.objects.create(account=account),
        Plan.objects.first(),
        User.objects.first(),
        AuditEvent.objects.first(),
        LedgerEntry.objects.first(),
        trunk.quote,
        NodeState.objects.create(
            node=node, subject_kind="trunk", subject_id=str(trunk.pk), wanted_generation=1, wanted_epoch=1
        ),
    ]
    return {row._meta.model_name: row for row in made}


def addresses(rows):
    """Every address of the staff site that a row of ours can fill."""
    for entry in staff_patterns():
        if entry.name in OPEN or entry.name.endswith("_history"):
            continue
        words = entry.pattern.regex.groupindex
        model = entry.name.split("_")[1] if "_" in entry.name else ""
        if words and model not in rows:
            continue
        try:
            yield reverse(f"admin:{entry.name}", args=[rows[model].pk] if words else [])
        except NoReverseMatch:
            continue


def everything():
    return {model: list(model._default_manager.order_by("pk").values()) for model in KEPT}


def test_readers_change_nothing_anywhere(rows):
    reader = sign_in(member_of_staff(READERS))
    reader.get(reverse("admin:index"))
    before = everything()
    tried = set(addresses(rows))

    answers = {url: reader.post(url, {"reason": "A reason that is long enough", "post": "yes"}) for url in tried}

    assert len(tried) > 60
    refused = {url for url, answer in answers.items() if answer.status_code in {403, 405}}
    assert tried - refused == {reverse("admin:index")}  # which only reads
    assert everything() == before


def test_readers_look_at_everything(rows):
    reader = sign_in(member_of_staff(READERS))

    for model in admin.site._registry:
        if model._meta.app_label not in OURS:
            continue
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        assert reader.get(reverse(f"admin:{name}_changelist")).status_code == 200, name
        row = rows.get(model._meta.model_name)
        if row is not None:
            assert reader.get(reverse(f"admin:{name}_change", args=[row.pk])).status_code == 200, name


def test_the_groups_have_exactly_their_rights(db):
    def names(group):
        return {f"{right.content_type.app_label}.{right.codename}" for right in staff_group(group).permissions.all()}

    reads = {name for name in names(READERS) if name.split(".")[1].startswith("view_")}
    assert names(READERS) == reads
    assert names(SUPPORT) == reads | set(SUPPORT_MAY)
    secret = {"trunks.view_credential", "trunks.view_onetimesecret"}
    models = {model for model in apps.get_models() if model._meta.app_label in OURS}
    assert reads | secret == {f"{model._meta.app_label}.view_{model._meta.model_name}" for model in models}


def test_a_right_that_was_added_by_hand_goes_with_the_next_start(db):
    group = staff_group(READERS)
    group.permissions.add(Permission.objects.get(codename="change_user"))

    assert not staff_group(READERS).permissions.filter(codename="change_user").exists()


@pytest.fixture
def powerful(db):
    """Staff with every right there is, and not a superuser."""
    user = make_user("powerful@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return user


def user_form(user, **changes):
    fields = {"first_name": user.first_name, "last_name": user.last_name, "is_active": "on"}
    return fields | {"member_set-TOTAL_FORMS": 0, "member_set-INITIAL_FORMS": 0} | changes


def test_a_superuser_is_edited_by_superusers_only(powerful):
    root = make_user("root@example.com", is_staff=True, is_superuser=True)
    url = reverse("admin:accounts_user_change", args=[root.pk])

    assert sign_in(powerful).post(url, user_form(root, first_name="Mallory")).status_code == 403
    assert (
        sign_in(root).post(url, user_form(root, first_name="Rita", is_staff="on", is_superuser="on")).status_code == 302
    )


@pytest.mark.parametrize("who", ["powerful@example.com", "colleague@example.com"])
def test_nobody_below_a_superuser_gives_rights(powerful, who):
    user = User.objects.filter(email=who).first() or make_user(who)
    group = staff_group(SUPPORT)
    url = reverse("admin:accounts_user_change", args=[user.pk])

    sign_in(powerful).post(url, user_form(user, is_staff="on", is_superuser="on", groups=[group.pk]))

    after = User.objects.get(pk=user.pk)
    assert (after.is_superuser, after.is_staff, after.groups.count()) == (False, user.is_staff, 0)


@pytest.mark.parametrize(
    "name", ["auth_group", "account_emailaddress", "mfa_authenticator", "usersessions_usersession"]
)
def test_the_back_doors_to_a_sign_in_are_for_superusers(powerful, name):
    staff_group(SUPPORT)
    url = reverse(f"admin:{name}_changelist")

    assert sign_in(powerful).get(url).status_code == 403
    assert sign_in(make_user("root@example.com", is_staff=True, is_superuser=True)).get(url).status_code == 200
