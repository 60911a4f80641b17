"""Shared documents by Yjs' algorithm: pycrdt here, Yjs in the browsers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pycrdt import Doc, Text

from server.adapters.yjs_guard import Malformed, check_update, check_vector
from server.application.shared_text import UpdateRefused
from server.domain.relapse import MOST_CHARACTERS, SECTIONS

MOST_BYTES = 256 * 1024  # of a whole document, with what was deleted
EMPTY = b"\x00"  # Yjs' state vector of a copy that has nothing


class YjsText:
    def __init__(self, state: bytes = b"") -> None:
        self._doc = _doc(state)

    def merge(self, update: bytes) -> None:
        try:
            check_update(update)
        except Malformed as error:
            raise UpdateRefused("malformed") from error
        tried = _doc(self._doc.get_update())
        _apply(tried, update)
        too_long = any(len(_text(tried, name)) > MOST_CHARACTERS for name in SECTIONS)
        if too_long or len(tried.get_update()) > MOST_BYTES:
            raise UpdateRefused("plan_full")
        self._doc = tried

    def since(self, vector: bytes) -> bytes:
        try:
            check_vector(vector or EMPTY)
        except Malformed as error:
            raise UpdateRefused("malformed") from error
        with _refusing():
            update: bytes = self._doc.get_update(vector or EMPTY)
        return update

    def vector(self) -> bytes:
        state: bytes = self._doc.get_state()
        return state

    def texts(self) -> dict[str, str]:
        return {name: _text(self._doc, name) for name in SECTIONS}


class YjsTexts:
    def open(self, state: bytes) -> YjsText:
        return YjsText(state)


def _doc(state: bytes) -> Doc:  # type: ignore[type-arg]
    doc: Doc = Doc()  # type: ignore[type-arg]
    for name in SECTIONS:
        doc.get(name, type=Text)
    if state:
        _apply(doc, state)
    return doc


def _text(doc: Doc, name: str) -> str:  # type: ignore[type-arg]
    return str(doc.get(name, type=Text))


def _apply(doc: Doc, update: bytes) -> None:  # type: ignore[type-arg]
    with _refusing():
        doc.apply_update(update)


@contextmanager
def _refusing() -> Iterator[None]:
    """The library names no exception of its own, and its panics are not even an `Exception`."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise UpdateRefused("malformed") from error
        raise
