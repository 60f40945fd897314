"""The money pages, one file per noun."""
