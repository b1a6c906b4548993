"""Addresses of the team and of invitations."""

from django.urls import path

from accounts.views import invitations, team

app_name = "team"
urlpatterns = [
    path("team/", team.team_list, name="list"),
    path("team/leave/", team.leave_account, name="leave"),
    path("team/switch/", team.switch, name="switch"),
    path("team/<int:member_id>/", team.role, name="role"),
    path("team/<int:member_id>/remove/", team.remove, name="remove"),
    path("team/invite/", invitations.invite_person, name="invite"),
    path("team/invitations/<int:invitation_id>/resend/", invitations.resend, name="resend"),
    path("team/invitations/<int:invitation_id>/revoke/", invitations.revoke_invitation, name="revoke"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
]
