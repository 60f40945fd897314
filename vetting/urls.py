"""Marks: favorites and blocks."""

from django.urls import path

from vetting import views

app_name = "vetting"
urlpatterns = [
    path("workers/<slug:reference>/mark/", views.worker_mark, name="worker_mark"),
    path("companies/<slug:slug>/mark/", views.company_mark, name="company_mark"),
    path("settings/marks/", views.own_marks, name="marks"),
]
