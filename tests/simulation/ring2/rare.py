"""States that hardly ever come about, each by name; a run of CI's size that misses one of them proves too little."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from server.application.ports import Append, OutboxRow
from server.domain.session.refusals import NOT_HOSTING
from tests.simulation.ring2.told import INTERPRETER, instant

if TYPE_CHECKING:
    from tests.simulation.ring2.node import Node
    from tests.simulation.ring2.world import World

SPLIT = timedelta(milliseconds=1)

NAMES = (
    "a partner arrived within 1 ms of the deadline",
    "an answer arrived within 1 ms of the default",
    "an answer and the default were written at once, and one lost",
    "a card went to its default",
    "a node was killed between commit and publish",
    "a node was killed in the middle of a delivery",
    "a node was killed with a card open",
    "two nodes decided the same deadline",
    "a deadline was fired by a node that had been paused",
    "a deadline came due while every node was down",
    "a deadline came due while the store was away",
    "an outage was open at the deadline",
    "a command was decided again after another was first",
    "a commit lost its answer, and was asked again",
    "a late partner came while the card's answer was being written",
    "a partner came back at the very end of the grace",
    "a connection was reported lost after a newer one had come",
    "two devices took one seat at once",
    "both answered the new times in one instant",
    "the new times were answered within 1 ms of their end",
    "the agreed time was taken meanwhile",
    "a letter was sent twice",
    "a letter was taken by the mail, and not confirmed",
    "an outbox row was taken again after its lease",
    "a pause of a node was recorded as an outage",
    "a restart of all was recorded as an outage",
    "a wall was set by an hour while a card was open",
    "Redis forgot everything in mid-session",
    "a hint was lost",
    "a hint came twice",
    "a dead node's session was taken over by another",
    "the database's wall was set by an hour in mid-session",
    "a node started after the database's wall was set, and took the others' time",
    "a node 5 min off decided a deadline",
    "new times were proposed over a change of the clocks",
    "one partner was seen alone by default",
    "a card was open while an interpreter who is needed was missing",
    "an interpreter was lost in mid-session",
    "a substitute took the session over",
    "the therapist came when a substitute held the session",
    "a question of joining was left unanswered",
)


class Watch:
    def __init__(self, world: World) -> None:
        self.world = world
        self.seen: Counter[str] = Counter()
        self._dues: dict[str, set[datetime]] = {}
        self._answering: dict[str, datetime] = {}
        self._times: dict[str, datetime] = {}
        self._fired: dict[tuple[str, int], str] = {}
        self._letters: Counter[str] = Counter()
        self._taken: dict[str, int] = {}

    def count(self, name: str) -> None:
        assert name in NAMES, name
        self.seen[name] += 1

    def asked(self, session: str, who: str, command: Any) -> None:
        told, now, kind = self.world.oracle.of(session), self.world.policy_now(), type(command).__name__
        if kind == "AnswerCard" and told.card is not None and told.card.id == command.card:
            self._answering[session] = now
            if abs(now - told.card.answer_by) <= SPLIT:
                self.count("an answer arrived within 1 ms of the default")
        if kind == "AnswerTimes":
            if self._times.get(session) == now:
                self.count("both answered the new times in one instant")
            self._times[session] = now
            if told.expires_at is not None and abs(now - told.expires_at) <= SPLIT:
                self.count("the new times were answered within 1 ms of their end")

    def answered(self, command: Any, reply: Any) -> None:
        kind = type(command).__name__
        if kind == "Drop" and reply.refusal is not None and reply.refusal.code == "stale_connection":
            self.count("a connection was reported lost after a newer one had come")
        if reply.refusal is not None and reply.refusal.code == NOT_HOSTING.code:
            self.count("the therapist came when a substitute held the session")
        if reply.repeated and reply.refusal is None:
            self.count("a commit lost its answer, and was asked again")

    def conflict(self, node: Node, entry: Append, command: str) -> None:
        other = self._fired.get((entry.session, entry.expected))
        self.count("a command was decided again after another was first")
        if command == "DeadlineReached" and other is not None and other == "DeadlineReached":
            self.count("two nodes decided the same deadline")
        if {command, other} == {"DeadlineReached", "AnswerCard"}:
            self.count("an answer and the default were written at once, and one lost")
        if {command, other} == {"Arrive", "AnswerCard"}:
            self.count("a late partner came while the card's answer was being written")
        if command == other == "Connect":
            self.count("two devices took one seat at once")

    def before(self, node: Node, entry: Append, command: str) -> None:
        world = self.world
        told, now = world.oracle.of(entry.session), world.policy_now()
        self._fired[entry.session, entry.expected] = command
        due = world.oracle.due(told)
        if due is not None:
            self._dues[entry.session] = {*sorted(self._dues.get(entry.session, ()))[-2:], due}
        kinds = [line.kind for line in entry.events]
        at = entry.events[0].at if entry.events else now
        near = any(abs(at - one) <= SPLIT for one in self._dues.get(entry.session, ()))
        if "Arrived" in kinds and near:
            self.count("a partner arrived within 1 ms of the deadline")
        if "Connected" in kinds and near and told.stance.get("clause") in ("M2", "M3", "A4"):
            self.count("a partner came back at the very end of the grace")
        if due is not None and kinds[:1] == ["OutageRecorded"]:
            self._outage_at(due, entry.events[0].body)
        if command == "DeadlineReached" and entry.events and due is not None:
            self._deadline(node, told, due)

    def _deadline(self, node: Node, told: Any, due: datetime) -> None:
        if node.woke_at is not None and node.paused_at is not None and node.paused_at <= due <= node.woke_at:
            self.count("a deadline was fired by a node that had been paused")
        if any(begin <= due <= end for begin, end in self.world.gaps):
            self.count("a deadline came due while the store was away")
        if node.off:
            self.count("a node 5 min off decided a deadline")

    def after(self, node: Node, entry: Append, command: str, read: list[tuple[str, dict[str, Any]]]) -> None:
        told = self.world.oracle.of(entry.session)
        for kind, body in read:
            if kind == "CardAnswered" and body["by"] == "policy":
                self.count("a card went to its default")
                if body["option"] == "proceed":
                    self.count("one partner was seen alone by default")
                if body["option"] == "keep_solo" and told.cards[body["id"]].asked_to_join:
                    self.count("a question of joining was left unanswered")
            if kind == "CardRaised" and told.interpreter_missing:
                self.count("a card was open while an interpreter who is needed was missing")
            if kind == "Dropped" and body["who"] == INTERPRETER and told.started:
                self.count("an interpreter was lost in mid-session")
            if kind == "HostChanged":
                self.count("a substitute took the session over")
            if kind == "OutageRecorded":
                self._outage(body)
            if kind == "TimesProposed":
                starts = [told.starts_at, *map(instant, body["starts"])]
                if len({self.world.offsets(at) for at in starts}) > 1:
                    self.count("new times were proposed over a change of the clocks")

    def _outage(self, body: dict[str, Any]) -> None:
        if body["cut"]:
            self.count("a restart of all was recorded as an outage")
        elif self.world.swarm.homes and self.world.loop.killed and not self.world.swarm.pauses:
            self.count("a dead node's session was taken over by another")
        elif not self.world.swarm.blind:
            self.count("a pause of a node was recorded as an outage")

    def _outage_at(self, due: datetime, body: str) -> None:
        outage = json.loads(body)
        until = outage["until"] and instant(outage["until"])
        if instant(outage["since"]) <= due and (until is None or due <= until):
            self.count("an outage was open at the deadline")
            if outage["cut"]:
                self.count("a deadline came due while every node was down")

    def killed(self, node: Node) -> None:
        if any(told.card is not None and told.card.answer is None for told in self.world.oracle.told.values()):
            self.count("a node was killed with a card open")
        if node.delivering:
            self.count("a node was killed in the middle of a delivery")

    def wall(self) -> None:
        if any(told.card is not None and told.card.answer is None for told in self.world.oracle.told.values()):
            self.count("a wall was set by an hour while a card was open")

    def hint(self, times: int) -> None:
        if times != 1:
            self.count("a hint came twice" if times else "a hint was lost")

    def taken(self, node: Node, row: OutboxRow) -> None:
        if self._taken.get(row.id) == row.tries:
            self.count("an outbox row was taken again after its lease")
        self._taken[row.id] = row.tries

    def sent(self, letter: Any) -> None:
        self._letters[letter.id] += 1
        if self._letters[letter.id] == 2:
            self.count("a letter was sent twice")

    def booked(self, name: str, result: Any) -> None:
        if name == "book" and not result:
            self.count("the agreed time was taken meanwhile")
