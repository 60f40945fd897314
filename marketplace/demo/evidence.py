"""Files that the demonstration's parties put forward: drawn pictures, printed papers."""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageDraw

from assignments.models import Assignment
from core.files import CleanUpload
from core.paper import heading, printed, text

WALL, FRAME, UNIT, PORT = "#d9d4cb", "#3b3a37", "#6d747a", "#22262a"
CABLES = ("#c8553d", "#2f6690", "#e0a526", "#4f7942")


def picture(name: str) -> CleanUpload:
    """A rack with a few cables, another one for each name."""
    random = Random(name)
    image = Image.new("RGB", (960, 640), WALL)
    pen = ImageDraw.Draw(image)
    pen.rectangle((180, 30, 780, 610), FRAME)
    for row in range(6):
        top = 60 + row * 90
        pen.rectangle((210, top, 750, top + 60), UNIT)
        for port in range(16):
            left = 240 + port * 31
            pen.rectangle((left, top + 20, left + 18, top + 40), PORT)
    for _ in range(14):
        start = (249 + random.randrange(16) * 31, 90 + random.randrange(3) * 90)
        end = (249 + random.randrange(16) * 31, 360 + random.randrange(3) * 90)
        pen.line((start, (start[0] + 20, 300), end), random.choice(CABLES), 5)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return CleanUpload(out.getvalue(), name, "image/jpeg", len(out.getvalue()))


def paper(name: str, assignment: Assignment) -> CleanUpload:
    """One printed page about the assignment."""
    title = name.removesuffix(".pdf")
    about = [text(assignment.title, 11, bold=True), text(f"{assignment.reference}, page 1 of 1")]
    lines = [text("Signed on site, with the times in and out, for both sides to keep.")]
    content = printed(title, [heading(title, "", about), *lines])
    return CleanUpload(content, name, "application/pdf", len(content))
