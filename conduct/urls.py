"""Policies, readable by everybody, and their acceptance."""

from django.urls import path

from conduct import views

app_name = "conduct"
urlpatterns = [
    path("policies/", views.policies, name="policies"),
    path("policies/accept/", views.accept, name="accept"),
    path("policies/<slug:slug>/", views.policy, name="policy"),
]
