"""Who takes part: they come, drop, return, declare and answer, many of them at the last possible moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from server.domain.attendance import Action, Focus, Reason, SoloApproval
from server.domain.session import commands as c
from server.domain.session.views import Check
from tests.simulation.ring2.asking import Callers, Make
from tests.simulation.ring2.node import Node
from tests.simulation.ring2.told import HOST, INTERPRETER, SUBSTITUTE, Told

EDGE = (0.0, 0.0, 0.000001, -0.000001, 0.0005, -0.0005, 0.001, -0.001, 0.5, -0.5)  # s about an instant that counts


class People(Callers):
    """They see what was written, as a page would show it, and mean something by what they do."""

    # When

    def edge(self, at: datetime) -> datetime:
        return at + timedelta(seconds=self.rng.choice(EDGE))

    def sharp(self) -> bool:
        return self.rng.random() < self.world.swarm.edges

    def soon(self, seconds: float) -> datetime:
        return self.world.policy_now() + timedelta(seconds=self.rng.uniform(0, seconds))

    def when(self, at: datetime, who: str, make: Make) -> None:
        self.world.at(at, self.do, who, make)

    # What people mean to do

    def set_out(self) -> None:
        """Each makes up their mind: early, late, at an edge, or not at all."""
        start, rng = self.told.starts_at, self.rng
        host = rng.choices(("early", "edge", "never"), (12, 2, 1))[0]
        if host == "early":
            self.enter(HOST, start - timedelta(seconds=rng.uniform(0, 150)))
        elif host == "edge":
            self.enter(HOST, self.edge(start + timedelta(minutes=rng.choice((0, 5, 15)))))
        for key in self.keys:
            self._set_out(key, start)
        if INTERPRETER in self.told.chairs:
            self._interpreter_sets_out(start)

    def _interpreter_sets_out(self, start: datetime) -> None:
        rng = self.rng
        how = rng.choices(("early", "edge", "late", "never"), (4, 3, 3, 2))[0]
        if how == "early":
            self.enter(INTERPRETER, start - timedelta(seconds=rng.uniform(-60, 200)))
        elif how == "edge":
            self.enter(INTERPRETER, self.edge(start + timedelta(minutes=rng.choice((0, 2, 10, 15, 15)))))
        elif how == "late":
            self.enter(INTERPRETER, start + timedelta(minutes=rng.uniform(5, 20)))
        if how != "never" and rng.random() < 0.4:
            back = timedelta(seconds=rng.choice((5, 60, 119, 121, 300)))
            self.world.at(start + timedelta(minutes=rng.uniform(0, 20)), self._drops, INTERPRETER, back)

    def _set_out(self, key: str, start: datetime) -> None:
        rng = self.rng
        how = rng.choices(("early", "edge", "late", "declares", "says_late", "fails", "never"), (9, 4, 3, 2, 1, 1, 3))[
            0
        ]
        if how == "early":
            self.enter(key, start - timedelta(seconds=rng.uniform(-60, 200)))
        elif how == "edge":
            self.enter(key, self.edge(start + timedelta(minutes=rng.choice((0, 2, 5, 10, 15, 15, 20)))))
        elif how == "late":
            self.enter(key, start + timedelta(minutes=rng.uniform(8, 26)))
        elif how == "declares":
            reason = rng.choice(list(Reason))
            self.when(start + timedelta(seconds=rng.uniform(-200, 700)), key, lambda t: c.DeclareAbsence(key, reason))
            if rng.random() < 0.3:
                self.enter(key, start + timedelta(minutes=rng.uniform(5, 15)))
        elif how == "says_late":
            until = start + timedelta(minutes=rng.choice((12, 18)))
            self.when(start + timedelta(seconds=rng.uniform(-100, 300)), key, lambda t: c.RunLate(key, until))
            if rng.random() < 0.7:
                self.enter(key, self.edge(until))
        elif how == "fails":
            check = Check("failed", "ok", "ok", "ok")
            self.when(start + timedelta(seconds=rng.uniform(-100, 500)), key, lambda t: c.ReportCheck(key, check))

    def call_off(self) -> None:
        """Long before the start, one of them says that they can't come."""
        at = self.world.swarm.start + timedelta(minutes=self.rng.uniform(0, 20))
        self.when(at, "a", lambda t: c.DeclareAbsence("a", Reason.OTHER))

    def enter(self, key: str, at: datetime) -> None:
        """Open the page, and say that one is here, exactly then; now and then on two devices at once."""
        opened = at - timedelta(seconds=self.rng.choice((0.0, 20.0)) if key != HOST else 0.0)
        self.when(opened, key, lambda t: c.Connect(key, 0))
        if self.rng.random() < 0.1:
            self.when(opened, key, lambda t: c.Connect(key, 0))
        if key != HOST:
            self.world.at(at, self._arrive, key, 8)

    def _arrive(self, key: str, tries: int) -> None:
        """As soon as the page is connected."""
        if self.told.chairs[key].linked:
            self.do(key, lambda t: c.Arrive(key))
        elif tries:
            self.world.at(self.world.policy_now() + timedelta(seconds=10), self._arrive, key, tries - 1)

    def lose(self, key: str, back: timedelta | None) -> None:
        """The connection falls silent; the node that held it says so, and perhaps the person comes back."""
        since, epoch = self.world.policy_now(), self.told.chairs[key].epoch
        self.when(since + timedelta(seconds=16), key, lambda t: c.Drop(key, epoch, since))
        if back is not None:
            self.when(since + back, key, lambda t: c.Connect(key, 0))

    # What people do about what they see

    def react(self, session: str, read: list[tuple[str, dict[str, Any]]]) -> None:
        if session == self.session:
            for kind, body in read:
                handler = _REACTIONS.get(kind)
                if handler is not None:
                    handler(self, body)

    def on_arrived(self, body: dict[str, Any]) -> None:
        who, told = body["who"], self.told
        if told.chairs[who].place == "waiting" and self.rng.random() < 0.93:
            make: Make = (lambda t: c.AdmitAll()) if self.rng.random() < 0.5 else (lambda t: c.Admit(who))
            self.when(self.soon(40), HOST, make)
        if self.rng.random() < 0.1:
            self.when(self.soon(300), who, lambda t: c.AskForTime(who))

    def on_host(self, body: dict[str, Any]) -> None:
        if body["who"] == HOST and self.rng.random() < 0.95:
            self.when(self.soon(40), HOST, lambda t: c.AdmitAll())
            if self.rng.random() < 0.15:
                self.when(self.soon(400), HOST, lambda t: c.ApproveSolo(self.rng.choice(list(SoloApproval))))

    def on_card(self, body: dict[str, Any]) -> None:
        """Answered at once, at the last moment, or never; and who is missing may come in that very moment."""
        card, rng, told = body["id"], self.rng, self.told
        absent = [key for key in told.partners if told.chairs[key].state != "present"]
        sharp = self.sharp()
        at = self.edge(told.cards[card].answer_by) if sharp else self.soon(150)
        if sharp or rng.random() < 0.7:
            self.when(at, HOST, lambda t: self._answer(t, card))
        if absent and rng.random() < 0.35:
            self.enter(rng.choice(absent), at if rng.random() < 0.6 else self.soon(150))

    def _answer(self, told: Told, card: str) -> c.Command:
        """Now and then to a card that is gone, as a page that is behind would."""
        known = told.cards[card]
        option = Action(self.rng.choice(known.options))
        return c.AnswerCard(card, option, Focus.OPEN if option is Action.PROCEED else None)

    def on_merge(self, body: dict[str, Any]) -> None:
        question, who, yes = body["id"], body["who"], self.rng.random() < 0.75
        if self.sharp():
            at = self.edge(datetime.fromisoformat(body["answer_by"]))
        else:
            at = self.soon(100)
        if self.rng.random() < 0.6:
            self.when(at, who, lambda t: c.AnswerMerge(who, question, yes))

    def on_started(self, body: dict[str, Any]) -> None:
        """Under way: somebody may drop, leave or be removed; in the end the therapist ends it."""
        rng, who = self.rng, self.rng.choice((HOST, *self.keys))
        later = timedelta(seconds=rng.uniform(5, 120))
        what = rng.choices(("nothing", "drops", "leaves", "removed"), (8, 6, 1, 1))[0]
        now = self.world.policy_now()
        if what == "drops":
            grace = (
                timedelta(seconds=120 + rng.choice(EDGE)) if self.sharp() else timedelta(seconds=rng.uniform(1, 200))
            )
            self.world.at(now + later, self._drops, who, grace if rng.random() < 0.8 else None)
        elif what == "leaves":
            self.when(now + later, who, lambda t: c.Leave(who))
        elif what == "removed" and who != HOST:
            self.when(now + later, HOST, lambda t: c.Remove(who))
        if rng.random() < 0.8:
            self.when(now + timedelta(seconds=rng.uniform(100, 500)), HOST, lambda t: c.EndSession())

    def on_sought(self, body: dict[str, Any]) -> None:
        """The stand-in takes the session over, perhaps in the moment in which the therapist comes after all."""
        swarm = self.world.swarm
        if not swarm.stand_in or swarm.pages or self.rng.random() < 0.2:
            return
        at = self.soon(200)
        self.when(at, SUBSTITUTE, lambda t: c.TakeOver(SUBSTITUTE))
        self.when(at + timedelta(seconds=self.rng.choice((0, 3, 30))), SUBSTITUTE, lambda t: c.Connect(SUBSTITUTE, 0))
        if self.rng.random() < 0.5:
            self.enter(HOST, at if self.rng.random() < 0.5 else self.soon(400))
        if self.rng.random() < 0.2:
            self.when(self.soon(600), HOST, lambda t: c.TakeOver(HOST))

    def on_alone(self, body: dict[str, Any]) -> None:
        """The other may come late after all."""
        others = [key for key in self.keys if key != body["attending"]]
        if others and self.rng.random() < 0.8:
            self.enter(self.rng.choice(others), self.soon(200))
        self.when(self.soon(700), HOST, lambda t: c.EndSession())

    def _drops(self, key: str, back: timedelta | None) -> None:
        if self.told.chairs[key].linked:
            self.lose(key, back)

    def on_proposed(self, body: dict[str, Any]) -> None:
        """The times are answered in private: at once, in the same instant, at the last one, or never."""
        if not self.world.swarm.times:
            return
        rng, expires = self.rng, datetime.fromisoformat(body["expires_at"])
        together = self.soon(100_000)
        for key in self.told.partners:
            accept = frozenset(i for i in range(len(body["starts"])) if rng.random() < 0.75)
            at = together if self.sharp() else self.edge(expires) if rng.random() < 0.2 else self.soon(150_000)
            if rng.random() < 0.93:
                self._times(key, accept, at)

    def _times(self, key: str, accept: frozenset[int], at: datetime) -> None:
        self.when(at, key, lambda t: c.AnswerTimes(key, accept))

    def on_lost_node(self, node: Node) -> None:
        """Their pages lost the node: most come back on another; of the others it is noticed that they are silent."""
        for key, home in list(self.home.items()):
            if home is node:
                del self.home[key]
                seat = HOST if key == SUBSTITUTE else key
                if self.told.chairs[seat].linked:
                    seconds = self.rng.uniform(5, 60)
                    back = timedelta(seconds=seconds) if self.rng.random() < 0.85 else None
                    self.lose(seat, back)

    def leave(self) -> None:
        """It is late: whoever still holds the session ends it or goes away."""
        if self.told.over:
            return
        epoch, now = self.told.chairs[HOST].epoch, self.world.policy_now()
        by_page = self.world.swarm.pages  # of a page that lost its connection nothing can be asked
        ends = (self.told.started or self.told.alone is not None) and not by_page
        self.do(HOST, lambda t: c.EndSession() if ends else c.Drop(HOST, epoch, now))


_REACTIONS: dict[str, Callable[[People, dict[str, Any]], None]] = {
    "Arrived": People.on_arrived,
    "Connected": People.on_host,
    "CardRaised": People.on_card,
    "MergeAsked": People.on_merge,
    "Started": People.on_started,
    "SoloStarted": People.on_alone,
    "SubstituteSought": People.on_sought,
    "TimesProposed": People.on_proposed,
}
