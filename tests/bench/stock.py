"""The site with a stock admin of cases beside it, as ``admin.site.register(Case)`` would give.

It shows the columns that a row of the desk shows, as many rows, and on the page of a case what
the case itself says with the lines of its timeline. Foreign keys are entered by their keys: lists
of all workers and assignments would make it hundreds of times slower.
"""

from django.contrib import admin
from django.urls import path

from escalations.models import Case, CaseEntry
from marketplace.urls import urlpatterns as of_the_site

site = admin.AdminSite(name="stock")


class Timeline(admin.TabularInline):
    model = CaseEntry
    extra = 0
    raw_id_fields = ("author",)


class StockCases(admin.ModelAdmin):
    list_display = (
        "number", "kind", "assignment", "company", "worker", "status", "priority", "assignee",
        "first_answer_due_at", "update_due_at", "closed_at",
    )  # fmt: skip
    list_select_related = ("assignment", "company", "worker__user", "assignee")
    list_per_page = 25
    list_filter = ("status", "kind", "priority", "side")
    search_fields = ("number", "assignment__title", "company__name", "worker__user__full_name")
    raw_id_fields = (
        "assignment", "company", "worker", "hold", "assignee", "opened_by", "merged_into",
    )  # fmt: skip
    inlines = (Timeline,)
    ordering = ("priority", "update_due_at", "pk")


site.register(Case, StockCases)
urlpatterns = [*of_the_site, path("stock/", site.urls)]
