"""Money in the admin: the books to read, and what staff do about them by hand."""

from payments.admin.books import Lines, Record
from payments.admin.operations import AdjustmentAdmin, BooksCheckAdmin, ProviderEventAdmin

__all__ = ["AdjustmentAdmin", "BooksCheckAdmin", "Lines", "ProviderEventAdmin", "Record"]
