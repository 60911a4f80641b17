"""How each line of a log changes what is told, and what no log may say."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.simulation.ring2.told import HOST, NOTHING, READERS, Body, Chair, Question, Told, instant


def _planned(t: Told, b: Body, at: datetime) -> None:
    if t.plan:
        t.fault.append("planned twice")
    t.plan, t.starts_at, t.minutes = b["plan"], instant(b["plan"]["starts_at"]), b["plan"]["minutes"]
    t.approval = t.plan["approval"]
    t.consents = {key: invitee["solo_consent"] for key, invitee in t.plan["partners"].items()}
    t.chairs = {key: Chair() for key in (HOST, *t.plan["partners"], *t.plan["helpers"])}


def _connected(t: Told, b: Body, at: datetime) -> None:
    chair = t.chairs[b["who"]]
    if b["epoch"] <= chair.epoch:
        t.fault.append("an older connection took the seat of a newer one")
    chair.linked, chair.lost, chair.epoch = True, False, b["epoch"]
    if b["who"] == HOST:
        chair.came, chair.place = True, "room"
    elif chair.state == "dropped":
        chair.state, chair.since = "present", at


def _arrived(t: Told, b: Body, at: datetime) -> None:
    chair = t.chairs[b["who"]]
    helper = b["who"] in t.plan["helpers"]
    if chair.place == "outside":
        chair.place = "held" if t.alone not in (None, b["who"]) and not helper else "waiting"
    chair.state, chair.came, chair.late_until, chair.since = "present", True, None, at


def _dropped(t: Told, b: Body, at: datetime) -> None:
    chair = t.chairs[b["who"]]
    chair.linked, chair.lost = False, True
    if b["who"] == HOST or chair.state == "present":
        chair.since = instant(b["since"])
    if chair.state == "present":
        chair.state = "dropped"


def _left(t: Told, b: Body, at: datetime) -> None:
    chair = t.chairs[b["who"]]
    chair.state, chair.linked, chair.place, chair.turned_away, chair.since = "left", False, "outside", False, at


def _checked(t: Told, b: Body, at: datetime) -> None:
    chair = t.chairs[b["who"]]
    failed = "failed" in (b["check"]["camera"], b["check"]["microphone"], b["check"]["connection"])
    if failed and chair.state == "expected":
        chair.state = "attempted"
    elif not failed and chair.state == "attempted":
        chair.state = "expected"


def _late(t: Told, b: Body, at: datetime) -> None:
    t.chairs[b["who"]].late_until = instant(b["until"])


def _declared(t: Told, b: Body, at: datetime) -> None:
    t.chairs[b["who"]].state, t.chairs[b["who"]].late_until = "declared_absent", None


def _withdrawn(t: Told, b: Body, at: datetime) -> None:
    t.chairs[b["who"]].state = "expected"


def _moved(t: Told, b: Body, at: datetime) -> None:
    chair = t.chairs[b["who"]]
    if t.over and b["place"] in ("room", "waiting"):
        t.fault.append("somebody was moved after the end")
    chair.place, chair.turned_away = b["place"], False
    if b["place"] == "removed":
        chair.state, chair.linked = "left", False


def _approval(t: Told, b: Body, at: datetime) -> None:
    t.approval = b["approval"]


def _consent(t: Told, b: Body, at: datetime) -> None:
    t.consents[b["who"]] = b["solo_consent"]


def _focus(t: Told, b: Body, at: datetime) -> None:
    t.plan["focus"] = b["focus"]


def _attendance(t: Told, b: Body, at: datetime) -> None:
    t.plan["attendance"] = b["attendance"]


def _decided(t: Told, b: Body, at: datetime) -> None:
    t.stance = b


def _raised(t: Told, b: Body, at: datetime) -> None:
    if t.over:
        t.fault.append("a card was raised after the end")
    if b["id"] in t.cards:
        t.fault.append(f"card {b['id']} was raised twice")
    t.card = Question(b["id"], b["clause"], b["options"], b["default"], at, instant(b["answer_by"]))
    t.cards[b["id"]], t.merge = t.card, None


def _card_answered(t: Told, b: Body, at: datetime) -> None:
    card = t.card
    if card is None or card.id != b["id"]:
        t.fault.append(f"card {b['id']} was answered when it was not open")
        return
    if card.answer is not None and not (card.answer == "merge" and b["option"] == "keep_solo"):
        t.fault.append(f"card {card.id} was answered {card.answer}, and then {b['option']}")
    if b["option"] not in card.options:
        t.fault.append(f"card {card.id} was answered with what it does not offer")
    if b["by"] == "policy" and card.answer is None:
        if b["option"] != card.default:
            t.fault.append(f"card {card.id} went to {b['option']}, which is not its default")
        if at < card.answer_by:
            t.fault.append(f"card {card.id} went to its default {card.answer_by - at} too early")
    card.answer, card.by, t.merge = b["option"], b["by"], None
    t.last_answer = b["by"]


def _gone(t: Told, b: Body, at: datetime) -> None:
    t.card, t.merge = None, None


def _merge_asked(t: Told, b: Body, at: datetime) -> None:
    if t.card is not None:
        t.card.asked_to_join = True
    t.merge = {"id": b["id"], "who": b["who"], "answer_by": instant(b["answer_by"]), "agreed": False}


def _merge_agreed(t: Told, b: Body, at: datetime) -> None:
    if t.merge is None or t.merge["agreed"]:
        t.fault.append("a question of joining was answered when it was not open")
    else:
        t.merge["agreed"] = True


def _turned_away(t: Told, b: Body, at: datetime) -> None:
    t.chairs[b["who"]].turned_away = True


def _nudged(t: Told, b: Body, at: datetime) -> None:
    chair, number = t.chairs[b["who"]], b["number"]
    if number <= chair.nudges:
        t.fault.append(f"nudge {number} of {b['who']} twice")
    due = timedelta(minutes=(2, 5)[number - 1])
    if t.elapsed(at) < due:
        t.fault.append(f"nudge {number} of {b['who']} too early")
    chair.nudges = number


def _substitute(t: Told, b: Body, at: datetime) -> None:
    if t.sought:
        t.fault.append("a substitute was sought twice")
    t.sought = True


def _started(t: Told, b: Body, at: datetime) -> None:
    if t.over or (t.started and t.alone is None):
        t.fault.append("started twice, or after the end")
    t.status, t.started, t.alone, t.card, t.merge = "under_way", True, None, None, None


def _alone(t: Told, b: Body, at: datetime) -> None:
    if t.over or t.alone is not None:
        t.fault.append("one partner was seen alone twice, or after the end")
    t.status, t.alone, t.card, t.merge = "solo", b["attending"], None, None
    for key in t.partners:
        if key != t.alone and t.chairs[key].place in ("room", "waiting"):
            t.chairs[key].place = "held"
    t.chairs[t.alone or ""].place = "room"


def _converted(t: Told, b: Body, at: datetime) -> None:
    if t.over or t.alone is not None:
        t.fault.append("converted twice, or after the end")
    t.plan["kind"] = "individual"
    t.plan["partners"] = {b["attending"]: t.plan["partners"][b["attending"]]}
    t.card, t.merge = None, None


def _outcomes(t: Told, b: Body, at: datetime) -> None:
    t.outcomes.update(b["outcomes"])


def _concluded(t: Told, b: Body, at: datetime) -> None:
    if t.over:
        t.fault.append("concluded twice")
    t.status, t.closed_at, t.card, t.merge = b["status"], at, None, None


def _outage(t: Told, b: Body, at: datetime) -> None:
    since, until = instant(b["since"]), b["until"] and instant(b["until"])
    known = t.outages.get(b["since"])
    if known is not None and known[1] is not None:
        t.fault.append("one outage was recorded twice")
    t.outages[b["since"]] = (since, until)
    if until is None:
        return
    for chair in t.chairs.values():
        gone = chair.state == "dropped" or chair.lost
        if b["cut"] and chair.linked:
            chair.linked, chair.lost = False, True
            if chair.state == "present":
                chair.state, chair.since = "dropped", until
        if gone and chair.since is not None:
            chair.since = max(chair.since, until)
    if t.card is not None:
        t.card.answer_by += max(until - max(since, t.card.raised_at), NOTHING)
    if t.merge is not None:
        t.merge["answer_by"] += until - since


def _sought(t: Told, b: Body, at: datetime) -> None:
    if b["round"] != t.round + 1:
        t.fault.append(f"round {b['round']} of new times after round {t.round}")
    t.times, t.round, t.agreed, t.answered = "searching", b["round"], None, {}
    t.expires_at = None


def _proposed(t: Told, b: Body, at: datetime) -> None:
    if t.times != "searching":
        t.fault.append("times were proposed when none were sought")
    t.times, t.proposed, t.expires_at = "proposed", [instant(x) for x in b["starts"]], instant(b["expires_at"])


def _times_answered(t: Told, b: Body, at: datetime) -> None:
    if b["who"] in t.answered or t.times != "proposed":
        t.fault.append(f"{b['who']} answered the times twice, or when none were proposed")
    t.answered[b["who"]] = b["accept"]


def _agreed(t: Told, b: Body, at: datetime) -> None:
    if t.agreed is not None:
        t.fault.append("a time was agreed twice")
    if any(b["index"] not in accept for accept in t.answered.values()) or len(t.answered) < len(t.partners):
        t.fault.append("a time was agreed that not everybody accepted")
    t.agreed, t.expires_at = b["index"], None


def _rebooked(t: Told, b: Body, at: datetime) -> None:
    if t.booked is not None:
        t.fault.append("booked twice")
    if t.agreed is None or instant(b["starts_at"]) != t.proposed[t.agreed]:
        t.fault.append("booked at a time that was not agreed")
    t.times, t.booked, t.expires_at = "booked", b["appointment"], None


def _closed(t: Told, b: Body, at: datetime) -> None:
    if t.times not in ("searching", "proposed") or (b["why"] == "expired" and t.agreed is not None):
        t.fault.append("a proposal was closed that was settled")
    if b["why"] == "expired" and (t.expires_at is None or at < t.expires_at):
        t.fault.append("a proposal expired too early")
    t.times, t.expires_at = b["why"], None


READERS |= {
    "Planned": _planned,
    "Connected": _connected,
    "Arrived": _arrived,
    "Dropped": _dropped,
    "Left": _left,
    "Checked": _checked,
    "LateDeclared": _late,
    "AbsenceDeclared": _declared,
    "AbsenceWithdrawn": _withdrawn,
    "Moved": _moved,
    "ApprovalGiven": _approval,
    "ApprovalCarried": _approval,
    "ConsentSet": _consent,
    "FocusChanged": _focus,
    "AttendanceSet": _attendance,
    "Decided": _decided,
    "CardRaised": _raised,
    "CardAnswered": _card_answered,
    "CardWithdrawn": _gone,
    "MergeAsked": _merge_asked,
    "MergeAgreed": _merge_agreed,
    "TurnedAway": _turned_away,
    "Nudged": _nudged,
    "SubstituteSought": _substitute,
    "Started": _started,
    "SoloStarted": _alone,
    "Converted": _converted,
    "OutcomesSet": _outcomes,
    "Concluded": _concluded,
    "OutageRecorded": _outage,
    "TimesSought": _sought,
    "TimesProposed": _proposed,
    "TimesAnswered": _times_answered,
    "TimeAgreed": _agreed,
    "Rebooked": _rebooked,
    "ProposalClosed": _closed,
}
