"""Hints and the directory of nodes over Redis, which may be flushed, stopped and lost: no fact lives there."""

from server.adapters.redis.hints import RedisHints
from server.adapters.redis.nodes import RedisNodes

__all__ = ["RedisHints", "RedisNodes"]
