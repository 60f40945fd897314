"""Pages of the admin on which staff look and do not touch: rows are made and changed by verbs."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst


class Unchanged:
    """Rows that staff may remove at most: no adding, no changing; for admins and inlines alike."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(Unchanged):
    """Rows that staff read here and that nothing here removes either."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):
    """A list and a page to read; the list is called by what it holds."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        called = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, called | (extra_context or {}))
