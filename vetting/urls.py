"""Marks: favorites and blocks; groups."""

from django.urls import path

from vetting.views import groups, joining, marks, members

app_name = "vetting"
urlpatterns = [
    path("workers/<slug:reference>/mark/", marks.worker_mark, name="worker_mark"),
    path("companies/<slug:slug>/mark/", marks.company_mark, name="company_mark"),
    path("settings/marks/", marks.own_marks, name="marks"),
    path("groups/", groups.groups, name="groups"),
    path("groups/new/", groups.new, name="new_group"),
    path("groups/<slug:reference>/", groups.group, name="group"),
    path("groups/<slug:reference>/edit/", groups.edit, name="edit_group"),
    path("groups/<slug:reference>/archive/", groups.archive, name="archive_group"),
    path("groups/<slug:reference>/add/", members.add, name="add_to_group"),
    path("groups/<slug:reference>/members/", members.members, name="group_members"),
    path("groups/<slug:reference>/answer/", joining.answer, name="answer_group"),
]
