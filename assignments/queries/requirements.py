"""How many workers the requirements of a posting let through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.models import Company
from vetting.models import RequirementSet
from vetting.queries.requirements import Effect, effect
from vetting.requirements.registry import On


def effect_of(
    company: Company, chosen: Sequence[int], site: Mapping[str, Any], *, at: datetime
) -> Effect:
    """For sets of the company by their keys, and the site as far as it is known (four queries)."""
    sets = RequirementSet.objects.filter(company=company, pk__in=chosen).whole()
    on = On(
        company, at, at.date(), site.get("latitude"), site.get("longitude"),
        region=site.get("region") or "",
    )  # fmt: skip
    return effect(sets, on)
