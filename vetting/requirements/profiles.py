"""Requirements about what a worker says of themselves, and how they stand to the company."""

from __future__ import annotations

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse_lazy

from accounts.models import WorkerProfile
from core.languages import LANGUAGES
from vetting.models import CompanyMark, Standing
from vetting.requirements.beside import WORK, said, worker_is
from vetting.requirements.registry import Finding, Kind, On, Values, ValuesForm

PROFILE = reverse_lazy("accounts:worker_settings")


class LanguageForm(ValuesForm):
    language = forms.ChoiceField(
        choices=[("", "Choose a language"), *((name, name) for name in LANGUAGES)],
        error_messages={"required": "Choose a language."},
    )


class Language(Kind):
    slug = "language"
    label = "Speaks a language"
    heading = "Profile"
    help = "As the worker's profile says. For several languages add one requirement each."
    form = LanguageForm

    def sentence(self, values: Values) -> str:
        return f"Speaks {values['language']}"

    def check(self, worker: WorkerProfile, values: Values, on: On) -> Finding:
        language = values["language"]
        if language in worker.languages:
            return Finding(met=True, reason=f"Your profile says you speak {language}.")
        return Finding(
            met=False, reason=f"Your profile does not say that you speak {language}.",
            fix_url=str(PROFILE), fix_label="Add a language", for_client="Not on the profile",
        )  # fmt: skip

    def remedy(self, values: Values) -> tuple[str, str]:
        return str(PROFILE), "Add a language"

    def condition(self, values: Values, on: On) -> Q:
        return Q(languages__contains=[values["language"]])

    def met(self) -> Q:
        return worker_is(languages__contains=[said("language")])


class ProfileComplete(Kind):
    slug = "profile"
    label = "Profile is complete"
    heading = "Profile"
    help = "Headline, description, at least one skill, a ZIP code and a phone number."

    PARTS = (
        ("headline", "a headline"), ("about", "a description of your work"),
        ("postal_code", "your ZIP code"), ("phone", "a phone number"),
    )  # fmt: skip

    def sentence(self, values: Values) -> str:
        return "Has a complete profile"

    def check(self, worker: WorkerProfile, values: Values, on: On) -> Finding:
        missing = [words for name, words in self.PARTS if not getattr(worker, name)]
        missing += [] if worker.skills else ["your skills"]
        if not missing:
            return Finding(met=True, reason="Your profile is complete.")
        return Finding(
            met=False, reason=f"Your profile still lacks {listed(missing)}.",
            fix_url=str(PROFILE), fix_label="Complete your profile",
            for_client="The profile is not complete",
        )  # fmt: skip

    def remedy(self, values: Values) -> tuple[str, str]:
        return str(PROFILE), "Complete your profile"

    def condition(self, values: Values, on: On) -> Q:
        return self._complete()

    def met(self) -> Q:
        return worker_is(self._complete())

    def _complete(self) -> Q:
        empty = Q(skills=[])
        for name, _ in self.PARTS:
            empty |= Q(**{name: ""})
        return ~empty


class NotBlocked(Kind):
    """Says no more to the worker than that the work is closed to them."""

    slug = "not_blocked"
    label = "Is not blocked by us"
    heading = "With your company"

    def sentence(self, values: Values) -> str:
        return "Is not blocked by the client"

    def check(self, worker: WorkerProfile, values: Values, on: On) -> Finding:
        if not self._blocks(on).filter(worker=worker).exists():
            return Finding(met=True)
        return Finding(
            met=False, reason="This client's work is not open to you.",
            for_client="You have blocked this worker",
        )  # fmt: skip

    def is_per_company(self, values: Values) -> bool:
        return True

    def condition(self, values: Values, on: On) -> Q:
        return Q(~Exists(self._blocks(on).filter(worker=OuterRef("pk"))))

    def met(self) -> Q:
        blocks = CompanyMark.objects.filter(company=WORK.company, standing=Standing.BLOCKED)
        return Q(~Exists(blocks.filter(worker=WORK.worker)))

    @staticmethod
    def _blocks(on: On) -> QuerySet[CompanyMark, CompanyMark]:
        return CompanyMark.objects.filter(company=on.company, standing=Standing.BLOCKED)


def listed(words: list[str]) -> str:
    """``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
