"""Staff roles: readers look at everything and change nothing; nobody below a superuser makes anybody powerful."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from portal.staff_groups import OURS, READERS, SUPPORT, SUPPORT_MAY, staff_group
from tests.factories import make_user
from tests.portal.staff import sign_in


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
