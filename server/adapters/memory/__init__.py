"""The record, hints and the directory of nodes in memory: complete, and gone with the process."""

from server.adapters.memory.cluster import MemoryHints, MemoryNodes
from server.adapters.memory.store import MemoryStore

__all__ = ["MemoryHints", "MemoryNodes", "MemoryStore"]
