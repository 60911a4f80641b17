"""The attendance policy a second time: deliberately naive, read off server/POLICY.md clause by clause.

It shares no code with the service. Facts are plain dictionaries with the keys of the facts JSON; an instant is a
number of seconds after the planned start (which is 0), a duration a number of seconds, and an outage a pair.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

FIRST = {"card_after": 600, "no_show_after": 900, "therapist_notice": 300, "therapist_no_show": 900}
MORE = {"reconnect_grace": 120, "technical_extra": 600, "wait_extension": 300, "answer_within": 180}
REST = {"credit_minutes": 26, "excused_notice": 86400, "review_after_misses": 2, "reengage_after_misses": 3}
DEFAULTS: dict[str, float] = {**FIRST, **MORE, **REST, "solo_streak_limit": 2}
JOINT_WORK = ["relationship_issues", "conflict_resolution", "relapse_prevention_plan", "trust_accountability"]
SOLO_REASONS = ["scheduling_conflict", "individual_work", "space", "recovery_stage"]
Facts = dict[str, Any]
Said = dict[str, Any]


def naive(facts: Facts, policy: dict[str, float] = DEFAULTS) -> Said:
    """What the policy says: the decision JSON without `because`, `notify` and `policy`."""
    question = Reader(facts, policy)
    said = question.above_everything()
    if said is None:
        kind = facts["session"]["kind"]
        if kind == "individual":
            said = question.individual()
        elif kind == "group":
            said = question.group()
        else:
            said = question.joint()
    return question.finish(said)


def uncovered(begin: float, end: float, outages: list[list[float]]) -> float:
    """How much of [begin, end) no outage covers, piece by piece."""
    marks = sorted({begin, end, *(m for o in outages for m in o if begin < m < end)})
    total = 0.0
    for left, right in pairwise(marks):
        middle = (left + right) / 2
        if not any(since <= middle < until for since, until in outages):
            total += right - left
    return total


class Reader:
    def __init__(self, facts: Facts, policy: dict[str, float]) -> None:
        self.f, self.p = facts, policy
        self.now = facts["now"]
        self.s = facts["session"]
        self.people = facts["partners"]
        self.outages = [[o["from"], o["to"]] for o in facts["outages"]]
        closed = [[a, self.now if b is None else b] for a, b in self.outages]
        self.closed = [[a, b] for a, b in closed if b > a]
        self.elapsed = self.now if self.now < 0 else uncovered(0, self.now, self.closed)
        self.under_way = self.s["started_at"] is not None or self.s["solo_started_at"] is not None
        self.states = [p["state"] for p in self.people.values()]
        self.here = [k for k, p in self.people.items() if p["state"] == "present"]
        self.absent = [k for k, p in self.people.items() if self.is_absent(p)]
        self.attending = [k for k in self.people if k not in self.absent]

    def is_absent(self, partner: Facts) -> bool:
        if partner["state"] == "present":
            return False
        return bool(partner["state"] == "declared_absent" or self.now >= 0)

    def after_start(self, seconds: float) -> float:
        """starts_at + seconds, plus outages."""
        at, left = 0.0, seconds
        for mark in sorted({m for outage in self.closed for m in outage if m > 0}):
            free = uncovered(at, mark, self.closed)
            if free >= left:
                break
            at, left = mark, left - free
        return at + left

    def grace_ends(self) -> list[float]:
        dropped = [p for p in self.people.values() if p["state"] == "dropped" and p["since"] is not None]
        ends = [p["since"] + self.p["reconnect_grace"] for p in dropped]
        return [end for end in ends if self.now < end]

    def late_ends(self) -> list[float]:
        ends = []
        for p in self.people.values():
            if p["state"] == "expected" and p["late_until"] is not None:
                limit = self.after_start(self.p["no_show_after"] + self.p["wait_extension"])
                ends.append(min(p["late_until"], limit))
        return [end for end in ends if self.now < end]

    # -- the clauses -----------------------------------------------------------------------

    def above_everything(self) -> Said | None:
        for since, until in self.outages:
            if since <= self.now and (until is None or self.now < until):
                return {"clause": "A1", "action": "hold"}
        if self.f["therapist"]["state"] == "present":
            return None
        if not self.under_way:
            return self.a3()
        return self.a4()

    def a3(self) -> Said | None:
        if self.elapsed < 0:
            if "declared_absent" in self.states:
                return None
            return {"clause": "A3", "action": "wait", "until": 0}
        if self.elapsed < self.p["therapist_no_show"]:
            said: Said = {"clause": "A3", "action": "wait", "until": self.after_start(self.p["therapist_no_show"])}
            if self.elapsed >= self.p["therapist_notice"]:
                said["follow_ups"] = ["find_substitute_host"]
            return said
        return {"clause": "A3", "action": "reschedule", "provider": True}

    def a4(self) -> Said:
        since = self.f["therapist"]["since"]
        since = self.now if since is None else since
        gone = self.now - since
        if gone < self.p["reconnect_grace"]:
            return {"clause": "A4", "action": "wait", "until": since + self.p["reconnect_grace"]}
        if gone < self.p["therapist_no_show"]:
            said: Said = {"clause": "A4", "action": "wait", "until": since + self.p["therapist_no_show"]}
            if gone >= self.p["therapist_notice"]:
                said["follow_ups"] = ["find_substitute_host"]
            return said
        if self.f["co_present_minutes"] >= self.p["credit_minutes"]:
            return {"clause": "A4", "action": "end"}
        return {"clause": "A4", "action": "reschedule", "provider": True}

    def individual(self) -> Said:
        (state,) = self.states
        if self.under_way:
            if state == "present":
                return {"clause": "I1", "action": "continue"}
            if self.grace_ends():
                return {"clause": "I1", "action": "wait", "until": max(self.grace_ends())}
            more = ["outreach_call"] if state == "left" else []
            return self.ask("I1", ["wait", "end"], "wait", "end", more)
        if state == "present":
            return {"clause": "I2", "action": "start"}
        if state == "declared_absent":
            return {"clause": "I3", "action": "reschedule"}
        tried = self.p["no_show_after"] + self.p["technical_extra"]
        if state == "attempted" and self.elapsed < tried:
            return {"clause": "I4", "action": "wait", "until": self.after_start(tried), "follow_ups": ["outreach_call"]}
        if self.elapsed < self.p["no_show_after"] or self.late_ends():
            ends = [self.after_start(self.p["no_show_after"]), *self.late_ends()]
            return {"clause": "I5", "action": "wait", "until": max(ends)}
        return {"clause": "I6", "action": "reschedule"}

    def group(self) -> Said:
        if self.under_way:
            return {"clause": "G1", "action": "continue"}
        if self.elapsed < 0:
            return {"clause": "G2", "action": "wait", "until": 0}
        return {"clause": "G3", "action": "start"}

    def joint(self) -> Said:
        if self.s["solo_started_at"] is not None:
            if len(self.here) == 2:
                better = "keep_solo" if self.f["keep_apart"] else "merge"
                return self.ask("S1", ["merge", "keep_solo"], better, "keep_solo")
            return {"clause": "S2", "action": "continue"}
        if self.s["started_at"] is not None:
            return self.joint_under_way()
        return self.joint_not_started()

    def joint_under_way(self) -> Said:
        if len(self.here) == 2:
            return {"clause": "M1", "action": "continue"}
        if "left" not in self.states and self.grace_ends():
            return {"clause": "M2", "action": "wait", "until": max(self.grace_ends())}
        options = ["wait", "end"]
        if (
            len(self.here) == 1
            and self.solo_possible()
            and self.attendance() != "required"
            and not self.uninterpreted()
        ):
            options.append("proceed")
        return self.ask("M3", options, "wait", "end", ["outreach_call"] if "left" in self.states else [])

    def joint_not_started(self) -> Said:
        if self.f["keep_apart"]:
            return self.ask("J1", ["reschedule", "wait"], "reschedule", "reschedule")
        if len(self.here) == 2:
            return {"clause": "J2", "action": "start"}
        if len(self.absent) == 2:
            return self.j3()
        tried = self.p["no_show_after"] + self.p["technical_extra"]
        if "attempted" in self.states and self.elapsed < tried:
            return {"clause": "J4", "action": "wait", "until": self.after_start(tried), "follow_ups": ["outreach_call"]}
        if "declared_absent" not in self.states:
            others = self.grace_ends() + self.late_ends()
            if self.elapsed < self.p["card_after"] or others:
                until = max([self.after_start(self.p["card_after"]), *others])
                return {"clause": "J5", "action": "wait", "until": until}
        return self.j6_and_on()

    def j3(self) -> Said:
        if self.states == ["declared_absent", "declared_absent"]:
            return {"clause": "J3", "action": "reschedule"}
        late, limit = self.late_ends(), self.p["no_show_after"]
        if self.elapsed < limit or late:
            return {"clause": "J3", "action": "wait", "until": max([self.after_start(limit), *late])}
        tried = limit + self.p["technical_extra"]
        if "attempted" in self.states and self.elapsed < tried:
            return {"clause": "J3", "action": "wait", "until": self.after_start(tried), "follow_ups": ["outreach_call"]}
        return {"clause": "J3", "action": "reschedule"}

    def j6_and_on(self) -> Said:
        declared = [p for p in self.people.values() if p["state"] == "declared_absent"]
        approval, attendance = self.f["solo_approval"], self.attendance()
        r, w, p = "reschedule", "wait", "proceed"
        if not self.solo_possible():
            return {"clause": "J6", "action": r} if declared else self.ask("J6", [r, w], r, r)
        if self.uninterpreted() and not (declared and attendance == "required" and approval != "granted"):
            if self.elapsed < self.p["card_after"]:
                return {"clause": "J13", "action": w, "until": self.after_start(self.p["card_after"])}
            return self.ask("J13", [r, w], r, r)
        if attendance == "required" and approval != "granted":
            return {"clause": "J7", "action": r} if declared else self.ask("J7", [r, w, p], r, r)
        if any(self.people[k]["consecutive_solo"] >= self.p["solo_streak_limit"] for k in self.attending):
            return self.ask("J8", [r, w, p], r, r, ["treatment_team_review"])
        good_reason = any(d["reason"] in SOLO_REASONS for d in declared)
        if good_reason and (approval in ("granted", "standing") or attendance == "optional"):
            return {"clause": "J9", "action": p}
        if attendance == "optional":
            return {"clause": "J10", "action": p}
        if approval in ("granted", "standing"):
            return self.ask("J11", [p, w, r], p, p)
        return self.ask("J12", [p, r, w], p if good_reason else r, r)

    def uninterpreted(self) -> bool:
        return bool(self.f["interpreter_missing"]) and (self.now >= 0 or self.under_way)

    def attendance(self) -> str:
        if self.s["attendance"] is not None:
            return str(self.s["attendance"])
        needs_both = self.s["kind"] == "intake" or any(f in JOINT_WORK for f in self.s["focus"])
        return "required" if needs_both else "encouraged"

    def solo_possible(self) -> bool:
        if self.s["kind"] == "intake" or self.f["solo_approval"] == "denied":
            return False
        return all(p["solo_consent"] for p in self.people.values())

    # -- A2: the question put to the therapist ---------------------------------------------

    def ask(self, clause: str, options: list[str], better: str, default: str, follow_ups: Any = ()) -> Said:
        said: Said = {"clause": clause, "follow_ups": list(follow_ups)}
        asked = self.f["asked"]
        card = {"options": options, "recommended": better, "default": default, "answer_by": self.time_to_answer()}
        if asked is None:
            return {**said, "action": "ask", "card": card}
        answer = asked["answer"]
        if answer == "wait" and "wait" in options:
            until = asked["answered_at"] + self.p["wait_extension"]
            if self.now < until:
                return {**said, "action": "wait", "until": until}
            return {**said, "action": "ask", "card": card}
        if answer is not None and answer in options:
            return {**said, "action": answer}
        if answer is None and self.now >= asked["answer_by"]:
            return {**said, "action": default}
        return {**said, "action": "ask", "card": {**card, "answer_by": asked["answer_by"]}}

    def time_to_answer(self) -> float:
        soon = float(self.now + self.p["answer_within"])
        if self.elapsed < 0 and not self.under_way:
            return min(self.p["card_after"], max(-12 * 3600, soon))
        joint = self.s["kind"] in ("couples", "intake")
        if joint and not self.under_way and self.elapsed < self.p["no_show_after"]:
            return self.after_start(self.p["no_show_after"])
        return soon

    # -- F: outcomes and what follows ------------------------------------------------------

    def finish(self, said: Said) -> Said:
        action = said["action"]
        outcomes: dict[str, str] = {}
        follow_ups = set(said.get("follow_ups", []))
        settled = action in ("proceed", "reschedule", "end")
        if settled:
            outcomes = {key: o for key in self.people if (o := self.outcome(key, action)) is not None}
            if said.get("provider"):
                outcomes = dict.fromkeys(self.people, "provider_cancelled")
        elif said["clause"] == "G1" and self.elapsed >= self.p["no_show_after"]:
            missing = {k: p for k, p in self.people.items() if p["state"] not in ("present", "left", "dropped")}
            outcomes = {key: self.absence(partner) for key, partner in missing.items()}
        for key, outcome in outcomes.items():
            follow_ups |= self.after_miss(key, outcome)
        follow_ups |= self.what_follows(action)
        return {
            "action": action,
            "clause": said["clause"],
            "attending": self.attending,
            "absent": self.absent,
            "wait_until": said.get("until") if action == "wait" else None,
            "card": said.get("card") if action == "ask" else None,
            "converted_kind": "individual" if action == "proceed" else None,
            "outcomes": outcomes,
            "follow_ups": sorted(follow_ups),
        }

    def outcome(self, key: str, action: str) -> str | None:
        partner = self.people[key]
        if action == "end" and self.f["co_present_minutes"] >= self.p["credit_minutes"]:
            return "attended"
        begun = self.now >= 0 or self.under_way
        if not begun:
            return self.absence(partner) if partner["state"] == "declared_absent" else None
        if partner["state"] == "present":
            return None if action == "reschedule" else "attended"
        return self.absence(partner)

    def absence(self, partner: Facts) -> str:
        state = partner["state"]
        if state == "declared_absent":
            early = partner["declared_at"] is not None and -partner["declared_at"] >= self.p["excused_notice"]
            return "excused" if early or partner["reason"] in ("illness", "emergency") else "late_cancel"
        if state in ("attempted", "dropped"):
            return "technical"
        return "left_early" if state == "left" and self.under_way else "no_show"

    def after_miss(self, key: str, outcome: str) -> set[str]:
        if outcome not in ("no_show", "late_cancel"):
            return set()
        misses = self.people[key]["consecutive_misses"] + 1
        found = set()
        if misses >= self.p["review_after_misses"]:
            found.add("treatment_team_review")
        if misses >= self.p["reengage_after_misses"]:
            found.add("re_engagement_plan")
        return found

    def what_follows(self, action: str) -> set[str]:
        again = "reschedule_joint_session" if self.s["kind"] in ("couples", "intake") else "reschedule_session"
        if action == "reschedule":
            return {again}
        if action == "end":
            return set() if self.f["co_present_minutes"] >= self.p["credit_minutes"] else {again}
        if action == "proceed":
            space = any(p["state"] == "declared_absent" and p["reason"] == "space" for p in self.people.values())
            return {"reschedule_joint_session"} | (set() if space else {"make_up_individual_session"})
        return set()
