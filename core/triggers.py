"""Database guards that several apps use."""

from typing import Any

import pgtrigger


class NoTruncate(pgtrigger.Trigger):
    """Refuses TRUNCATE, which row triggers do not see.

    A test database sets ``squarely.test_database`` to ``yes`` for its connections, since
    the test runner empties tables between transactional tests.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("name", "not_truncated")
        super().__init__(
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=(
                "IF coalesce(current_setting('squarely.test_database', true), '') <> 'yes' THEN "
                "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
                "USING ERRCODE = 'check_violation'; END IF; RETURN NULL;"
            ),
            **kwargs,
        )
