"""What all web processes of a platform share: counts of who asked how often."""

from collections.abc import Callable
from typing import Any, Final

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

# A broker that is away is noticed at once: a page waits for it no longer than this.
_PATIENCE_S: Final = 0.3
_SHARED: Final = (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "set_many",
    "delete_many",
    "has_key",
    "incr",
    "clear",
)


class SharedCache(RedisCache):
    """The broker's memory; while it is away each process counts for itself.

    A limit that cannot be counted together is better counted apart than a page that
    cannot be read, or no limit at all.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        given = params.get("OPTIONS", {})
        patient = {
            "socket_connect_timeout": _PATIENCE_S,
            "socket_timeout": _PATIENCE_S,
            "retry": Retry(NoBackoff(), 0),
        }
        super().__init__(server, params | {"OPTIONS": patient | given})
        self.own = LocMemCache(f"own of {server}", params)


def _shared(name: str) -> Callable[..., Any]:
    def ask(self: SharedCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except (RedisError, OSError):
            return getattr(self.own, name)(*args, **kwargs)

    ask.__name__ = name
    return ask


for _name in _SHARED:
    setattr(SharedCache, _name, _shared(_name))
