"""What the paper's font cannot draw is said in words."""

from __future__ import annotations

import pytest
from reportlab.pdfbase import pdfmetrics

from core.paper import FONT, load_fonts
from core.paper_words import in_glyphs


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Plain — “quoted” é שלום مرحبا\nNext", "Plain — “quoted” é שלום مرحبا\nNext"),
        ("Done \U0001f44d", "Done [thumbs up sign]"),
        ("\U0001f6e0\ufe0f ready", "[hammer and wrench] ready"),
        ("\U0001f469\U0001f3fd\u200d\U0001f527", "[woman][wrench]"),
        ("\U0001f44d\U0001f3fe\U0001f44d", "[thumbs up sign][thumbs up sign]"),
        ("From \U0001f1fa\U0001f1f8.", "From [flag US]."),
        ("電気技師 here", "[4 signs of another script] here"),
        ("電\U0001f527気", "[1 sign of another script][wrench][1 sign of another script]"),
        ("a\u200db\ufe0f", "ab"),
        ("<b>\U0001f999</b>", "<b>[llama]</b>"),
        ("\U0001f999\n\U0001f999", "[llama]\n[llama]"),
    ],
    ids=["drawn", "emoji", "look", "joined", "skin", "flag", "script", "mixed", "joiner", "tags",
         "lines"],
)  # fmt: skip
def test_signs_without_a_glyph_are_told(words, expected):
    load_fonts()
    drawn = pdfmetrics.getFont(FONT).face.charToGlyph
    assert in_glyphs(words, drawn) == expected
    assert all(ord(sign) in drawn for sign in in_glyphs(words, drawn) if sign != "\n")
