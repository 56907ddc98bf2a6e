"""A cache for what can be counted again: without Redis it is empty, and pages go on.

Limits and codes stay in the default cache, which is strict: without it nobody signs in.
"""

from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger()


class SpareCache(RedisCache):
    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._or(default, lambda: super(SpareCache, self).get(key, default, version))

    def set(self, key: Any, value: Any, *args: Any, **options: Any) -> None:
        self._or(None, lambda: super(SpareCache, self).set(key, value, *args, **options))

    def _or(self, otherwise: Any, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except RedisError as error:
            log.warning("cache_broken", error=type(error).__name__)
            return otherwise
