"""What the application asks of the outside: narrow protocols beside their consumers.

Every adapter of a port passes the same contract suite (tests/contracts). Instants are aware UTC datetimes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from server.application.media_events import MediaEvent
from server.domain.session.effects import Effect
from server.domain.session.events import Event
from server.domain.session.plan import SEATS

LEASE = 2.0  # s of real time that a node stays in the directory after it last renewed


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One line of a session's log. `body` is the JSON object of the event; `cmd` the command's key, if any."""

    seq: int
    at: datetime
    kind: str
    body: str
    cmd: str | None


@dataclass(frozen=True, slots=True)
class OutboxDraft:
    """Something to be done outside, written with the decision that wants it. `id` is the same on every try."""

    id: str
    kind: str
    body: str
    not_before: datetime


@dataclass(frozen=True, slots=True)
class OutboxRow:
    id: str
    session: str
    kind: str
    body: str
    tries: int


@dataclass(frozen=True, slots=True)
class Append:
    """Events seq `expected + 1`… of one session, with its next deadline and outbox rows: all of it or nothing."""

    session: str
    expected: int
    events: tuple[StoredEvent, ...]
    deadline: datetime | None
    outbox: tuple[OutboxDraft, ...] = ()

    def __post_init__(self) -> None:
        if any(event.seq != self.expected + n for n, event in enumerate(self.events, start=1)):
            raise ValueError("the events of an append are numbered from expected + 1, without a gap")


class Conflict(Exception):
    """Somebody else appended `expected + 1` first: reload and decide again."""


class RecordUnavailable(Exception):
    """The record cannot be written or read now; nothing was changed."""


class Record(Protocol):
    """The append-only log of every session, its deadlines and its outbox."""

    async def load(self, session: str, after: int = 0) -> list[StoredEvent]:
        """The events with seq > `after`, in order; empty for an unknown session."""

    async def append(self, entry: Append) -> None:
        """Durable on return. Raises `Conflict`, and then nothing of it is written; or `RecordUnavailable`, and then
        either all of it is written or nothing: whoever appends again finds out by a `Conflict`."""

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Sessions whose deadline is at or before `now`, earliest first. Reading takes nothing away."""

    async def earliest(self) -> datetime | None:
        """The earliest deadline of all sessions, or None."""

    async def live(self) -> list[str]:
        """Sessions with at least one event and a deadline: those that are still open, by name."""

    async def sessions(self) -> list[str]:
        """Every session with at least one event, by name."""


class Taken(Protocol):
    """Due sessions that are ours to decide at this moment; who would append to one of them meanwhile waits for us."""

    @property
    def sessions(self) -> Sequence[str]:
        """Earliest first."""

    async def append(self, entry: Append) -> None:
        """As `Record.append`; the first of each taken session is written in the transaction that took it, together
        with those of its neighbours."""

    def leave(self, session: str) -> None:
        """Nothing more is to be written about it in this turn. Called for each session that was taken."""


class Deadlines(Protocol):
    """Takes due sessions so that other nodes pass them over. A node that is killed holds nothing."""

    def taking(self, now: datetime, limit: int) -> AbstractAsyncContextManager[Taken]:
        """Sessions whose deadline is at or before `now` and that nobody else holds; held for a moment at most."""


class Heartbeat(Protocol):
    """When the service was last known to be up, so that after an outage nobody is blamed for it."""

    async def alive(self, now: datetime) -> None:
        """The service is up at `now`. The last report counts."""

    async def last_alive(self) -> datetime | None: ...


class Outbox(Protocol):
    """Rows written by `Record.append`, delivered at least once, in order for one session."""

    async def take(self, now: datetime, limit: int) -> list[OutboxRow]:
        """The oldest unfinished row of each session, where it is due; a row is leased for 30 s of real time."""

    async def post(self, queue: str, draft: OutboxDraft) -> None:
        """A row that no session's decision wrote, in a queue of its own; an id that is known stays as it is."""

    async def done(self, row: str) -> None: ...

    async def retry(self, row: str, at: datetime, why: str) -> None:
        """Not done: try again at `at`; counts the try. `why` holds no personal data."""

    async def redate(self, row: str, at: datetime) -> None:
        """An open row is due at `at` instead and nobody has it out; no try is counted."""

    async def give_up(self, row: str, why: str) -> None:
        """Never to be tried again by itself; later rows of the session go on."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person: `hours` is the JSON of their weekly availability, in wall time of `zone` (IANA)."""

    id: str
    name: str
    email: str
    zone: str
    role: str  # "partner" | "therapist" | "team" | "administrator" | …
    hours: str
    language: str = "en"  # what we write to them in


@dataclass(frozen=True, slots=True)
class Appointment:
    """The plan. `people` maps a participant key ("therapist", "a", "b") to a person's id."""

    id: str
    uid: str
    sequence: int
    starts_at: datetime
    minutes: int
    status: str  # "booked" | "cancelled"
    people: Mapping[str, str]
    body: str  # JSON of kind, focus, attendance, approval, consents: what a session is planned from

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class LinkGrant:
    """A link: the token's SHA-256 in hex, for one person, one session, one purpose."""

    token_hash: str
    person: str
    session: str | None
    participant: str  # key in the session, or a role: "team", "administrator", "therapist", "client"
    purpose: str  # "session" | "proposal" | "team" | "policy" | "clinic" | "portal" | "feed" | "answer" | "reply"
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeldSlot:
    index: int
    starts_at: datetime
    minutes: int


def seated(appointment: Appointment, person: str) -> Appointment | None:
    """The appointment with this person in its first free seat; None where it is full or cancelled."""
    free = [key for key in SEATS if key not in appointment.people]
    if not free or appointment.status != "booked":
        return None
    return replace(appointment, people={**appointment.people, free[0]: person})


class Directory(Protocol):
    """People, appointments and links."""

    async def add_person(self, person: Person) -> None:
        """Insert or replace."""

    async def person(self, id: str) -> Person | None: ...

    async def add_appointment(self, appointment: Appointment) -> None:
        """Insert or replace. While it is booked its people are busy; whether they were free is not asked."""

    async def appointment(self, id: str) -> Appointment | None: ...

    async def appointments_of(self, person: str, after: datetime, until: datetime) -> list[Appointment]:
        """Those that start in [after, until), by start; cancelled ones too."""


class Links(Protocol):
    async def add(self, grant: LinkGrant) -> None:
        """A hash that is known already stays as it is: no repeat makes a used or revoked link fresh."""

    async def find(self, token_hash: str) -> LinkGrant | None: ...

    async def use(self, token_hash: str, now: datetime) -> bool:
        """Mark a single-use link as used; False if it was used before, is revoked, expired or unknown. Atomic."""

    async def revoke(self, session: str, participant: str | None, now: datetime) -> int:
        """Revoke the links of a session (of one participant, or all); how many were live."""

    async def standing(self, person: str, purpose: str, now: datetime) -> list[LinkGrant]:
        """Somebody's live links of no session for that purpose, the newest first."""

    async def withdraw(self, person: str, purpose: str, now: datetime) -> int:
        """Revoke somebody's links of no session for that purpose; how many were live."""


class Bookings(Protocol):
    """Holds and bookings: no person is ever in two booked or held places at once. Each call is one transaction.

    A hold counts until it is released or, where `now` is given, has expired. The slots of one proposal are
    alternatives and may overlap one another.
    """

    async def busy(
        self, people: Sequence[str], after: datetime, until: datetime, now: datetime | None = None
    ) -> Mapping[str, list[tuple[datetime, datetime]]]:
        """Booked and held spans that touch [after, until), whole, by person and start, as [start, end)."""

    async def hold(
        self,
        proposal: str,
        people: Sequence[str],
        slots: Sequence[HeldSlot],
        expires_at: datetime,
        now: datetime | None = None,
    ) -> bool:
        """All slots or none: False (and nothing changed) where somebody's time is taken. An earlier hold of
        `proposal` is replaced."""

    async def book(self, proposal: str, slot: HeldSlot, appointment: Appointment, now: datetime) -> bool:
        """The hold becomes `appointment` and the proposal's other holds are released. False (and nothing changed)
        where somebody else has the time, or the hold expired and the time was taken. True again when repeated with
        the same appointment id: the first stands, whatever the repeat says. `slot` says when `appointment` is."""

    async def book_all(
        self, appointments: Sequence[Appointment], seats: Sequence[tuple[str, str]], now: datetime
    ) -> bool:
        """New appointments, and for each `(appointment, person)` the first free seat (a to l) of a booked group: all
        of it or nothing. False where somebody's time is taken, or a group is full, cancelled or unknown. True again
        when repeated: an id that is known stands, and whoever has a seat keeps it."""

    async def release(self, proposal: str) -> None: ...

    async def move(
        self, appointment: str, starts_at: datetime, now: datetime, hold: str | None = None
    ) -> Appointment | None:
        """The same appointment at another time, sequence + 1; as it is where it has that time already. None, and
        nothing changed, where somebody's time is taken, or the appointment is cancelled or unknown. What is held for
        the proposal `hold` is free to it, and released."""

    async def cancel(self, appointment: str) -> Appointment | None:
        """Status `cancelled`, sequence + 1; once: a repeated call returns the same. None if unknown."""


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A version of the attendance policy; `text` is its file, empty for the default one."""

    name: str
    fingerprint: str
    text: str
    adopted_at: datetime


class Policies(Protocol):
    """Every version of the attendance policy that was ever in use."""

    async def adopt(self, policy: StoredPolicy) -> bool:
        """In use from now on, a version of earlier again. False where its name stands for another fingerprint."""

    async def adopted(self) -> list[StoredPolicy]:
        """All versions, by when each was last adopted: the last one is in use."""


class Clock(Protocol):
    """Policy time. In a demo it runs `speed` times faster than the wall."""

    speed: float

    def now(self) -> datetime: ...

    async def sleep_until(self, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Hint:
    """Something may be new: a session has events up to `seq`, another deadline, outbox rows. Never a fact.

    Without a session: the directory of nodes is to be looked at again. `node` published it.
    """

    node: str
    session: str = ""
    seq: int = 0
    deadline: datetime | None = None
    outbox: bool = False


class Hints(Protocol):
    """Hints between nodes. They may be lost, doubled and late: whoever needs to know looks into the record."""

    def publish(self, hint: Hint) -> None:
        """Never waits and never fails: what cannot be sent is forgotten."""

    def subscribe(self, listener: Callable[[Hint], None]) -> None:
        """`listener` hears the hints of all nodes, its own among them."""

    async def run(self) -> None:
        """Carries hints until cancelled; goes on by itself after every loss."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the cluster: opaque id, where browsers reach it, how many connections it holds, last seen (policy
    time), and whether it is about to go."""

    id: str
    address: str
    seen: datetime
    load: int = 0
    draining: bool = False


class DirectoryUnavailable(Exception):
    """The directory of nodes cannot be asked now: what was last known stands."""


class Nodes(Protocol):
    """The directory of live nodes. A node that does not renew its lease is gone after `LEASE` of real time."""

    async def renew(self, node: Node) -> None:
        """Live for another lease, as described now. Raises `DirectoryUnavailable`."""

    async def live(self) -> list[Node]:
        """Those whose lease runs, by id. Raises `DirectoryUnavailable`."""

    async def leave(self, node: str) -> None:
        """Gone at once. Raises `DirectoryUnavailable`."""


class MediaRefused(Exception):
    """The media worker said no; `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class MediaBackend(Protocol):
    """Server-side media: a peer is opened held, placed into a room, moved or closed (signaling/media)."""

    async def offer(self, peer: str, slots: int) -> str | None:
        """A fresh offer for a peer who may receive so many others at once; None where the backend `TakesOffers`.

        Those whom a backend may ever have to bring together have the same name up to its last "/".
        """

    async def answer(self, peer: str, sdp: str) -> None:
        """The peer's answer to the offer, or to the newest of `Redescribed`."""

    async def place(self, peer: str, room: str | None) -> None:
        """On return of a cut (`None`, or another room) no further packet passes to or from the old place."""

    async def close(self, peer: str) -> None: ...

    def subscribe(self, listener: Callable[[MediaEvent], None]) -> None: ...


@runtime_checkable
class TakesOffers(Protocol):
    """A `MediaBackend` to which each peer first offers what it sends; what it receives comes by `Redescribed`."""

    async def take(self, peer: str, sdp: str) -> str:
        """The answer to a peer's offer of its own sound and picture, as m-lines 0 and 1."""


@runtime_checkable
class SparesPictures(Protocol):
    """A `MediaBackend` that need not send pictures to who takes none."""

    async def pictures(self, peer: str, on: bool) -> None:
        """On return no further picture goes to this peer; with `on`, all of them do again."""


class Codec(Protocol):
    """Domain values to stored JSON and back, by their class's name. Reading raises `CannotRead`."""

    def encode(self, value: object) -> tuple[str, str]: ...

    def event(self, kind: str, body: str) -> Event: ...

    def effect(self, kind: str, body: str) -> Effect: ...


@dataclass(frozen=True, slots=True)
class Series:
    """A weekly series in one entry of a calendar: `count` sessions, numbered from 0, at the wall time that `first` has
    in `zone`. `moved` are at another instant, `dropped` aren't held."""

    uid: str
    sequence: int
    zone: str
    first: datetime
    count: int
    minutes: int
    moved: Mapping[int, datetime]
    dropped: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CalendarItem:
    """One of several appointments in one calendar file; with `series` all of those."""

    uid: str
    sequence: int
    starts_at: datetime
    minutes: int
    series: Series | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one person. `id` is the same on every try; `kind` names the words; instants are UTC."""

    id: str
    kind: str
    name: str
    email: str
    zone: str
    clinic_name: str
    clinic_phone: str
    language: str = "en"
    session: str = ""
    link: str | None = None
    starts_at: datetime | None = None
    minutes: int = 0
    times: tuple[datetime, ...] = ()
    answer_by: datetime | None = None
    uid: str | None = None
    sequence: int = 0
    method: str | None = None  # "REQUEST" | "CANCEL": a calendar file goes with it
    series: Series | None = None  # that the appointment is of, as its session `number`
    number: int = 0
    sent_at: datetime | None = None
    items: tuple[CalendarItem, ...] = ()  # several appointments in one file
    reply_to: str | None = None


class NotYet(Exception):
    """It is not the time to send that: try again at `until`, which is no failed try."""

    def __init__(self, until: datetime) -> None:
        super().__init__("not yet")
        self.until = until


class CannotRead(Exception):
    """What is stored was written by another version of Dyad, or is damaged. Holds nothing of what it says."""


class NotSent(Exception):
    """The letter did not go out; `again` tells whether another try may help. Names no address."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


class Post(Protocol):
    async def send(self, letter: Letter) -> None:
        """Raises `NotSent`."""


@dataclass(frozen=True, slots=True)
class TextNote:
    """A reminder as a text message to one telephone number (E.164). `id` is the same on every try."""

    id: str
    number: str
    zone: str
    language: str
    starts_at: datetime
    link: str


class Texts(Protocol):
    async def send(self, note: TextNote) -> None:
        """Raises `NotSent`."""
