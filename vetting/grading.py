"""Whether an answer is right: what a person may have typed, against what the question accepts."""

from __future__ import annotations

import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from core.errors import DomainError
from vetting.models import Question, QuestionKind

LONGEST_SHORT = 200
LONGEST_LONG = 10_000


class NotAnAnswer(DomainError):
    message = "This is not an answer to this question. Reload the page and answer it again."
    field = "answer"


def tidied(question: Question, value: Any) -> Any:
    """The answer as it is kept, or None where nothing is answered.

    Raises ``NotAnAnswer`` for a choice that the question does not have, a number that is none,
    and text beyond all length: only a tampered form sends these.
    """
    if value in (None, "", []):
        return None
    keys = {choice["key"] for choice in question.choices}
    if question.kind == QuestionKind.SEVERAL:
        if not isinstance(value, list) or not set(value) <= keys:
            raise NotAnAnswer
        return sorted(set(value))
    if not isinstance(value, str | Decimal):
        raise NotAnAnswer
    text = str(value)
    if question.chooses:
        if text not in keys:
            raise NotAnAnswer
        return text
    if question.kind == QuestionKind.NUMBER:
        return str(_number(text))
    most = LONGEST_LONG if question.kind == QuestionKind.LONG else LONGEST_SHORT
    if question.kind == QuestionKind.FILE or len(text) > most:
        raise NotAnAnswer
    return text


def is_right(question: Question, value: Any) -> bool | None:
    """Whether a tidied answer is right; None where a person must look."""
    if question.by_hand:
        return None
    if value is None:
        return False
    if question.chooses:
        right = {choice["key"] for choice in question.choices if choice["right"]}
        return right == ({value} if isinstance(value, str) else set(value))
    if question.kind == QuestionKind.NUMBER:
        assert question.number is not None
        return abs(_number(value) - question.number) <= question.tolerance
    return plain(value) in {plain(accepted) for accepted in question.accepted}


def plain(text: str) -> str:
    """Capitals, spaces, accents of typing and a last full stop make no difference."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.replace("’", "'").split()).rstrip(".!").rstrip()


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise NotAnAnswer from None
    if not number.is_finite() or abs(number) >= Decimal("1e10"):
        raise NotAnAnswer
    return number
