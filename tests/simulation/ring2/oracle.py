"""Judges every write, answer and letter by what must always hold. It reads JSON and shares no code with the service."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.domain.attendance.naive import DEFAULTS, naive
from tests.simulation.ring2 import lines as _lines  # noqa: F401, fills the table of readers
from tests.simulation.ring2.told import HOST, Told, instant

MISSED = ("no_show", "late_cancel", "excused")
MICROS = 1_000_000  # the second reading is done in whole microseconds: at an edge of time, a rounding would decide
COUNTED = ("credit_minutes", "review_after_misses", "reengage_after_misses", "solo_streak_limit")
POLICY = {name: value if name in COUNTED else value * MICROS for name, value in DEFAULTS.items()}
NO_SHOW_AFTER = timedelta(minutes=15)
AHEAD = timedelta(milliseconds=1)  # that a clock may be measured ahead of the store's
WANTS = {
    "Nudged": ("Mail nudge",),
    "SubstituteSought": ("Mail substitute_wanted",),
    "TimesSought": ("SearchTimes",),
    "TimesProposed": ("Mail new_times", "Mail new_times"),
    "TimeAgreed": ("BookTime",),
    "Rebooked": ("Mail booked", "Mail booked"),
    "ProposalClosed": ("ReleaseTimes", "Mail outreach"),
}
ALWAYS_SENT = ("substitute_wanted", "review", "outreach", "booked", "cancelled")
LEAVES_A_LINE = ("AnswerCard", "AnswerMerge", "AnswerTimes", "DeclareAbsence", "EndSession", "Connect")


@dataclass(slots=True)
class Row:
    """An outbox row, from the moment it was written."""

    id: str
    session: str
    what: str
    body: dict[str, Any]
    sent: int = 0
    handed_on: bool = False  # a letter, into its addressee's queue
    finished: str = ""

    @property
    def queue(self) -> str:
        return f"{self.session}/{self.body['to']}" if self.handed_on else self.session

    @property
    def is_letter(self) -> bool:
        return self.what.startswith("Mail ")


@dataclass(slots=True)
class Oracle:
    """`now` is the database's policy time; `composing` is how long the writing of a letter may take."""

    now: Callable[[], datetime]
    composing: timedelta
    told: dict[str, Told] = field(default_factory=dict)
    lines: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    queues: dict[str, list[Row]] = field(default_factory=dict)
    letters: dict[str, Row] = field(default_factory=dict)  # by the id that they have in their addressee's queue
    violations: list[str] = field(default_factory=list)

    def say(self, fault: str) -> None:
        self.violations.append(fault)

    def of(self, session: str) -> Told:
        return self.told.setdefault(session, Told(session))

    # What is written

    def appended(self, entry: Any, asked: str) -> list[tuple[str, dict[str, Any]]]:
        """An entry that was committed just now, for a command of this name; its lines as kinds and JSON."""
        told, now = self.of(entry.session), self.now()
        if entry.expected != told.length:
            self.say(f"{entry.session}: decided on {entry.expected} lines, where there were {told.length}")
        read = []
        for line in entry.events:
            body = json.loads(line.body)
            if line.cmd is not None:
                if line.cmd in told.commands:
                    self.say(f"{entry.session}: {line.cmd} was decided twice")
                told.commands[line.cmd] = line.seq
            if line.at > now + AHEAD:
                self.say(f"{entry.session}: {line.kind} is dated {line.at - now} ahead of time")
            self._before(told, line.kind, body, line.at, asked)
            told.read(line.kind, body, line.at)
            self._after(told, line.kind, body)
            read.append((line.kind, body))
            self.lines.setdefault(entry.session, []).append((line.seq, line.kind, line.body))
        for fault in told.fault:
            self.say(f"{entry.session}: {fault}")
        told.fault.clear()
        self._whole(told, entry, read)
        return read

    def _before(self, told: Told, kind: str, body: dict[str, Any], at: datetime, asked: str) -> None:
        match kind:
            case "SoloStarted" | "Converted":
                self._alone(told, kind)
            case "OutcomesSet":
                self._outcomes(told, body["outcomes"], at, asked)
            case "Decided":
                self._decision(told, body, at)

    def _after(self, told: Told, kind: str, body: dict[str, Any]) -> None:
        rooms = [key for key in told.partners if told.chairs[key].place == "room"]
        if kind in ("Moved", "Started", "SoloStarted") and len(rooms) > 1:
            if told.plan["keep_apart"]:
                self.say(f"{told.id}: two who are kept apart are in one room")
            if told.status == "solo" and len(told.plan["partners"]) > 1 and kind != "Moved":
                self.say(f"{told.id}: two in the room of one")

    def _alone(self, told: Told, kind: str) -> None:
        card = told.card
        if told.plan["kind"] == "intake":
            self.say(f"{told.id}: an intake went on with one partner")
        if not all(told.consents.values()):
            self.say(f"{told.id}: one was seen alone without both consents")
        on_card = card is not None and card.answer == "proceed" and card.by == "therapist"
        if not (on_card or told.plan["attendance"] == "optional" or told.approval in ("standing", "granted")):
            self.say(f"{told.id}: one was seen alone without the therapist's approval")
        if kind == "SoloStarted" and told.interpreter_missing:
            self.say(f"{told.id}: one was seen alone without the interpreter who is needed")
        if kind == "SoloStarted" and not told.chairs[HOST].linked:
            self.say(f"{told.id}: one was seen alone without the therapist")

    def _outcomes(self, told: Told, outcomes: dict[str, str | None], at: datetime, asked: str) -> None:
        by_therapist = asked == "EndSession" or (told.last_answer == "therapist")
        for key, outcome in outcomes.items():
            chair = told.chairs[key]
            if outcome in MISSED and chair.place == "room" and chair.linked and chair.state == "present":
                self.say(f"{told.id}: {key} is there, admitted and connected, and was marked {outcome}")
            if outcome == "no_show" and not by_therapist and told.elapsed(at) < NO_SHOW_AFTER:
                self.say(f"{told.id}: {key} is a no-show {told.elapsed(at)} after the start")

    def _decision(self, told: Told, body: dict[str, Any], at: datetime) -> None:
        """The stance is what a second reading of the policy says, and the facts are what the log says."""
        facts = json.loads(body["facts"])
        for key, partner in facts["partners"].items():
            if partner["state"] != told.chairs[key].state:
                self.say(f"{told.id}: decided on {key} {partner['state']}, who is {told.chairs[key].state}")
            if partner["solo_consent"] is not told.consents[key]:
                self.say(f"{told.id}: decided on a consent that is not so")
        if facts.get("interpreter_missing", False) is not told.interpreter_missing:
            self.say(f"{told.id}: decided on an interpreter who is not so")
        here = told.chairs[HOST].linked
        if (facts["therapist"]["state"] == "present") is not here or facts["solo_approval"] != told.approval:
            self.say(f"{told.id}: decided on facts of the therapist that are not so")
        plain = plain_facts(facts)
        wanted = naive(plain, POLICY)
        if wanted["action"] == "ask" and plain["asked"] is not None and plain["asked"]["answer"] is not None:
            wanted = naive({**plain, "asked": None}, POLICY)
        until = body["wait_until"] and micros(instant(body["wait_until"]), told.starts_at)
        said = (body["action"], body["clause"])
        if said != (wanted["action"], wanted["clause"]) or until != wanted["wait_until"]:
            self.say(f"{told.id}: decided {said} until {until}, where the policy says {wanted}")

    def _whole(self, told: Told, entry: Any, read: list[tuple[str, dict[str, Any]]]) -> None:
        """Nothing half-decided: with each line its outbox rows, and a deadline for every open question."""
        drafts = []
        for draft in entry.outbox:
            body = json.loads(draft.body)
            row = Row(
                draft.id, entry.session, f"{draft.kind} {body['kind']}" if draft.kind == "Mail" else draft.kind, body
            )
            drafts.append(row.what)
            if draft.id in self.rows:
                self.say(f"{entry.session}: outbox row {draft.id} was written twice")
            self.rows[draft.id] = row
            self.queues.setdefault(entry.session, []).append(row)
        for kind, _ in read:
            for wanted in WANTS.get(kind, ()):
                if wanted in drafts:
                    drafts.remove(wanted)
                else:
                    self.say(f"{entry.session}: {kind} without its {wanted}")
        due = self.due(told)
        if due is not None and (entry.deadline is None or entry.deadline > due):
            self.say(f"{entry.session}: a question is open until {due}, and the deadline is {entry.deadline}")

    def due(self, told: Told) -> datetime | None:
        """When the first open question must be decided."""
        found = [told.expires_at] if told.expires_at is not None else []
        if not told.over and not told.paused:
            if told.card is not None and told.card.answer is None:
                found.append(told.card.answer_by)
            if told.merge is not None and not told.merge["agreed"]:
                found.append(told.merge["answer_by"])
            if told.stance.get("wait_until"):
                found.append(instant(told.stance["wait_until"]))
        return min(found, default=None)

    # What is answered

    def acknowledged(self, session: str, command: str, cmd: str, length: int) -> None:
        """Somebody was told that this command of theirs was accepted."""
        told = self.of(session)
        if told.length < length:
            self.say(f"{session}: {command} was acknowledged on {length} lines, and there are {told.length}")
        if command in LEAVES_A_LINE and cmd not in told.commands:
            self.say(f"{session}: {command} {cmd} was acknowledged, and the record does not know it")

    # What is done outside

    def sent(self, letter: Any, late: bool) -> None:
        """A letter went out. `late`: its node was paused meanwhile, so that it may be out of date."""
        if letter.kind == "reminder":
            self._reminded(self.of(letter.session), letter, late)
            return
        row = self.rows.get(letter.id)
        if row is None or row.what != f"Mail {letter.kind}":
            self.say(f"a letter {letter.kind} of id {letter.id} that no decision wrote")
            return
        row.sent += 1
        if row.sent == 1:
            for earlier in self.queues[row.session]:
                if earlier is row:
                    break
                aside = earlier.is_letter and earlier.body["to"] != row.body["to"]
                if not (earlier.handed_on if aside else earlier.finished):
                    self.say(f"{row.session}: {row.what} went out before {earlier.what}")
        if not late:
            self._still_true(self.of(row.session), row, letter)

    def _reminded(self, told: Told, letter: Any, late: bool) -> None:
        """Promised beside the log: of a session that is to come, once it was known, and before it begins."""
        if letter.starts_at != told.starts_at:
            self.say(f"{told.id}: reminded of {letter.starts_at}, and it begins at {told.starts_at}")
        if not late and told.over_since is not None and told.over_since < letter.sent_at - self.composing:
            self.say(f"{told.id}: reminded {letter.sent_at - told.over_since} after it was over")

    def _still_true(self, told: Told, row: Row, letter: Any) -> None:
        since = told.untrue_since(row.what, row.body.get("to", ""))
        if since is not None and since < letter.sent_at - self.composing:
            self.say(f"{told.id}: {row.what} went out {letter.sent_at - since} after it was no longer so")

    def posted(self, queue: str, draft: Any) -> None:
        """A row that no decision wrote. A letter's is that decision's letter, and in its addressee's queue."""
        body = json.loads(draft.body)
        row = self.rows.get(body["letter"]) if draft.kind == "LetterOf" else None
        if row is None:
            return
        row.handed_on = True
        if queue != row.queue:
            self.say(f"{row.session}: {row.what} to {row.body['to']} waits in the queue {queue}")
        self.letters[draft.id] = row

    def finished(self, id: str, how: str) -> None:
        row = self.letters.get(id) or self.rows.get(id)
        if row is None or row.finished or (row.handed_on and id == row.id):
            return  # what was handed on ends in the other queue
        row.finished = how
        if how != "done":
            return
        told, kind = self.of(row.session), row.what.removeprefix("Mail ")
        if kind in ALWAYS_SENT and not row.sent:
            self.say(f"{row.session}: {row.what} to {row.body.get('to')} is done, and was never sent")
        if kind == "SearchTimes" and told.times == "searching" and told.round == row.body["round"]:
            self.say(f"{row.session}: the search of round {told.round} is done, and nothing came of it")
        if kind == "BookTime" and told.times == "proposed" and told.agreed is not None:
            self.say(f"{row.session}: the booking is done, and nothing came of it")


def micros(at: datetime, start: datetime) -> int:
    return (at - start) // timedelta(microseconds=1)


def plain_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts' JSON as the second reading wants it: instants as microseconds after the planned start."""
    start = instant(facts["session"]["starts_at"])

    def at(text: str | None) -> int | None:
        return None if text is None else micros(instant(text), start)

    session = {**facts["session"], "starts_at": 0}
    for name in ("started_at", "solo_started_at"):
        session[name] = at(session[name])
    partners = {
        key: {**p, **{name: at(p[name]) for name in ("since", "declared_at", "late_until")}}
        for key, p in facts["partners"].items()
    }
    asked = facts["asked"]
    if asked is not None:
        asked = {**asked, **{name: at(asked[name]) for name in ("at", "answer_by", "answered_at")}}
    return {
        **facts,
        "now": at(facts["now"]),
        "session": session,
        "therapist": {**facts["therapist"], "since": at(facts["therapist"]["since"])},
        "partners": partners,
        "interpreter_missing": facts.get("interpreter_missing", False),
        "outages": [{"from": at(o["from"]), "to": at(o["to"])} for o in facts["outages"]],
        "asked": asked,
    }
