"""Ratings, scorecards, and how their figures are made."""

from django.urls import path

from scorecards.views import exports, figures, formulas, rating, ratings, repeat

app_name = "scorecards"
urlpatterns = [
    path("scorecard/", figures.own, name="own"),
    path("companies/<slug:slug>/scorecard/", figures.company_figures, name="company_figures"),
    path("workers/<slug:reference>/scorecard/", figures.worker_figures, name="worker_figures"),
    path("companies/<slug:slug>/ratings/", ratings.of_company, name="company_ratings"),
    path("companies/<slug:slug>/repeat/", repeat.of_company, name="company_repeat"),
    path("workers/<slug:reference>/ratings/", ratings.of_worker, name="worker_ratings"),
    path("workers/<slug:reference>/repeat/", repeat.of_worker, name="worker_repeat"),
    path("scorecard/rows.csv", exports.own_rows, name="own_rows"),
    path("companies/<slug:slug>/scorecard/rows.csv", exports.company_rows, name="company_rows"),
    path("workers/<slug:reference>/scorecard/rows.csv", exports.worker_rows, name="worker_rows"),
    path("ratings/", ratings.own, name="ratings"),
    path("assignments/<slug:reference>/rating/", rating.rate, name="rate"),
    path("assignments/<slug:reference>/rating/reply/", rating.reply, name="reply"),
    path("help/formulas/", formulas.formulas, name="formulas"),
]
