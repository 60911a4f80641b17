"""The chain through the record: every line carries the hash of the one before it, and seals say how far each log went.

A line's hash covers all of its fields and the hash of the line before. Seals are a ledger of their own over all
sessions: the hash at which a session's log stood, one below the other, each covering the one above. So a log that
ends too early, or is gone, is found too. The last seal is the head: who keeps one elsewhere can tell later whether
everything up to it is as it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

VERSION = 1
_LINE, _SEAL = bytes([VERSION, 0]), bytes([VERSION, 1])  # a line is never taken for a seal
NOTHING = bytes(32)  # before the first
READS = ""  # the log of who read what, which belongs to no session


@dataclass(slots=True)  # not frozen: that would make it four times as dear, and every append makes one
class Line:
    """A line of one log as it is kept; `at` in microseconds since 1970, `hash` None where none was written yet."""

    session: str
    seq: int
    at: int
    kind: str
    body: str
    cmd: str | None
    hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class Seal:
    """Number `n`: the log of `session` reached `seq`, with that line's `hash`. `chain` covers it and all before."""

    n: int
    session: str
    seq: int
    hash: bytes
    chain: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The last of `n` seals; `chain` may be shortened to its first bytes."""

    n: int
    chain: bytes


NO_HEAD = Head(0, NOTHING)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a walk through the lines has come."""

    session: str = READS
    seq: int = 0
    hash: bytes = NOTHING


START = Place()


@dataclass(frozen=True, slots=True)
class Broken:
    """The first thing that is not as it was written. `what`: "altered", "missing", "unchained", "seal_altered",
    "seal_missing" or "head_differs"; `seq` is a line's number, or a seal's where `session` is None."""

    session: str | None
    seq: int
    what: str


@dataclass(slots=True)
class Examined:
    """What a whole record holds; `broken` is None where all of it is as it was written."""

    events: int = 0
    sessions: int = 0
    reads: int = 0
    head: Head = NO_HEAD
    broken: Broken | None = None


def _fields(*fields: str | int | None) -> bytes:
    """Each field with its length before it, so that nothing can move from one to its neighbour."""
    return "".join(["-" if one is None else f"{len(text)}:{text}" for one in fields for text in (str(one),)]).encode()


def line_hash(before: bytes, line: Line) -> bytes:
    """Covers every field of the line, and the hash of the line before it."""
    fields = _fields(line.session, line.seq, line.at, line.kind, line.body, line.cmd)
    return sha256(_LINE + before + fields).digest()


def seal_chain(before: bytes, n: int, session: str, seq: int, hash: bytes) -> bytes:
    return sha256(_SEAL + before + hash + _fields(n, session, seq)).digest()


def sealed(head: Head, session: str, seq: int, hash: bytes) -> Seal:
    """The seal after `head`."""
    n = head.n + 1
    return Seal(n, session, seq, hash, seal_chain(head.chain, n, session, seq, hash))


def follow(place: Place, line: Line) -> Place | Broken:
    """One line further, by session and number."""
    if line.session != place.session:
        place = Place(line.session)
    if line.seq != place.seq + 1:
        return Broken(line.session, place.seq + 1, "missing")
    if line.hash is None:
        return Broken(line.session, line.seq, "unchained")
    if line_hash(place.hash, line) != line.hash:
        return Broken(line.session, line.seq, "altered")
    return Place(line.session, line.seq, line.hash)


def walk(lines: Iterable[Line], place: Place = START) -> Iterator[Place | Broken]:
    """Each place on the way, ending with the first broken link."""
    for line in lines:
        came = follow(place, line)
        yield came
        if isinstance(came, Broken):
            return
        place = came


class Examiner:
    """Takes all seals by number, then all lines by log and number, and says what it `found`.

    Seals first: what a log grows by meanwhile is beyond them. `attested` is a head that was kept elsewhere.
    """

    def __init__(self, attested: Head | None = None) -> None:
        self.found = Examined()
        self._attested = attested
        self._reached: dict[str, tuple[int, bytes]] = {}
        self._names: deque[str] | None = None
        self._place = START

    def seal(self, seal: Seal) -> None:
        found, kept = self.found, self._attested
        if found.broken is not None:
            return
        if seal.n != found.head.n + 1:
            found.broken = Broken(None, found.head.n + 1, "seal_missing")
        elif seal_chain(found.head.chain, seal.n, seal.session, seal.seq, seal.hash) != seal.chain:
            found.broken = Broken(None, seal.n, "seal_altered")
        elif kept is not None and seal.n == kept.n and not seal.chain.startswith(kept.chain):
            found.broken = Broken(None, seal.n, "head_differs")
        found.head = Head(seal.n, seal.chain)
        self._reached[seal.session] = (seal.seq, seal.hash)

    def line(self, line: Line) -> None:
        if self._sound():
            gone = self._gone(line.session) if line.session != self._place.session else None
            came = gone or follow(self._place, line)
            if isinstance(came, Broken):
                self.found.broken = came
            else:
                self._come(came)

    def end(self) -> Examined:
        """What was found, once everything was taken."""
        if self._sound():
            self.found.broken = self._gone(None)
        return self.found

    def _sound(self) -> bool:
        """Whether everything is as it was, so far."""
        found, kept = self.found, self._attested
        if self._names is None:
            self._names = deque(sorted(self._reached))
            if found.broken is None and kept is not None and kept.n > found.head.n:
                found.broken = Broken(None, found.head.n + 1, "seal_missing")
        return found.broken is None

    def _come(self, place: Place) -> None:
        found, log = self.found, place.session
        self._place = place
        if log == READS:
            found.reads += 1
        else:
            found.events += 1
            found.sessions += place.seq == 1
        if self._reached.get(log, (0, NOTHING))[0] == place.seq and self._reached.pop(log)[1] != place.hash:
            found.broken = Broken(log, place.seq, "altered")

    def _gone(self, upto: str | None) -> Broken | None:
        """The first sealed line that has not come, of the logs before `upto` (None: of all)."""
        assert self._names is not None
        while self._names and (upto is None or self._names[0] < upto):
            name = self._names.popleft()
            if name in self._reached:
                return Broken(name, self._place.seq + 1 if name == self._place.session else 1, "missing")
        return None


def examine(lines: Iterable[Line], seals: Iterable[Seal], attested: Head | None = None) -> Examined:
    """Everything at once."""
    examiner = Examiner(attested)
    for seal in seals:
        examiner.seal(seal)
    for line in lines:
        examiner.line(line)
    return examiner.end()
