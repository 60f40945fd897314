"""``manage.py publish_policies``: put the policy texts of this release into force."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from conduct import policies


class Command(BaseCommand):
    help = "Publish the policy texts of this release; running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            published = policies.publish(at=timezone.now())
        except policies.PublishedTextChanged as error:
            raise CommandError(str(error)) from error
        for version in published:
            self.stdout.write(f"Published {version}.")
        if not published:
            self.stdout.write("All policies are published.")
