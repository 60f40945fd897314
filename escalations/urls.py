from django.urls import path, register_converter
from django.urls.converters import StringConverter

from escalations import views


class CaseLabel(StringConverter):
    regex = r"C-[0-9]{1,9}"


register_converter(CaseLabel, "case_label")

app_name = "escalations"
urlpatterns = [
    path("assignments/<slug:reference>/escalation/", views.open_case, name="open"),
    path("cases/", views.cases, name="cases"),
    path("cases/<case_label:label>/", views.case, name="case"),
    path("cases/<case_label:label>/messages/", views.reply, name="reply"),
    path("cases/<case_label:label>/evidence/", views.add_evidence, name="add_evidence"),
    path("cases/<case_label:label>/evidence/<slug:reference>/", views.evidence, name="evidence"),
    path("cases/<case_label:label>/proposal/", views.answer_proposal, name="proposal"),
    path("cases/<case_label:label>/withdrawal/", views.withdraw, name="withdraw"),
]
