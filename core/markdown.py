"""What people write in Markdown, made safe to show."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST = 10_000
TAGS = {
    "p", "br", "hr", "strong", "em", "s", "a", "ul", "ol", "li", "blockquote", "code", "pre",
    "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
TOP_HEADING = 3
"""The page has its own first and second headings; a text's ``#`` starts below them."""

_parser = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .enable(["table", "strikethrough"])
    .disable(["image", "html_inline", "html_block"])
)


def parse(text: str) -> list[Token]:
    """The parts of a text; beyond 10,000 characters it is cut, as no field takes more."""
    return _parser.parse((text or "")[:LONGEST])


@lru_cache(maxsize=500)
def render(text: str, *, top_heading: int = TOP_HEADING) -> SafeString:
    """Markdown without HTML or pictures, cleaned again after rendering.

    Line breaks are kept as typed. Links carry ``nofollow ugc`` and open nothing of ours. Text
    beyond 10,000 characters is cut: no field takes more. What was drawn lately is kept.
    """
    tokens = parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + top_heading - 1)}"
    html = _parser.renderer.render(tokens, _parser.options, {})
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow ugc noopener noreferrer",
    )
    return mark_safe(cleaned)
