"""Logos for the demonstration's companies: a mark, and the name beside it."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from accounts import companies
from core.files import CleanUpload
from core.paper import BOLD, FONTS

if TYPE_CHECKING:
    from marketplace.demo.people import Client

SIZE = (600, 140)


def draw(client: Client, *, shade: str, at: datetime) -> None:
    company = client.actor.company
    assert company is not None
    picture = Image.new("RGBA", SIZE)
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((4, 10, 124, 130), radius=24, fill=shade)
    pen.arc((34, 40, 94, 100), 200, 520, fill="white", width=12)
    font = ImageFont.truetype(FONTS / f"{BOLD}.ttf", 46)
    pen.text((150, 70), company.name.split(" ")[0], fill=shade, font=font, anchor="lm")
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    drawn = CleanUpload(out.getvalue(), "logo.png", "image/png", out.tell())
    companies.set_logo(company, drawn, by=client.actor, at=at)
