"""A shared cache that a page can do without."""

import logging
import time
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

PAUSE_SECONDS = 5
log = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """Redis, but when it is down the cache is empty and nothing is counted.

    Sessions then come from the database and rate limits let everybody pass: pages work, only
    slower and less guarded. After a failure the cache is left alone for five seconds, so that a
    page waits for a dead server once at most.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._rest_until = 0.0

    def _try(self, act: Any, missing: Any) -> Any:
        if time.monotonic() < self._rest_until:
            return missing
        try:
            return act()
        except (RedisError, OSError) as error:
            self._rest_until = time.monotonic() + PAUSE_SECONDS
            log.warning("the cache does not answer: %s", error)
            return missing

    def add(self, *args: Any, **kwargs: Any) -> bool:
        parent: Any = super()
        return self._try(lambda: parent.add(*args, **kwargs), True)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        parent: Any = super()
        return self._try(lambda: parent.get(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        parent: Any = super()
        self._try(lambda: parent.set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        parent: Any = super()
        return self._try(lambda: parent.touch(*args, **kwargs), False)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        parent: Any = super()
        return self._try(lambda: parent.delete(*args, **kwargs), False)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        parent: Any = super()
        return self._try(lambda: parent.get_many(*args, **kwargs), {})

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        parent: Any = super()
        return self._try(lambda: parent.set_many(*args, **kwargs), [])

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        parent: Any = super()
        self._try(lambda: parent.delete_many(*args, **kwargs), None)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        parent: Any = super()
        return self._try(lambda: parent.has_key(*args, **kwargs), False)

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        parent: Any = super()
        return self._try(lambda: parent.incr(key, delta, version), delta)
