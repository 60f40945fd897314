"""Model fields that several apps share."""

from typing import Any

from django.db import models


class MoneyField(models.DecimalField):
    """An amount in ``numeric(14,2)``; its currency stands on the company that owns the row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)
