"""Policies, readable by everybody, and their acceptance; one's own standing."""

from django.urls import path

from conduct.views import policies, standing

app_name = "conduct"
urlpatterns = [
    path("policies/", policies.policies, name="policies"),
    path("policies/accept/", policies.accept, name="accept"),
    path("policies/<slug:slug>/", policies.policy, name="policy"),
    path("policies/<slug:slug>/difference/", policies.changes, name="difference"),
    path("policies/<slug:slug>/helpful/", policies.helpful, name="helpful"),
    path("standing/", standing.own, name="standing"),
    path("standing/<slug:reference>/", standing.measure, name="measure"),
    path("standing/<slug:reference>/files/<slug:code>/", standing.appeal_file, name="appeal_file"),
]
