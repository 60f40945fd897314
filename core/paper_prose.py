"""Markdown on paper: what ``core.markdown`` shows on a page, as the parts of a PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from markdown_it.token import Token
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, HRFlowable, Paragraph, Spacer

from core.markdown import parse
from core.paper import BOLD, FONT, RULE, load_fonts, text_style

HEADINGS = {1: 13, 2: 12, 3: 11}
STEP = 14
"""Points by which each level of a list or quotation is set in."""

MARKS = {
    "strong_open": f'<font name="{BOLD}">', "strong_close": "</font>",
    "em_open": "<u>", "em_close": "</u>", "s_open": "<strike>", "s_close": "</strike>",
    "softbreak": "<br/>", "hardbreak": "<br/>",
}  # fmt: skip


def prose(text: str) -> list[Flowable]:
    """The parts of a text, in order; emphasis is underlined, since the type has no italics."""
    load_fonts()
    return list(_parts(parse(text)))


def _parts(tokens: Sequence[Token]) -> Iterator[Flowable]:
    depth, numbers, mark, heading = 0, [], "", 0
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open", "blockquote_open"):
            depth += 1
            ordered = token.type == "ordered_list_open"
            numbers.append(int(token.attrGet("start") or 1) if ordered else None)
        elif token.type in ("bullet_list_close", "ordered_list_close", "blockquote_close"):
            depth -= 1
            numbers.pop()
        elif token.type == "list_item_open" and numbers:
            number = numbers[-1]
            mark = "•" if number is None else f"{number}."
            numbers[-1] = None if number is None else number + 1
        elif token.type == "heading_open":
            heading = int(token.tag[1])
        elif token.type == "heading_close":
            heading = 0
        elif token.type == "hr":
            yield HRFlowable(width="100%", color=RULE, spaceBefore=4, spaceAfter=6)
        elif token.type in ("fence", "code_block"):
            yield from _paragraph(escape(token.content).replace("\n", "<br/>"), depth, "", 0)
        elif token.type == "inline":
            yield from _paragraph(_inline(token), depth, mark, heading)
            mark = ""


def _paragraph(words: str, depth: int, mark: str, heading: int) -> Iterator[Flowable]:
    base = text_style(HEADINGS.get(heading, 10) if heading else 9.5, bold=bool(heading))
    style = ParagraphStyle(
        "prose", parent=base, fontName=BOLD if heading else FONT, leftIndent=depth * STEP,
        bulletIndent=max(depth - 1, 0) * STEP, bulletFontName=FONT, bulletFontSize=9.5,
    )  # fmt: skip
    if heading:
        yield Spacer(1, 4)
    yield Paragraph(words, style, bulletText=mark or None)
    yield Spacer(1, 4)


def _inline(token: Token) -> str:
    said = []
    for child in token.children or ():
        if child.type in MARKS:
            said.append(MARKS[child.type])
        elif child.type in ("text", "code_inline"):
            said.append(escape(child.content))
    return "".join(said)
