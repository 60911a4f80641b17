"""What Prometheus is told. Labels come from closed sets; none names a person, a session or a room."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from server.telemetry.watch import Watch

STATUSES = ("planned", "under_way", "solo")
OTHER = "other"  # a clause of a programme's own policy: its name is theirs
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
HEAD_BYTES = 6  # of the chain's head: as many as a metric's number holds exactly


class Metrics(Watch):
    """One service's own; nothing is shared with another of the same process."""

    def __init__(self, clauses: frozenset[str]) -> None:
        """`clauses` are those that decisions are counted by."""
        self._clauses = clauses
        self._registry = to = CollectorRegistry()
        self._sessions = Gauge(
            "dyad_sessions", "Sessions that this node knows and that are not over.", ["status"], registry=to
        )
        self._decisions = Counter("dyad_decisions", "Decisions by clause of the policy.", ["clause"], registry=to)
        self._late = Histogram(
            "dyad_deadline_lateness_seconds", "How late a deadline was acted on.", buckets=SECONDS, registry=to
        )
        self._unreadable = Counter("dyad_unreadable", "Sessions and messages left to other nodes, unread.", registry=to)
        self._append = Histogram("dyad_append_seconds", "A durable append.", buckets=SECONDS, registry=to)
        self._lag = Histogram("dyad_loop_lag_seconds", "How late the event loop is.", buckets=SECONDS, registry=to)
        self._waiting = Gauge("dyad_outbox_open", "Rows of the outbox that are not through.", registry=to)
        self._oldest = Gauge("dyad_outbox_oldest_seconds", "How long the oldest of them has been due.", registry=to)
        self._dead = Gauge("dyad_outbox_dead", "Messages that did not go out, and are not tried again.", registry=to)
        self._people = Gauge("dyad_people_connected", "People with a live connection here.", registry=to)
        self._restarts = Counter("dyad_media_worker_restarts", "Media workers that ended by themselves.", registry=to)
        self._seals = Gauge("dyad_chain_seals", "Seals over the record's logs.", registry=to)
        self._head = Gauge("dyad_chain_head", "The first six bytes of the last seal, as a number.", registry=to)
        for clause in (*sorted(clauses), OTHER):
            self._decisions.labels(clause)

    def text(self) -> bytes:
        return generate_latest(self._registry)

    def sessions(self, counts: Mapping[str, int]) -> None:
        for status in STATUSES:
            self._sessions.labels(status).set(counts.get(status, 0))

    def decided(self, clause: str) -> None:
        self._decisions.labels(clause if clause in self._clauses else OTHER).inc()

    def late(self, seconds: float) -> None:
        self._late.observe(max(seconds, 0.0))

    def unreadable(self) -> None:
        self._unreadable.inc()

    def appended(self, seconds: float) -> None:
        self._append.observe(seconds)

    def lagged(self, seconds: float) -> None:
        self._lag.observe(max(seconds, 0.0))

    def outbox(self, waiting: int, oldest_seconds: float, dead: int) -> None:
        self._waiting.set(waiting)
        self._oldest.set(max(oldest_seconds, 0.0))
        self._dead.set(dead)

    def people(self, connected: int) -> None:
        self._people.set(connected)

    def worker_ended(self) -> None:
        self._restarts.inc()

    def chain(self, seals: int, head: bytes) -> None:
        self._seals.set(seals)
        self._head.set(int.from_bytes(head[:HEAD_BYTES]))
