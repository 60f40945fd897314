"""Refusals: what a verb raises when the trade's rules say no."""


class DomainError(Exception):
    """A refusal whose text a person can read on the page, saying what to do instead.

    Subclasses give ``message`` (a ``str.format`` template filled from the keyword
    arguments) and, where one field of a form is at fault, its name in ``field``.
    """

    message = "That is not possible right now."
    field: str | None = None

    def __init__(self, message: str | None = None, **values: object) -> None:
        self.values = values
        super().__init__(message or self.message.format(**values))
