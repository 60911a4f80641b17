"""What the application asks of a shared document: texts that several people change at once, and nothing is lost."""

from __future__ import annotations

from typing import Protocol


class UpdateRefused(Exception):
    """An update that is none (`malformed`), or that would make the document too large (`plan_full`); nothing of it
    was taken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SharedText(Protocol):
    """Updates come in any order and any number of times; all copies end with the same texts."""

    def merge(self, update: bytes) -> None:
        """Raises `UpdateRefused`."""

    def since(self, vector: bytes) -> bytes:
        """What a copy with that state vector lacks; all of it for an empty vector. Raises `UpdateRefused`."""

    def vector(self) -> bytes: ...

    def texts(self) -> dict[str, str]: ...


class SharedTexts(Protocol):
    def open(self, state: bytes) -> SharedText:
        """A document from what `since(b"")` gave earlier, or a new one from nothing."""
