"""Marks: favorites and blocks; groups; requirement sets; credentials; agreements."""

from django.urls import path

from vetting.views import (
    agreement_texts,
    agreements,
    company_reviews,
    credentials,
    groups,
    joining,
    marks,
    members,
    overrides,
    requirement_sets,
    signing,
)

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
    path("credentials/", credentials.credentials, name="credentials"),
    path("credentials/new/", credentials.new, name="new_credential"),
    path("credentials/<slug:reference>/", credentials.credential, name="credential"),
    path("credentials/<slug:reference>/change/", credentials.change, name="change_credential"),
    path("credentials/<slug:reference>/renew/", credentials.renew, name="renew_credential"),
    path(
        "credentials/<slug:reference>/withdraw/", credentials.withdraw, name="withdraw_credential"
    ),
    path("credentials/<slug:reference>/shown/", credentials.shown, name="show_credential"),
    path(
        "credentials/<slug:reference>/decision/", company_reviews.decision, name="decide_credential"
    ),
    path("credentials/files/<slug:reference>/", credentials.document, name="credential_document"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/new/", agreement_texts.new, name="new_agreement"),
    path("agreements/<slug:reference>/", agreements.agreement, name="agreement"),
    path("agreements/<slug:reference>/publish/", agreement_texts.publish, name="publish_agreement"),
    path("agreements/<slug:reference>/archive/", agreement_texts.archive, name="archive_agreement"),
    path(
        "agreements/<slug:reference>/difference/",
        agreement_texts.difference,
        name="agreement_difference",
    ),
    path("agreements/<slug:reference>/sign/", signing.sign, name="sign_agreement"),
    path(
        "agreements/<slug:reference>/signatures.csv",
        agreements.signatures_csv,
        name="signatures_csv",
    ),
    path("signatures/<slug:reference>/copy.pdf", signing.copy, name="signature_copy"),
]
