"""Joining, settings, teams, and the public pages of workers and companies."""

from django.urls import path

from accounts.views import joining, profiles, settings, team

app_name = "accounts"
urlpatterns = [
    path("join/", joining.join, name="join"),
    path("join/client/", joining.join_client, name="join_client"),
    path("join/worker/", joining.join_worker, name="join_worker"),
    path("act-as/", joining.act_as, name="act_as"),
    path("settings/profile/", settings.person, name="person"),
    path("settings/worker/", settings.worker_settings, name="worker_settings"),
    path("settings/company/", settings.company_settings, name="company_settings"),
    path("settings/company/logo/", settings.company_picture, name="company_picture"),
    path("settings/public/", settings.public_profile, name="public_profile"),
    path("settings/team/", team.members, name="team"),
    path("settings/team/invite/", team.invite, name="invite_member"),
    path("settings/team/invitations/", team.invitations, name="invitations"),
    path("settings/team/<slug:reference>/", team.member, name="member"),
    path("invitations/<slug:token>/", team.invitation, name="invitation"),
    path("workers/<slug:reference>/", profiles.worker, name="worker"),
    path("companies/<slug:slug>/", profiles.company, name="company"),
    path("companies/<slug:slug>/logo/<slug:code>/", profiles.company_logo, name="company_logo"),
]
