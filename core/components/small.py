"""Small things: icon, badge, money, moments, people, figures."""

import zlib
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone

from core import charts, dates
from core.badges import Badge
from core.components.reading import badge_of, name_of, now_of, read
from core.money import format_money

register = template.Library()


@register.inclusion_tag("components/icon.html")
def icon(name: str, label: str = "", size: str = "") -> dict[str, Any]:
    return {"href": f"{static('img/icons.svg')}#{name}", "label": label, "size": size}


@register.inclusion_tag("components/badge.html")
def badge(label: Any, tone: str = "neutral", icon: str = "") -> dict[str, Any]:
    if isinstance(label, Badge):
        return {"label": label.label, "tone": label.tone, "icon": label.icon}
    return {"label": label, "tone": tone, "icon": icon}


@register.inclusion_tag("components/badge.html")
def status(thing: Any, field: str = "status", label: str = "") -> dict[str, Any]:
    found = badge_of(thing, field, label)
    return {"label": found.label, "tone": found.tone, "icon": found.icon}


@register.inclusion_tag("components/money.html")
def money(
    amount: Decimal | None,
    currency: str = "USD",
    sign: bool = False,
    tone: bool = False,
    free: str = "–",
) -> dict[str, Any]:
    if amount is None:
        return {"words": free, "kind": ""}
    words = format_money(Decimal(amount), currency).replace("-", "−")
    if sign and amount > 0:
        words = f"+{words}"
    kind = ("money-minus" if amount < 0 else "money-plus") if tone and amount else ""
    return {"words": words, "kind": kind}


@register.inclusion_tag("components/when.html", takes_context=True)
def when(
    context: Context,
    at: datetime | None,
    zone: str | tzinfo | None = None,
    relative: bool = True,
    inline: bool = False,
    style: str = "full",
    empty: str = "–",
) -> dict[str, Any]:
    if at is None:
        return {"words": empty, "at": None}
    return {
        "at": at,
        "words": dates.moment_words(at, zone, style),
        "relative": dates.relative_words(at, now_of(context)) if relative else "",
        "inline": inline,
    }


@register.inclusion_tag("components/when_range.html", takes_context=True)
def when_range(
    context: Context,
    start: datetime,
    end: datetime,
    zone: str | tzinfo | None = None,
    relative: bool = True,
) -> dict[str, Any]:
    words = dates.range_words(start, end, zone)
    away = dates.relative_words(start, now_of(context)) if relative else ""
    return {"start": start, "words": words, "relative": away}


@register.inclusion_tag("components/when.html", takes_context=True)
def day(
    context: Context, on: date | None, relative: bool = False, empty: str = "–"
) -> dict[str, Any]:
    if on is None:
        return {"words": empty, "at": None}
    if isinstance(on, datetime):
        on = timezone.localdate(on)
    today = timezone.localdate(now_of(context))
    return {
        "at": on,
        "day": True,
        "words": dates.date_format(on, dates.DATE),
        "relative": dates.day_words(on, today) if relative else "",
    }


@register.inclusion_tag("components/ago.html", takes_context=True)
def ago(context: Context, at: datetime | None, zone: str | tzinfo | None = None) -> dict[str, Any]:
    if at is None:
        return {"at": None}
    now = now_of(context)
    return {
        "at": at,
        "full": dates.moment_words(at, zone),
        "words": dates.relative_words(at, now),
    }


@register.inclusion_tag("components/avatar.html")
def avatar(name: Any, photo: str = "", size: str = "", square: bool = False) -> dict[str, Any]:
    words = [word for word in name_of(name).split() if word[0].isalnum()]
    ends = words[:1] + words[-1:] if len(words) > 1 else words
    return {
        "initials": "".join(word[0] for word in ends).upper() or "?",
        "hue": zlib.crc32(name_of(name).encode()) % 5,
        "photo": photo,
        "size": size,
        "square": square,
    }


@register.inclusion_tag("components/person.html")
def person(
    who: Any, href: str = "", sub: str = "", photo: str = "", size: str = ""
) -> dict[str, Any]:
    known = not isinstance(who, str)
    return {
        "name": name_of(who),
        "href": href or (known and read(who, "get_absolute_url", "")) or "",
        "sub": sub,
        "photo": photo or (known and read(who, "photo_url", "")) or "",
        "size": size,
    }


@register.inclusion_tag("components/company.html")
def company(
    who: Any,
    href: str = "",
    tone: str = "",
    word: str = "",
    sub: str = "",
    size: str = "",
) -> dict[str, Any]:
    known = not isinstance(who, str)
    return {
        "name": name_of(who),
        "href": href or (known and read(who, "get_absolute_url", "")) or "",
        "tone": tone,
        "word": word,
        "sub": sub,
        "size": size,
    }


@register.inclusion_tag("components/progress_bar.html")
def progress_bar(value: int, max: int, label: str = "") -> dict[str, Any]:
    return {"value": value, "max": max or 1, "most": max, "label": label}


@register.inclusion_tag("components/sparkline.html")
def sparkline(values: Sequence[float], label: str = "", tone: str = "") -> dict[str, Any]:
    return {"spark": charts.spark(values), "label": label, "tone": tone}


@register.inclusion_tag("components/chart.html")
def chart(chart: charts.Chart) -> dict[str, Any]:
    return {"chart": chart}


@register.inclusion_tag("email/button.html")
def email_button(url: str, label: str) -> dict[str, Any]:
    return {"url": url, "label": label}
