from django.urls import path, register_converter
from django.urls.converters import StringConverter

from escalations.views import contests, parties


class CaseLabel(StringConverter):
    regex = r"C-[0-9]{1,9}"


register_converter(CaseLabel, "case_label")

app_name = "escalations"
urlpatterns = [
    path("assignments/<slug:reference>/escalation/", parties.open_case, name="open"),
    path("assignments/<slug:reference>/rating/contest/", contests.contest, name="contest"),
    path("cases/", parties.cases, name="cases"),
    path("cases/<case_label:label>/", parties.case, name="case"),
    path("cases/<case_label:label>/messages/", parties.reply, name="reply"),
    path("cases/<case_label:label>/evidence/", parties.add_evidence, name="add_evidence"),
    path(
        "cases/<case_label:label>/evidence/transcript/",
        parties.add_transcript,
        name="add_transcript",
    ),
    path("cases/<case_label:label>/evidence/choose/", parties.exhibits, name="exhibits"),
    path("cases/<case_label:label>/opinion/", parties.give_opinion, name="give_opinion"),
    path("cases/<case_label:label>/evidence/<slug:reference>/", parties.evidence, name="evidence"),
    path("cases/<case_label:label>/proposal/", parties.answer_proposal, name="proposal"),
    path("cases/<case_label:label>/withdrawal/", parties.withdraw, name="withdraw"),
]
