"""A cache whose loss costs speed, never a page."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)
T = TypeVar("T")


class PatientRedisCache(RedisCache):
    """When Valkey is dead or frozen every answer is a miss, and for a while nobody asks it again."""

    rest_seconds = 5.0
    log_every_seconds = 60.0
    _asleep_until = 0.0
    _logged_at = float("-inf")

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        # redis-py would try four times: two seconds per call when Valkey is frozen.
        options = {"retry": Retry(NoBackoff(), 0), **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})

    @classmethod
    def _ask(cls, miss: T, call: Callable[..., T], *args: Any) -> T:
        if time.monotonic() < PatientRedisCache._asleep_until:
            return miss
        try:
            return call(*args)
        except (RedisError, OSError) as error:
            cls._rest(error)
            return miss

    @classmethod
    def _rest(cls, error: Exception) -> None:
        now = time.monotonic()
        PatientRedisCache._asleep_until = now + cls.rest_seconds
        if now - PatientRedisCache._logged_at >= cls.log_every_seconds:
            PatientRedisCache._logged_at = now
            logger.warning("The cache does not answer, pages go on without it: %s", error)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask(default, super().get, key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask(None, super().set, key, value, timeout, version)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(True, super().add, key, value, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(False, super().touch, key, timeout, version)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._ask(False, super().delete, key, version)

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return self._ask(False, super().has_key, key, version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count up; a dead cache starts anew each time instead of the ValueError of a missing key."""
        return self._ask(delta, super().incr, key, delta, version)

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        return self._ask({}, super().get_many, keys, version)

    def set_many(
        self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        return self._ask(list(data), super().set_many, data, timeout, version)

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        self._ask(None, super().delete_many, keys, version)

    def clear(self) -> Any:
        return self._ask(None, super().clear)
