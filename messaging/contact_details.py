"""Spotting phone numbers, addresses and links in what people write before an assignment."""

import re

SIGNS = (
    re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+\s?(?:\.|\(dot\)|\[dot\])\s?\w{2,}", re.I),
    re.compile(r"(?:https?://|www\.)\S", re.I),
    re.compile(r"\b[\w-]{2,}\.(?:com|net|org|io|co|us|biz|info|me|app)\b", re.I),
    re.compile(r"(?<![\d-])(?:\+?\d{1,3}[\s.-]?)?\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{4}(?![\d-])"),
    re.compile(r"\b(?:whats ?app|telegram|venmo|cash ?app|zelle|paypal)\b", re.I),
)


def mentioned_in(text: str) -> bool:
    """Whether the text seems to carry a way to get in touch, or to pay, elsewhere."""
    return any(sign.search(text) for sign in SIGNS)
