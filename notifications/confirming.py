"""Codes that prove an address or a telephone: sent there, typed here.

A code is derived from its row and the site's secret, so that it stands nowhere in the database.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.actors import Actor
from accounts.models import User
from activity.record import record
from core.errors import DomainError
from notifications.models import Channel, Confirmation, DeadAddress, Delivery, Notice, Reach

GOOD_FOR = timedelta(minutes=15)
PAUSE = timedelta(minutes=1)
MOST_TRIES = 5
NUMBER = re.compile(r"\+[1-9]\d{7,14}")


class TooSoon(DomainError):
    message = "A code was sent a moment ago. Wait a minute before you ask for another one."


class WrongCode(DomainError):
    message = "This is not the code that was sent. Look again, or ask for a new one."


class CodeOver(DomainError):
    message = "This code is no longer good. Ask for a new one."


@transaction.atomic
def ask(user: User, channel: Channel, address: str, *, by: Actor, at: datetime) -> Confirmation:
    """Send a code to the address; an earlier one is no longer good. Raises ``TooSoon``."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    found = Confirmation.objects.filter(person=user, channel=channel).first()
    if found and timedelta() <= at - found.asked_at < PAUSE:
        raise TooSoon
    asked, _ = Confirmation.objects.update_or_create(
        person=user, channel=channel, defaults={"address": address, "asked_at": at, "tries": 0}
    )
    notice = Notice.objects.create(
        recipient=user, kind=f"code.{channel}", title=f"Your code for {settings.SITE_NAME}",
        reason="you asked for a code", in_app=False, made_at=at, read_at=at,
        key=f"code:{asked.pk}:{at.isoformat()}",
    )  # fmt: skip
    Delivery.objects.create(notice=notice, channel=channel, due_at=at)
    record("person.code_asked", user, by=by, at=at, channel=str(channel))
    return asked


def confirm(user: User, channel: Channel, code: str, *, by: Actor, at: datetime) -> Confirmation:
    """Take the code: the telephone is theirs, or the address gets mail again.

    Raises ``CodeOver`` and ``WrongCode``; a wrong one is counted, also though it is refused.
    """
    with transaction.atomic():
        asked = (
            Confirmation.objects.select_for_update().filter(person=user, channel=channel).first()
        )
        if asked is None or at - asked.asked_at > GOOD_FOR or asked.tries >= MOST_TRIES:
            raise CodeOver
        typed = "".join(code.split())
        is_right = constant_time_compare(typed, code_of(asked))
        if is_right:
            _settle(asked, by=by, at=at)
        else:
            asked.tries += 1
            asked.save(update_fields=["tries"])
    if not is_right:
        raise WrongCode
    return asked


@transaction.atomic
def forget_phone(user: User, *, by: Actor, at: datetime) -> None:
    """No text messages any more."""
    reach = Reach.objects.select_for_update().filter(person=user).exclude(phone="").first()
    if reach is None:
        return
    reach.phone, reach.phone_confirmed_at = "", None
    reach.save(update_fields=["phone", "phone_confirmed_at"])
    record("person.phone_removed", user, by=by, at=at)


def _settle(asked: Confirmation, *, by: Actor, at: datetime) -> None:
    if asked.channel == Channel.SMS:
        Reach.objects.update_or_create(
            person_id=asked.person_id,
            defaults={"phone": asked.address, "phone_confirmed_at": at},
        )
        record("person.phone_confirmed", asked.person, by=by, at=at)
    else:
        DeadAddress.objects.filter(address=asked.address.lower()).delete()
        record("person.address_confirmed", asked.person, by=by, at=at)
    Confirmation.objects.filter(pk=asked.pk).delete()


def is_code(notice: Notice) -> bool:
    return notice.kind.startswith("code.")


def code_of(asked: Confirmation) -> str:
    """Six digits, others for each time it is asked for."""
    said = f"{asked.pk}:{asked.channel}:{asked.address}:{asked.asked_at.isoformat()}"
    digest = salted_hmac("notifications.confirming", said, algorithm="sha256").hexdigest()
    return f"{int(digest, 16) % 1_000_000:06d}"


def words_for(notice: Notice, channel: Channel) -> tuple[str, str]:
    """Where the code of this notice goes, and its words; nowhere where it was replaced."""
    asked = Confirmation.objects.filter(person=notice.recipient_id, channel=channel).first()
    if asked is None or notice.key != f"code:{asked.pk}:{asked.asked_at.isoformat()}":
        return "", ""
    minutes = int(GOOD_FOR.total_seconds() // 60)
    return asked.address, (
        f"{code_of(asked)} is your code for {settings.SITE_NAME}. "
        f"It is good for {minutes} minutes. Tell it nobody."
    )
