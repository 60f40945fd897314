"""Blocks that are fed with rows."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import Any

from django import template
from django.template.context import Context

from core.components.reading import now_of, read
from core.money import ZERO

register = template.Library()


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    title: str,
    action: str = "",
    href: str = "",
    example: str = "",
    icon: str = "sparkles",
) -> dict[str, Any]:
    return {
        "title": title,
        "action": action,
        "href": href,
        "example": example,
        "icon": icon,
    }


@register.inclusion_tag("components/stat.html")
def stat(
    label: str,
    value: Any,
    href: str = "",
    action: str = "",
    tone: str = "neutral",
    icon: str = "",
    note: str = "",
) -> dict[str, Any]:
    return {
        "label": label,
        "value": value,
        "href": href,
        "action": action,
        "tone": tone,
        "icon": icon,
        "note": note,
    }


@register.inclusion_tag("components/facts.html")
def facts(rows: Iterable[Any]) -> dict[str, Any]:
    return {
        "rows": [
            {"label": row[0], "value": row[1]} if isinstance(row, tuple | list) else row
            for row in rows
        ]
    }


@register.inclusion_tag("components/money_box.html")
def money_box(
    rows: Iterable[Any],
    total_label: str = "Total",
    currency: str = "USD",
    note: str = "",
) -> dict[str, Any]:
    lines = []
    for row in rows:
        known = (
            dict(zip(("label", "amount", "note"), row, strict=False))
            if (isinstance(row, tuple | list))
            else row
        )
        lines.append({k: read(known, k) for k in ("label", "amount", "note", "kind")})
    total = sum((line["amount"] for line in lines if line["kind"] != "info"), ZERO)
    return {
        "rows": lines,
        "total": total,
        "total_label": total_label,
        "currency": currency,
        "note": note,
    }


@register.inclusion_tag("components/pager.html")
def pager(newer: str | None = "", older: str | None = "", summary: str = "") -> dict[str, Any]:
    return {"newer": newer, "older": older, "summary": summary}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Any], label: str = "Sections") -> dict[str, Any]:
    return {"items": items, "label": label}


@register.inclusion_tag("components/timeline.html", takes_context=True)
def timeline(
    context: Context, entries: Iterable[Any], zone: str | tzinfo | None = None
) -> dict[str, Any]:
    return {"entries": entries, "zone": zone, "now": now_of(context)}


@register.inclusion_tag("components/lifecycle.html")
def lifecycle(steps: Iterable[Any], zone: str | tzinfo | None = None) -> dict[str, Any]:
    return {"steps": steps, "zone": zone}


@register.inclusion_tag("components/checklist.html")
def checklist(items: Iterable[Any], title: str = "") -> dict[str, Any]:
    entries = list(items)
    done = sum(bool(read(entry, "done")) for entry in entries)
    return {"items": entries, "title": title, "done": done, "all": len(entries)}


@register.inclusion_tag("components/gear.html", takes_context=True)
def gear(context: Context, items: Iterable[Any], label: str = "More actions") -> dict[str, Any]:
    entries = [
        {"item": item, "enabled": read(item, "enabled", True) is not False} for item in items or ()
    ]
    return {"entries": entries, "label": label, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/file_list.html", takes_context=True)
def file_list(context: Context, files: Iterable[Any], empty: str = "") -> dict[str, Any]:
    return {
        "files": files,
        "empty": empty,
        "now": now_of(context),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/scorecard.html")
def scorecard(card: Any, compact: bool = False, heading: str = "") -> dict[str, Any]:
    return {"card": card, "compact": compact, "heading": heading}


@register.inclusion_tag("components/chat_message.html", takes_context=True)
def chat_message(
    context: Context, message: Any, zone: str | tzinfo | None = None
) -> dict[str, Any]:
    return {"m": message, "zone": zone, "now": now_of(context)}
