"""The team page: who sees it, who may change what, and that an account always has an owner."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEvent, Invitation, Member
from tests.accounts.people import join, sign_in, words
from tests.factories import make_account

TEAM, LEAVE = reverse("team:list"), reverse("team:leave")


@pytest.fixture
def people(account):
    """Role → (member, client), one of each."""
    return {role: join(account, role, role.label) for role in Role}


def role_url(member):
    return reverse("team:role", args=[member.pk])


def remove_url(member):
    return reverse("team:remove", args=[member.pk])


def leave(member, client):
    return client.post(LEAVE, {"account": str(member.account_id)}, follow=True)


def role_of(member):
    return Member.objects.get(pk=member.pk).role


def actions():
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize("role", Role)
def test_everybody_sees_the_team_and_what_each_role_may(people, role):
    answer = people[role][1].get(TEAM)

    assert answer.status_code == 200
    for other in Role:
        assert people[other][0].user.email in words(answer)
    assert (
        "Viewer May see trunks, numbers, routes, calls, service addresses and the team; "
        "see prices paid and the balance." in words(answer)
    )
    assert "Owner May do all that Admin may; also make and unmake owners." in words(answer)


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.BILLING, Role.VIEWER])
def test_without_the_right_buttons_are_disabled_with_the_reason(people, role):
    answer = people[role][1].get(TEAM)

    reason = "Only these roles may invite people, change roles and remove people: Owner, Admin."
    assert reason in words(answer)
    assert reverse("team:invite") not in answer.content.decode()
    assert role_url(people[Role.VIEWER][0]) not in answer.content.decode()
    assert LEAVE in answer.content.decode()


def test_an_admin_finds_the_buttons_of_owners_disabled(people):
    answer = people[Role.ADMIN][1].get(TEAM)

    assert "Only these roles may make and unmake owners: Owner" in words(answer)
    assert role_url(people[Role.OWNER][0]) not in answer.content.decode()
    assert role_url(people[Role.VIEWER][0]) in answer.content.decode()


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owner_and_admin_change_roles(people, role):
    viewer = people[Role.VIEWER][0]

    answer = people[role][1].post(role_url(viewer), {"role": Role.ENGINEER}, follow=True)

    assert "Viewer now has the role Engineer" in words(answer)
    assert role_of(viewer) == Role.ENGINEER
    event = AuditEvent.objects.get()
    assert (event.action, event.actor) == ("member.role", people[role][0].user)
    assert event.details == {"name": viewer.user.email, "changes": {"role": ["VIEWER", "ENGINEER"]}}


@pytest.mark.parametrize("url", [role_url, remove_url])
@pytest.mark.parametrize("role", [Role.ENGINEER, Role.BILLING, Role.VIEWER])
def test_nobody_else_changes_anything(people, role, url):
    target, client = people[Role.ADMIN][0], people[role][1]

    assert client.get(url(target)).status_code == client.post(url(target), {"role": "VIEWER"}).status_code == 403
    assert role_of(target) == Role.ADMIN


@pytest.mark.parametrize("url", [role_url, remove_url])
def test_an_admin_does_not_touch_an_owner(account, people, url):
    join(account, Role.OWNER)
    owner, client = people[Role.OWNER][0], people[Role.ADMIN][1]

    assert client.get(url(owner)).status_code == client.post(url(owner), {"role": "VIEWER"}).status_code == 403
    assert role_of(owner) == Role.OWNER


@pytest.mark.parametrize("who", [Role.ADMIN, Role.VIEWER])
def test_an_admin_makes_nobody_owner_not_even_themselves(people, who):
    target = people[who][0]

    answer = people[Role.ADMIN][1].post(role_url(target), {"role": Role.OWNER})

    assert answer.status_code == 422
    assert "Only these roles may make and unmake owners: Owner" in words(answer)
    assert role_of(target) == who


def test_an_owner_makes_another_owner_and_may_then_step_down(people):
    owner, client = people[Role.OWNER]
    client.post(role_url(people[Role.ADMIN][0]), {"role": Role.OWNER})

    client.post(role_url(owner), {"role": Role.VIEWER})

    assert role_of(owner) == Role.VIEWER
    assert role_of(people[Role.ADMIN][0]) == Role.OWNER


def test_the_last_owner_cannot_step_down(people):
    owner, client = people[Role.OWNER]

    answer = client.post(role_url(owner), {"role": Role.ADMIN})

    assert answer.status_code == 422
    assert "Make someone else owner first" in words(answer)
    assert role_of(owner) == Role.OWNER


def test_an_owner_who_cannot_sign_in_is_no_owner_to_count_on(account, people):
    owner, client = people[Role.OWNER]
    gone = join(account, Role.OWNER, "Gone")[0].user
    gone.is_active = False
    gone.save()

    assert client.post(role_url(owner), {"role": Role.ADMIN}).status_code == 422
    assert leave(owner, client).status_code == 409
    assert role_of(owner) == Role.OWNER


def test_the_last_owner_cannot_leave(people):
    owner, client = people[Role.OWNER]

    assert "Make someone else owner first" in words(client.get(TEAM))
    assert "Make someone else owner first" in words(client.get(LEAVE))
    answer = leave(owner, client)

    assert answer.status_code == 409
    assert "Make someone else owner first" in words(answer)
    assert role_of(owner) == Role.OWNER


@pytest.mark.parametrize("role", ["", "KING", "owner"])
def test_a_role_that_does_not_exist_is_refused(people, role):
    answer = people[Role.OWNER][1].post(role_url(people[Role.VIEWER][0]), {"role": role})

    assert answer.status_code == 422
    assert role_of(people[Role.VIEWER][0]) == Role.VIEWER


def test_keeping_the_role_writes_no_audit_line(people):
    people[Role.OWNER][1].post(role_url(people[Role.VIEWER][0]), {"role": Role.VIEWER})

    assert actions() == []


def test_who_is_removed_is_out_at_once_and_their_sessions_end(people):
    viewer, client = people[Role.VIEWER]
    assert client.get(TEAM).status_code == 200

    answer = people[Role.ADMIN][1].post(remove_url(viewer), follow=True)

    assert "Viewer was removed" in words(answer)
    assert not Member.objects.filter(pk=viewer.pk).exists()
    assert client.get(TEAM)["Location"].startswith(reverse("account_login"))
    assert actions() == ["member.remove"]


def test_who_belongs_to_another_account_too_stays_signed_in_there(people):
    viewer, client = people[Role.VIEWER]
    Member.objects.create(account=make_account("Beta"), user=viewer.user, role=Role.VIEWER)
    client.get(TEAM)

    people[Role.ADMIN][1].post(remove_url(viewer))

    assert "The people of Beta" in words(client.get(TEAM))


def test_removing_oneself_means_leaving(people):
    admin, client = people[Role.ADMIN]

    assert client.post(remove_url(admin))["Location"] == LEAVE
    assert role_of(admin) == Role.ADMIN


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ENGINEER, Role.BILLING, Role.VIEWER])
def test_everybody_but_the_last_owner_may_leave(people, role):
    member, client = people[role]
    client.get(TEAM)

    answer = leave(member, client)

    assert answer.request["PATH_INFO"] == reverse("account_login")
    assert "You have left Alice Telecom" in words(answer)
    assert not Member.objects.filter(pk=member.pk).exists()
    assert actions() == ["member.leave"]


def test_whoever_leaves_one_of_two_accounts_goes_on_in_the_other(people):
    viewer, client = people[Role.VIEWER]
    Member.objects.create(account=make_account("Beta"), user=viewer.user, role=Role.VIEWER)

    answer = leave(viewer, client)

    assert "Account Beta" in words(answer)


def test_leaving_twice_leaves_one_account(people):
    viewer, client = people[Role.VIEWER]
    Member.objects.create(account=make_account("Beta"), user=viewer.user, role=Role.VIEWER)
    assert f'name="account" value="{viewer.account_id}"' in client.get(LEAVE).content.decode()
    leave(viewer, client)

    answer = leave(viewer, client)

    assert answer.status_code == 409
    assert "You are in Beta now, and nothing was changed" in words(answer)
    assert Member.objects.get(user=viewer.user).account.name == "Beta"


@pytest.mark.parametrize("body", [{}, {"account": ""}, {"account": "\x00"}])
def test_leaving_without_saying_which_account_changes_nothing(people, body):
    viewer, client = people[Role.VIEWER]

    assert client.post(LEAVE, body).status_code == 409
    assert role_of(viewer) == Role.VIEWER


def test_looking_at_a_page_that_asks_changes_nothing(people):
    client, viewer = people[Role.OWNER][1], people[Role.VIEWER][0]

    for url in (role_url(viewer), remove_url(viewer), LEAVE):
        assert client.get(url).status_code == 200
    assert Member.objects.count() == len(Role)


@pytest.mark.parametrize("url", [role_url, remove_url])
def test_a_member_of_another_account_is_not_found(stranger_account, people, url):
    stranger, _client = join(stranger_account, Role.VIEWER)
    client = people[Role.OWNER][1]

    assert client.get(url(stranger)).status_code == client.post(url(stranger), {"role": "ADMIN"}).status_code == 404
    assert role_of(stranger) == Role.VIEWER


def test_names_are_shown_as_text(account, people):
    join(account, Role.VIEWER, "<b>Mallory</b>")

    assert "<b>Mallory</b>" not in people[Role.VIEWER][1].get(TEAM).content.decode()


def test_the_page_costs_the_same_queries_for_many_members(account, people, django_assert_max_num_queries):
    for _ in range(20):
        join(account, Role.VIEWER)
    client = sign_in(people[Role.OWNER][0].user)
    client.get(TEAM)

    with django_assert_max_num_queries(12):
        client.get(TEAM)


@pytest.mark.parametrize("change", ["remove", "demote"])
def test_open_invitations_of_who_may_not_invite_any_more_are_withdrawn(people, change):
    admin, client = people[Role.ADMIN]
    asked = {"account": str(admin.account_id), "email": "new@example.com", "role": Role.VIEWER}
    client.post(reverse("team:invite"), asked)
    owner = people[Role.OWNER][1]

    if change == "remove":
        owner.post(remove_url(admin))
    else:
        owner.post(role_url(admin), {"role": Role.BILLING})

    assert Invitation.objects.get().revoked_at
    assert "invitation.revoke" in actions()
