"""Requirements about where a worker lives."""

from __future__ import annotations

from math import ceil
from typing import Any

from django import forms
from django.db.models import BooleanField, F, FloatField, Func, JSONField, OuterRef, Q, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.lookups import Exact, IsNull, LessThanOrEqual
from django.urls import reverse_lazy

from accounts.models import WorkerProfile
from accounts.queries import miles_from, near
from core.places import COUNTRIES, STATES, miles_between
from vetting.requirements.beside import WORK, said, worker_is
from vetting.requirements.registry import EVERYBODY, Finding, Kind, On, Values, ValuesForm

PROFILE = reverse_lazy("accounts:worker_settings")
STATE_NAMES = dict(STATES)
COUNTRY_NAMES = dict(COUNTRIES)
MOST_MILES = 500


class DistanceForm(ValuesForm):
    miles = forms.IntegerField(
        label="Miles from the site",
        min_value=1,
        max_value=MOST_MILES,
        initial=50,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": "Say how many miles."},
    )


class Distance(Kind):
    """Counts where the work has a site; remote work and groups ask it of nobody."""

    slug = "distance"
    label = "Lives near the site"
    heading = "Place"
    help = "Measured from the ZIP code of the worker. Remote work asks it of nobody."
    asks = frozenset({"site"})
    form = DistanceForm

    def sentence(self, values: Values) -> str:
        miles = values["miles"]
        return f"Lives within {miles} mile{'s' * (miles != 1)} of the site"

    def check(self, worker: WorkerProfile, values: Values, on: On) -> Finding:
        if on.latitude is None or on.longitude is None:
            return Finding(met=True, reason="Counts only for work on a site.")
        if worker.latitude is None or worker.longitude is None:
            reason = "Your profile does not say where you live."
            return Finding(
                met=False, reason=reason, fix_url=str(PROFILE), fix_label="Add your ZIP code",
                for_client="Place unknown",
            )  # fmt: skip
        miles = miles_between(worker.latitude, worker.longitude, on.latitude, on.longitude)
        words = f"{ceil(miles):,} mile{'s' * (ceil(miles) != 1)} away"
        if miles <= values["miles"]:
            return Finding(met=True, reason=f"You live {words}.", for_client=words.capitalize())
        return Finding(
            met=False, reason=f"You live {words}.", fix_url=str(PROFILE),
            fix_label="Moved? Change your ZIP code", for_client=words.capitalize(),
        )  # fmt: skip

    def remedy(self, values: Values) -> tuple[str, str]:
        return str(PROFILE), "Moved? Change your ZIP code"

    def condition(self, values: Values, on: On) -> Q:
        if on.latitude is None or on.longitude is None:
            return EVERYBODY
        return near(on.latitude, on.longitude, values["miles"])

    def met(self) -> Q:
        away = miles_from(WORK.latitude, WORK.longitude)
        near_enough = worker_is(LessThanOrEqual(away, said("miles", FloatField())))
        return Q(IsNull(WORK.latitude, True)) | Q(IsNull(WORK.longitude, True)) | near_enough


class RegionForm(ValuesForm):
    where = forms.ChoiceField(
        choices=[("named", "In a place chosen here"), ("site", "In the state of the site")],
        initial="named",
        label="Where",
    )
    country = forms.ChoiceField(choices=COUNTRIES, initial="US")
    states = forms.MultipleChoiceField(
        choices=STATES,
        required=False,
        help_text="Any of these. With none chosen, anywhere in the country.",
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("where") == "site":
            data |= {"country": "US", "states": []}
        elif data.get("states") and data.get("country") != "US":
            self.add_error("states", "These are states of the United States. Choose that country.")
        return data


class Listed(Func):
    """Whether a text is one of a JSON array's."""

    template, arg_joiner = "jsonb_exists(%(expressions)s)", ", "
    output_field = BooleanField()


class Region(Kind):
    slug = "region"
    label = "Lives in a country or state"
    heading = "Place"
    help = "By the ZIP code of the worker."
    asks = frozenset({"site"})
    form = RegionForm

    def sentence(self, values: Values) -> str:
        if values["where"] == "site":
            return "Lives in the state of the site"
        if not values["states"]:
            name = COUNTRY_NAMES.get(values["country"], values["country"])
            return f"Lives in {'the ' * (values['country'] == 'US')}{name}"
        names = [STATE_NAMES.get(code, code) for code in values["states"]]
        return "Lives in " + " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))

    def check(self, worker: WorkerProfile, values: Values, on: On) -> Finding:
        if values["where"] == "site" and not on.region:
            return Finding(met=True, reason="Counts only for work on a site.")
        country, states = self._wanted(values, on)
        lives = STATE_NAMES.get(worker.region, worker.region) or "a place we do not know"
        met = worker.country == country and (not states or worker.region in states)
        if met:
            return Finding(met=True, reason=f"You live in {lives}.", for_client=worker.place)
        return Finding(
            met=False, reason=f"Your profile says you live in {lives}.", fix_url=str(PROFILE),
            fix_label="Moved? Change your ZIP code", for_client=worker.place or "Place unknown",
        )  # fmt: skip

    def remedy(self, values: Values) -> tuple[str, str]:
        return str(PROFILE), "Moved? Change your ZIP code"

    def condition(self, values: Values, on: On) -> Q:
        if values["where"] == "site" and not on.region:
            return EVERYBODY
        country, states = self._wanted(values, on)
        return Q(country=country, region__in=states) if states else Q(country=country)

    def met(self) -> Q:
        states = KeyTransform("states", OuterRef("values"))
        in_states = Q(Exact(states, Value([], JSONField()))) | Q(Listed(states, F("region")))
        there = worker_is(country=WORK.country, region=WORK.region)
        of_site = Q(Exact(WORK.region, Value(""))) | there
        named = worker_is(in_states, country=said("country"))
        by_site = Q(values__where="site")
        return (by_site & of_site) | (~by_site & named)

    @staticmethod
    def _wanted(values: Values, on: On) -> tuple[str, list[str]]:
        if values["where"] == "site":
            return on.country, [on.region]
        return values["country"], values["states"]
