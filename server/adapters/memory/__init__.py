"""The record in memory: complete, and gone with the process."""

from server.adapters.memory.store import MemoryStore

__all__ = ["MemoryStore"]
