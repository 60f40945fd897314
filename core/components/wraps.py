"""Blocks that wrap content: ``{% card "Title" %}…{% endcard %}``."""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core.components.reading import badge_of

register = template.Library()


def _wrap(part: str, content: str, **values: Any) -> SafeString:
    return render_to_string(f"components/{part}.html", {"content": content, **values})


@register.simple_tag
def kept(part: str, **values: Any) -> SafeString:
    """A part of a page that follows from a few values alone, drawn once in a process and kept.

    The values are compared, so they must be hashable and must not change; nothing of the
    request is known to the part.
    """
    if settings.DEBUG:  # a template may be edited meanwhile
        return render_to_string(part, values)
    return _drawn(part, **values)


@lru_cache(maxsize=2_000, typed=True)
def _drawn(part: str, **values: Any) -> SafeString:
    return render_to_string(part, values)


@register.simple_block_tag
def card(
    content: str,
    title: str = "",
    icon: str = "",
    action: str = "",
    href: str = "",
    tone: str = "",
    id: str = "",
    flush: bool = False,
) -> SafeString:
    return _wrap(
        "card",
        content,
        title=title,
        icon=icon,
        action=action,
        href=href,
        tone=tone,
        id=id,
        flush=flush,
    )


@register.simple_block_tag
def page_head(
    content: str,
    title: str,
    eyebrow: str = "",
    sub: str = "",
    back_url: str = "",
    back_label: str = "Back",
    badge: Any = None,
) -> SafeString:
    return _wrap(
        "page_head",
        content,
        title=title,
        eyebrow=eyebrow,
        sub=sub,
        back_url=back_url,
        back_label=back_label,
        badge=badge_of(badge) if badge else None,
    )


@register.simple_block_tag
def notice(
    content: str,
    tone: str = "info",
    title: str = "",
    icon: str = "",
    action: str = "",
    href: str = "",
) -> SafeString:
    return _wrap("notice", content, tone=tone, title=title, icon=icon, action=action, href=href)


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    return _wrap("fact", content, label=label)


@register.simple_block_tag
def table(content: str, label: str, cards: bool = True) -> SafeString:
    return _wrap("table", content, label=label, cards=cards)


@register.simple_block_tag
def form_section(content: str, title: str, help: str = "", id: str = "") -> SafeString:
    return _wrap("form_section", content, title=title, help=help, id=id)


@register.simple_block_tag
def form_actions(content: str, sticky: bool = False) -> SafeString:
    return _wrap("form_actions", content, sticky=sticky)


@register.simple_block_tag
def dialog(content: str, name: str, title: str) -> SafeString:
    return _wrap("dialog", content, name=name, title=title)
