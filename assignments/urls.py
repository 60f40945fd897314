"""Every page of assignments; one noun per act under the assignment it is done to."""

from django.urls import URLPattern, URLResolver, include, path

from assignments.views import (
    answers,
    applications,
    applying,
    approval,
    board,
    bulk,
    calendar,
    catalog,
    changes,
    completion,
    detail,
    doing,
    ending,
    export,
    field_sets,
    filling_in,
    find_work,
    handed,
    handing_in,
    importing,
    labels,
    leaving,
    needs,
    payment,
    posting,
    reporting,
    reports,
    routing,
    saved_views,
    sending,
    series,
    series_dates,
    templates,
    work,
    work_map,
)

app_name = "assignments"

client_pages: list[URLPattern] = [
    path("edit/", posting.edit, name="edit"),
    path("duplicate/", posting.duplicate, name="duplicate"),
    path("delete/", ending.delete, name="delete"),
    path("template/", templates.keep, name="keep"),
    path("series/", series.repeat, name="repeat"),
    path("preview/", posting.preview, name="preview"),
    path("routing/", routing.routing, name="routing"),
    path("routing/plan/", routing.plan, name="plan"),
    path("routing/reports/", reports.send_reports, name="send_reports"),
    path("routing/reports/<int:number>/", reports.send_report, name="send_report"),
    path("applications/", applications.applications, name="applications"),
    path("approval/", approval.approval, name="approval"),
    path("payment/", payment.payment, name="payment"),
    path("cancellation/", ending.cancellation, name="cancellation"),
    path("hold/", doing.hold, name="hold"),
    path("release/", doing.release, name="release"),
    path("completion/", completion.completion, name="completion"),
    path("unassignment/", leaving.unassign, name="unassign"),
    path("budget/", leaving.budget, name="budget"),
    path("void/", ending.void, name="void"),
    path("labels/", labels.of_assignment, name="labels_of"),
]
shared_pages: list[URLPattern] = [
    path("parts/", handed.parts, name="parts"),
    path("parts/change/", handed.change_parts, name="change_parts"),
    path("documents/<int:number>/", handed.document, name="document"),
    path("report/", reporting.report, name="report"),
]
worker_pages: list[URLPattern] = [
    path("apply/", applying.apply, name="apply"),
    path("requirements/", needs.needs, name="needs"),
    path("withdraw/", applying.withdraw, name="withdraw"),
    path("decline/", applying.decline, name="decline"),
    path("accept/", applying.accept, name="accept"),
    path("confirmation/", work.confirmation, name="confirmation"),
    path("unconfirmation/", work.unconfirmation, name="unconfirmation"),
    path("on-my-way/", doing.on_my_way, name="on_my_way"),
    path("start/", work.start, name="start"),
    path("visits/", work.visits, name="visits"),
    path("visits/<int:number>/", doing.correction, name="correction"),
    path("missing/<int:number>/", doing.tick, name="tick"),
    path("deliverables/", handing_in.deliverables, name="deliverables"),
    path("deliverables/<int:number>/", handing_in.deliverable, name="deliverable"),
    path("fields/", filling_in.fields, name="fields"),
    path("fields/<int:number>/", filling_in.file, name="field_file"),
    path("back-out/", leaving.back_out, name="back_out"),
    path("deliverables/<int:number>/verdict/", doing.verdict, name="verdict"),
    path("submission/", handing_in.submission, name="submission"),
]


def catalog_pages(noun: str) -> list[URLPattern]:
    """The list of one noun, the page of a new one, and that of each."""
    of = {"noun": noun}
    return [
        path("", catalog.listing, of, name=f"{noun}s"),
        path("new/", catalog.new, of, name=f"new_{noun}"),
        path("<slug:reference>/", catalog.entry, of, name=noun),
    ]


both_pages: list[URLPattern] = [
    path("changes/", changes.changes, name="changes"),
    path("changes/time/", changes.ask, {"kind": "reschedule"}, name="reschedule"),
    path("changes/budget/", changes.ask, {"kind": "raise_budget"}, name="raise_budget"),
    path("changes/expense/", changes.ask, {"kind": "add_expense"}, name="add_expense"),
    path("changes/bonus/", changes.ask, {"kind": "add_bonus"}, name="add_bonus"),
]
import_pages: list[URLPattern] = [
    path("", importing.detail, name="import"),
    path("columns/", importing.columns, name="import_columns"),
    path("errors.csv", importing.errors, name="import_errors"),
    path("creation/", importing.creation, name="import_creation"),
    path("discard/", importing.discard, name="import_discard"),
    path("undo/", importing.undo, name="import_undo"),
]
template_pages: list[URLPattern] = [
    path("", templates.listing, name="templates"),
    path("new/", templates.new, name="new_template"),
    path("<slug:reference>/", templates.entry, name="template"),
    path("<slug:reference>/archive/", templates.archive, name="archive_template"),
    path("<slug:reference>/series/", series.repeat_template, name="repeat_template"),
]
series_pages: list[URLPattern] = [
    path("", series.listing, name="series_list"),
    path("<slug:reference>/", series.detail, name="series"),
    path("<slug:reference>/rhythm/", series.rhythm, name="series_rhythm"),
    path("<slug:reference>/state/", series.state, name="series_state"),
    path("<slug:reference>/dates/<slug:on>/", series_dates.entry, name="series_date"),
    path("<slug:reference>/dates/<slug:on>/edit/", series_dates.edit, name="series_date_edit"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("assignments/", board.board_page, name="list"),
    path("assignments/new/", posting.new, name="new"),
    path("assignments/import/", importing.import_list, name="import_list"),
    path("assignments/import/columns/", importing.columns_help, name="import_help"),
    path("assignments/import/sample.csv", importing.sample, name="import_sample"),
    path("assignments/import/<slug:reference>/", include(import_pages)),
    path("assignments/send/", sending.send_many, name="send_many"),
    path("assignments/bulk/", bulk.many, name="bulk"),
    path("assignments/export.csv", export.assignments_csv, name="export"),
    path("assignments/calendar/", calendar.company_calendar, name="calendar"),
    path("assignments/calendar.ics", calendar.feed, name="feed"),
    path("assignments/views/", saved_views.views, name="views"),
    path("assignments/views/new/", saved_views.new_view, name="new_view"),
    path("assignments/views/<slug:reference>/", saved_views.view, name="view"),
    path("assignments/<slug:reference>/", detail.detail, name="detail"),
    path(
        "assignments/<slug:reference>/",
        include(client_pages + shared_pages + worker_pages + both_pages),
    ),
    path("settings/templates/", include(template_pages)),
    path("series/", include(series_pages)),
    path("settings/customers/", include(catalog_pages("customer"))),
    path("settings/projects/", include(catalog_pages("project"))),
    path("settings/locations/", include(catalog_pages("location"))),
    path("settings/labels/", labels.listing, name="labels"),
    path("settings/labels/new/", labels.new, name="new_label"),
    path("settings/labels/<slug:reference>/", labels.entry, name="label"),
    path("settings/fields/", field_sets.listing, name="field_sets"),
    path("settings/fields/new/", field_sets.new, name="new_field_set"),
    path("settings/fields/<slug:reference>/", field_sets.entry, name="field_set"),
    path("settings/fields/<slug:reference>/answers/", answers.summary, name="field_set_answers"),
    path(
        "settings/fields/<slug:reference>/answers.csv",
        answers.summary_csv,
        name="field_set_answers_csv",
    ),
    path("work/", find_work.find_work, name="find_work"),
    path("work/map/", work_map.work_map, name="work_map"),
    path("work/qualifications/", needs.qualifications, name="qualifications"),
    path("work/mine/", work.my_work, name="my_work"),
    path("work/mine/calendar/", calendar.my_calendar, name="my_calendar"),
    path("work/calendar.ics", calendar.feed, name="my_feed"),
    path("settings/calendar/", calendar.feed_settings, name="feed_settings"),
]
