"""Shared documents by Yjs' algorithm: pycrdt here, Yjs in the browsers."""

from __future__ import annotations

from pycrdt import Doc, Text

from server.application.shared_text import UpdateRefused
from server.domain.relapse import MOST_CHARACTERS, SECTIONS

MOST_BYTES = 256 * 1024  # of a whole document, with what was deleted
EMPTY = b"\x00"  # Yjs' state vector of a copy that has nothing


class YjsText:
    def __init__(self, state: bytes = b"") -> None:
        self._doc = _doc(state)

    def merge(self, update: bytes) -> None:
        tried = _doc(self._doc.get_update())
        _apply(tried, update)
        if len(tried.get_update()) > MOST_BYTES:
            raise UpdateRefused("the document is full")
        if any(len(_text(tried, name)) > MOST_CHARACTERS for name in SECTIONS):
            raise UpdateRefused("a part of the plan is full")
        if set(tried.keys()) - set(SECTIONS):
            raise UpdateRefused("there is no such part of the plan")
        self._doc = tried

    def since(self, vector: bytes) -> bytes:
        try:
            update: bytes = self._doc.get_update(vector or EMPTY)
        except Exception as error:  # the library names no exception of its own
            raise UpdateRefused("that is no state vector") from error
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
    try:
        doc.apply_update(update)
    except Exception as error:  # the library names no exception of its own
        raise UpdateRefused("that is no update") from error
