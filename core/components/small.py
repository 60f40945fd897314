"""Small things: icon, badge, money, moments, people, figures.

The smallest are written here and not in templates, since a list holds hundreds of them. Those
that follow from a few words alone are drawn once in a process and kept; ``typed`` keeps words
that are markup already apart from the same words as people wrote them.
"""

import textwrap
import zlib
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core import charts, dates
from core.badges import Badge
from core.components.reading import badge_of, name_of, now_of, read
from core.money import format_money

register = template.Library()

_SILENT = mark_safe('aria-hidden="true"')
_LIVE = mark_safe(" data-relative")


@cache
def _sprite() -> str:
    return static("img/icons.svg")


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """One drawing of the local sprite; with a ``label`` it speaks. Sizes: sm, md, lg."""
    return _drawn_icon(str(name), str(label), size)


@lru_cache(maxsize=2_000, typed=True)
def _drawn_icon(name: str, label: str, size: str) -> SafeString:
    spoken = format_html('role="img" aria-label="{}"', label) if label else _SILENT
    return format_html(
        '<svg class="icon{}" focusable="false" {}><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        spoken,
        _sprite(),
        name,
    )


_icon = icon


@register.simple_tag
def badge(label: Any, tone: str = "neutral", icon: str = "") -> SafeString:
    """A word with its tone and icon; ``label`` may be a ``core.badges.Badge``."""
    if isinstance(label, Badge):
        label, tone, icon = label.label, label.tone, label.icon
    return _drawn_badge(str(label), tone, icon)


@lru_cache(maxsize=2_000, typed=True)
def _drawn_badge(label: str, tone: str, icon: str) -> SafeString:
    drawing = _icon(icon) if icon else ""
    return format_html('<span class="badge tone-{}">{}{}</span>', tone, drawing, label)


def badges(*several: Badge) -> SafeString:
    """Badges side by side, for a row that is only printed."""
    return mark_safe("".join(map(badge, several)))


@register.simple_tag
def status(thing: Any, field: str = "status", label: str = "") -> SafeString:
    """The badge of an object's status, with the object's own words for it."""
    return badge(badge_of(thing, field, label))


@register.simple_tag
def money(
    amount: Decimal | None,
    currency: str = "USD",
    sign: bool = False,
    tone: bool = False,
    free: str = "–",
) -> SafeString:
    """Tabular, always with cents and currency; ``free`` stands for no amount."""
    if amount is None:
        return format_html('<span class="money">{}</span>', free)
    words = format_money(Decimal(amount), currency).replace("-", "−")
    if sign and amount > 0:
        words = f"+{words}"
    kind = (" money-minus" if amount < 0 else " money-plus") if tone and amount else ""
    return format_html('<span class="money{}">{}</span>', kind, words)


def _second_line(words: str, live: bool) -> SafeString | str:
    if not words:
        return ""
    return format_html(" <small{}>{}</small>", _LIVE if live else "", words)


@register.simple_tag(takes_context=True)
def when(
    context: Context,
    at: datetime | None,
    zone: str | tzinfo | None = None,
    relative: bool = True,
    inline: bool = False,
    style: str = "full",
    empty: str = "–",
) -> SafeString:
    """A moment in a zone that is named, and how far away it is. Styles: full, short, date, time."""
    if at is None:
        return format_html('<span class="muted">{}</span>', empty)
    return format_html(
        '<time class="when{}" datetime="{}">{}{}</time>',
        " when-inline" if inline else "",
        at.isoformat(),
        dates.moment_words(at, zone, style),
        _second_line(dates.relative_words(at, now_of(context)) if relative else "", live=True),
    )


@register.simple_tag(takes_context=True)
def when_range(
    context: Context,
    start: datetime,
    end: datetime,
    zone: str | tzinfo | None = None,
    relative: bool = True,
) -> SafeString:
    """A span: what both ends share is said once."""
    return format_html(
        '<time class="when" datetime="{}">{}{}</time>',
        start.isoformat(),
        dates.range_words(start, end, zone),
        _second_line(dates.relative_words(start, now_of(context)) if relative else "", live=True),
    )


@register.simple_tag(takes_context=True)
def day(context: Context, on: date | None, relative: bool = False, empty: str = "–") -> SafeString:
    """A date without a time."""
    if on is None:
        return format_html('<span class="muted">{}</span>', empty)
    if isinstance(on, datetime):
        on = timezone.localdate(on)
    away = dates.day_words(on, timezone.localdate(now_of(context))) if relative else ""
    return format_html(
        '<time class="when" datetime="{}">{}{}</time>',
        on.isoformat(),
        dates.date_words(on),
        _second_line(away, live=False),
    )


@register.simple_tag(takes_context=True)
def ago(context: Context, at: datetime | None, zone: str | tzinfo | None = None) -> SafeString:
    """Only the distance, with the full moment as its title."""
    if at is None:
        return mark_safe("")
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        at.isoformat(),
        dates.moment_words(at, zone),
        dates.relative_words(at, now_of(context)),
    )


def initials(name: str) -> str:
    """First letters of the first and the last word; a question mark where there are none.

    ``The`` at the beginning does not count: it is ``ET`` for ``The Escalations Team``.
    """
    words = [word for word in name.removeprefix("The ").split() if word[0].isalnum()]
    ends = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0] for word in ends).upper() or "?"


@register.simple_tag
def avatar(name: Any, photo: str = "", size: str = "", square: bool = False) -> SafeString:
    """The picture, or initials in one of five hues that stays the same for a name."""
    return _drawn_avatar(name_of(name), photo, size, square)


@lru_cache(maxsize=5_000, typed=True)
def _drawn_avatar(words: str, photo: str, size: str, square: bool) -> SafeString:
    kind = (f" avatar-{size}" if size else "") + (" avatar-square" if square else "")
    if photo:
        return format_html(
            '<img class="avatar{}" src="{}" alt="" width="36" height="36" loading="lazy">',
            kind,
            photo,
        )
    return format_html(
        '<span class="avatar avatar-{}{}" aria-hidden="true">{}</span>',
        zlib.crc32(words.encode()) % 5,
        kind,
        initials(words),
    )


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


@register.inclusion_tag("components/ranking.html")
def ranking(ranking: charts.Ranking) -> dict[str, Any]:
    return {"ranking": ranking}


@register.simple_tag
def mail_style() -> SafeString:
    """The style of e-mails in a few lines: each line costs whoever sends and takes the mail."""
    return _drawn_mail_style()


@cache
def _drawn_mail_style() -> SafeString:
    css = " ".join(render_to_string("email/style.css").split())
    return mark_safe("\n".join(textwrap.wrap(css, LONGEST_STYLE, break_long_words=False)))


LONGEST_STYLE = 900
"""A line of a mail may have 998 octets."""


@register.inclusion_tag("email/button.html")
def email_button(url: str, label: str) -> dict[str, Any]:
    return {"url": url, "label": label}
