"""The style guide: every component in every state, on made-up rows (DEBUG and DEMO only)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core import charts
from core.badges import TONES, WORDS
from core.cards import Figure, Scorecard
from core.forms import ChoiceCards, DateTimeLocalInput
from messaging.panel import note_words

LONG_NAME = "Maximiliana-Konstantinopolitanskaya von und zu Brandenburg-Hohenzollern"
UNBROKEN = "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(max_length=120, help_text="What is to be done, and where.")
    rate = forms.DecimalField(min_value=0, decimal_places=2)
    notes = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3, "data-count": True}), max_length=500, required=False
    )
    starts_at = forms.DateTimeField(
        widget=DateTimeLocalInput(), help_text="In the site's zone: America/Chicago."
    )
    terms = forms.ChoiceField(choices=[("0", "Immediately"), ("30", "In 30 days")])
    place = forms.ChoiceField(
        widget=ChoiceCards(),
        choices=[
            ("site", "On site|A worker comes to an address."),
            ("remote", "Remote|Work is done from anywhere."),
        ],
    )
    side = forms.ChoiceField(
        widget=forms.RadioSelect(), choices=[("a", "First who accepts"), ("b", "Must apply")]
    )
    skills = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple(),
        choices=[("net", "Networking"), ("pos", "Point of sale"), ("cab", "Cabling")],
        required=False,
    )
    evidence = forms.FileField(required=False, help_text="PDF, PNG or JPEG, at most 25 MB.")
    fixed = forms.BooleanField(label="The price is fixed", required=False)


class SampleFilters(forms.Form):
    q = forms.CharField(label="Words", required=False)
    status = forms.ChoiceField(
        choices=[("", "Any"), ("sent", "Sent"), ("paid", "Paid")], required=False
    )
    kinds = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple(),
        choices=[("flat", "Flat price"), ("hourly", "By the hour")],
        required=False,
    )


def _scorecards() -> dict[str, Scorecard]:
    good = Scorecard(
        title="Harbor Retail Services",
        tone="good",
        word="Good standing",
        basis="Last 90 days, 23 ratings",
        href="#",
        figures=(
            Figure(
                "Satisfaction",
                "96%",
                "22 of 23 ratings",
                "good",
                "",
                (88, 90, 89, 93, 95, 96),
                96,
                75,
                "red below 75%",
                "#",
            ),
            Figure(
                "Approval time",
                "14 h",
                "31 approvals",
                "good",
                "",
                (30, 26, 28, 20, 18, 14),
                19,
                100,
                "red from 3 days",
                "#",
            ),
            Figure(
                "Payment",
                "on time",
                "31 of 31 invoices",
                "good",
                "",
                (1, 1, 0, 0, 0, 0),
                4,
                50,
                "red from 1 day past due",
                "#",
            ),
        ),
    )
    bad = Scorecard(
        title="Quickfix Facilities",
        tone="bad",
        word="Red scorecard",
        basis="Last 90 days, 11 ratings",
        href="#",
        figures=(
            Figure(
                "Satisfaction",
                "64%",
                "7 of 11 ratings",
                "bad",
                "too low",
                (90, 85, 80, 76, 70, 64),
                64,
                75,
                "red below 75%",
                "#",
            ),
            Figure(
                "Approval time",
                "4.2 days",
                "9 approvals",
                "bad",
                "too slow",
                (1, 2, 2, 3, 4, 4.2),
                100,
                71,
                "red from 3 days",
                "#",
            ),
            Figure("Payment", "on time", "9 of 9 invoices", "good", "", (), 4, 50, "", "#"),
        ),
    )
    new = Scorecard(
        title="Lakeside Clinics",
        tone="neutral",
        word="New client",
        basis="2 of 5 ratings needed for figures",
        figures=(Figure("Satisfaction", "–"), Figure("Approval time", "–"), Figure("Payment", "–")),
    )
    return {"good": good, "bad": bad, "new": new}


def _lifecycles(now: datetime) -> dict[str, list[dict[str, Any]]]:
    words = ["Draft", "Sent", "Assigned", "In progress", "Pending approval", "Paid"]

    def course(reached: int, last: str = "current") -> list[dict[str, Any]]:
        return [
            {
                "label": word,
                "at": now - timedelta(days=6 - i) if i <= reached else None,
                "state": "done" if i < reached else last if i == reached else "upcoming",
            }
            for i, word in enumerate(words)
        ]

    stopped = course(2)[:3] + [
        {"label": "Cancelled", "at": now, "state": "stopped", "note": "by the client, fee $90.00"}
    ]
    stopped[2]["state"] = "done"
    return {"under_way": course(3), "finished": course(5, "done"), "stopped": stopped}


def _charts() -> dict[str, charts.Chart]:
    months = ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
    return {
        "line": charts.line(
            title="Satisfaction",
            desc="Share of ratings that were satisfied or excellent, by month.",
            labels=months,
            series=[("Harbor", [82, 86, 71, None, 92, 96]), ("All", [88, 88, 87, 89, 90, 90])],
            x_label="2026",
            y_label="Share",
            unit="%",
            threshold=75,
        ),
        "bars": charts.bars(
            title="Spend",
            desc="Paid to workers, with the fee, by month.",
            labels=months,
            series=[
                ("Labor", [4200, 5100, 3800, 6100, 7420, 5230]),
                ("Fee", [420, 510, 380, 610, 742, 523]),
            ],
            x_label="2026",
            y_label="Dollars",
            unit="$",
        ),
    }


def _ranking() -> charts.Ranking:
    return charts.ranking(
        title="By customer",
        desc="Invoiced in the last 12 months.",
        heading="Customer",
        value_heading="Spent",
        rows=[
            ("Brightmart", "#", 5200.0, "$5,200.00"),
            ("Northern and Southern Public Libraries", "#", 1800.5, "$1,800.50"),
            ("3 other customers", "", 640.0, "$640.00"),
            ("Without a customer", "", 90.0, "$90.00"),
        ],
    )


def _rows(now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "ref": "A-7KQ4M2",
            "title": "Replace two access points",
            "worker": "Dana Whitfield",
            "status": "pending_approval",
            "due": now + timedelta(hours=20),
            "amount": Decimal("412.50"),
        },
        {
            "ref": "A-9XW2PD",
            "title": "Install point of sale, 4 lanes",
            "worker": LONG_NAME,
            "status": "in_progress",
            "due": now + timedelta(days=2),
            "amount": Decimal("1840.00"),
        },
        {
            "ref": "A-3HHB7R",
            "title": UNBROKEN,
            "worker": "",
            "status": "sent",
            "due": now + timedelta(days=6),
            "amount": Decimal("95.00"),
        },
        {
            "ref": "A-PP4K8T",
            "title": "Swap the failed UPS",
            "worker": "Lee Ortiz",
            "status": "paid",
            "due": now - timedelta(days=12),
            "amount": Decimal("260.00"),
        },
    ]


def _pieces(now: datetime) -> dict[str, Any]:
    return {
        "checklist": [
            {"label": "Checked in and out", "done": True},
            {"label": "Photos of the rack", "done": True, "note": "2 of 2"},
            {"label": "Sign-off sheet", "done": False, "url": "#"},
            {"label": "Closing survey", "done": False, "url": "#"},
        ],
        "timeline": [
            {
                "at": now - timedelta(hours=2),
                "title": "Work submitted",
                "by": "Dana Whitfield",
                "icon": "send",
                "tone": "info",
                "text": "Both units mounted.\nOld ones boxed.",
            },
            {
                "at": now - timedelta(hours=6),
                "title": "Checked in, 4 minutes early",
                "by": "Dana Whitfield",
                "icon": "map-pin",
                "tone": "good",
            },
            {
                "at": now - timedelta(days=3),
                "title": "Assigned to Dana Whitfield",
                "by": "Priya Raman",
                "icon": "user-check",
            },
        ],
        "gear": [
            {"label": "Edit", "url": "#", "icon": "pencil"},
            {"label": "Duplicate", "url": "#", "icon": "copy", "method": "post"},
            {
                "label": "Put on hold",
                "url": "#",
                "icon": "pause",
                "enabled": False,
                "reason": "Only while assigned or in progress.",
            },
            {"label": "Escalate", "url": "#", "icon": "scale", "separator": True},
            {"label": "Cancel", "url": "#", "icon": "x", "danger": True, "dialog": "sample"},
        ],
        "money_rows": [
            {"label": "Labor", "amount": Decimal("375.00"), "note": "3 hours at $125.00"},
            {"label": "Expenses", "amount": Decimal("12.40"), "note": "parking"},
            {"label": "Service fee", "amount": Decimal("38.74"), "note": "10% of worker pay"},
            {"label": "Worker receives", "amount": Decimal("387.40"), "kind": "info"},
        ],
        "files": [
            {
                "name": "rack-before.jpg",
                "url": "#",
                "size": 482133,
                "kind": "Photo",
                "by": "Dana Whitfield",
                "at": now - timedelta(hours=3),
                "remove_url": "#",
            },
            {
                "name": f"{UNBROKEN}.pdf",
                "url": "#",
                "size": 90211,
                "kind": "Sign-off sheet",
                "by": "Dana Whitfield",
                "at": now - timedelta(hours=2),
            },
        ],
        "conversation": [
            {
                "author": "Priya Raman",
                "role": "Harbor Retail Services",
                "at": now - timedelta(days=1),
                "body": "The back door is on Pine Street. Ask for Joel.",
                "mine": True,
            },
            {
                "author": "Dana Whitfield",
                "role": "Worker",
                "at": now - timedelta(hours=23),
                "body": "Thanks. I will bring a 2 m ladder.\n\nIs parking paid?",
            },
            {
                "author": "Priya Raman",
                "at": now - timedelta(hours=22),
                "mine": True,
                "internal": True,
                "note": note_words("Harbor Retail Services", by_staff=False),
                "body": "Approve parking up to $20.",
            },
        ],
        "facts": [
            ("Client", "Harbor Retail Services"),
            ("Schedule", "Tue, Nov 24, 2026, 9:00 AM to 1:00 PM CST"),
            {"label": "Site", "value": "1200 Pine Street, Saint Louis, MO", "href": "#"},
        ],
        "tabs": [
            {"label": "Details", "url": "#", "active": True},
            {"label": "Applications", "url": "#", "count": 4},
            {"label": "History", "url": "#"},
        ],
    }


def show(request: HttpRequest) -> HttpResponse:
    """Draw the guide; ``?kinds=…`` and ``?status=…`` set the sample filters."""
    now = timezone.now()
    sample = SampleForm({"rate": "-4", "place": "site", "notes": "Kept as typed."})
    sample.add_error(None, "The company has $120.00 less than this needs. Add funds first.")
    filters = SampleFilters(request.GET or {"kinds": ["flat", "hourly"], "q": "router"})
    context = {
        "tones": TONES,
        "words": WORDS,
        "form": SampleForm(auto_id="fresh_%s"),
        "wrong_form": sample,
        "filters": filters,
        "cards": _scorecards(),
        "lives": _lifecycles(now),
        "charts": _charts(),
        "ranking": _ranking(),
        "rows": _rows(now),
        "long_name": LONG_NAME,
        "soon": now + timedelta(hours=30),
        "later": now + timedelta(hours=34),
        "amount": Decimal("1412.5"),
        "minus": Decimal("-86.2"),
        "trend": [3, 5, 4, 6, 8, 7, 9, 12],
        **_pieces(now),
    }
    return render(request, "marketplace/styleguide.html", context)
