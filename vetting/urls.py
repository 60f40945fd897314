"""Marks: favorites and blocks; groups; requirement sets."""

from django.urls import path

from vetting.views import groups, joining, marks, members, overrides, requirement_sets

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
    path("requirements/", requirement_sets.sets, name="requirement_sets"),
    path("requirements/new/", requirement_sets.new, name="new_requirement_set"),
    path("requirements/<slug:reference>/", requirement_sets.one, name="requirement_set"),
    path("requirements/<slug:reference>/edit/", requirement_sets.edit, name="edit_requirement_set"),
    path("requirements/<slug:reference>/copy/", requirement_sets.copy, name="copy_requirement_set"),
    path(
        "requirements/<slug:reference>/archive/",
        requirement_sets.archive,
        name="archive_requirement_set",
    ),
    path(
        "requirements/<slug:reference>/add/<slug:kind>/",
        requirement_sets.add,
        name="add_requirement",
    ),
    path(
        "requirements/<slug:reference>/<int:pk>/", requirement_sets.requirement, name="requirement"
    ),
    path(
        "requirements/<slug:reference>/overrides/",
        overrides.overrides,
        name="requirement_overrides",
    ),
]
