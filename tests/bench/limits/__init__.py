"""Minimal pages: the least Django code that does a page's work, as a limit to measure against."""
