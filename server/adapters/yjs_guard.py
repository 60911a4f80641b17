"""What a browser sends, looked through before the library reads it.

The library reserves memory for as many parts as an update says it has, so a few bytes could take all of it. Here each
part is walked, and whatever isn't plain text in one of the plan's parts is refused.
"""

from __future__ import annotations

from server.domain.relapse import SECTIONS

GC, DELETED, STRING, SKIP = 0, 1, 4, 10  # the kinds of a part that plain text is made of
ORIGIN, RIGHT, NAMED_KEY = 0x80, 0x40, 0x20
MOST_ID, MOST_CLOCK = 2**53, 2**31


class Malformed(Exception):
    """Not what a page of ours sends."""


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def done(self) -> bool:
        return self._at == len(self._data)

    def byte(self) -> int:
        if self.done:
            raise Malformed
        self._at += 1
        return self._data[self._at - 1]

    def number(self, most: int = MOST_CLOCK) -> int:
        """Seven bits a byte, the least first."""
        value, shift = 0, 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if value > most or shift > 56:
                raise Malformed
            if byte < 0x80:
                return value
            shift += 7

    def text(self) -> str:
        length = self.number()
        if length > len(self._data) - self._at:
            raise Malformed
        self._at += length
        try:
            return self._data[self._at - length : self._at].decode()
        except UnicodeDecodeError as error:
            raise Malformed from error


def check_update(update: bytes) -> None:
    """Raises `Malformed`."""
    data = _Bytes(update)
    for _ in range(data.number()):
        parts = data.number()
        data.number(MOST_ID)  # whose
        data.number()  # from which of theirs on
        for _ in range(parts):
            _check_part(data)
    for _ in range(data.number()):  # what was deleted
        data.number(MOST_ID)
        for _ in range(data.number()):
            data.number()
            data.number()
    if not data.done:
        raise Malformed


def check_vector(vector: bytes) -> None:
    """Raises `Malformed`."""
    data = _Bytes(vector)
    for _ in range(data.number()):
        data.number(MOST_ID)
        data.number()
    if not data.done:
        raise Malformed


def _check_part(data: _Bytes) -> None:
    info = data.byte()
    kind = info & 0x1F
    if kind in (GC, SKIP):
        data.number()
        return
    for side in (ORIGIN, RIGHT):
        if info & side:
            data.number(MOST_ID)
            data.number()
    if not info & (ORIGIN | RIGHT) and (info & NAMED_KEY or data.number() != 1 or data.text() not in SECTIONS):
        raise Malformed
    if kind == STRING:
        data.text()
    elif kind == DELETED:
        data.number()
    else:
        raise Malformed
