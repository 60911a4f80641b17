"""The views that the pages are looked at with: one session of Alex, Robin and Dr. Rivera, at 3:11 in Chicago."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from server.adapters.policyfile import written
from server.domain.attendance import DEFAULT_POLICY, AttendanceClass, decide, decision_json, facts_json
from server.domain.session.views import (
    AsideView,
    CardView,
    Check,
    Evidence,
    HelperRow,
    Host,
    Link,
    Moment,
    MomentKind,
    MomentState,
    Option,
    OptionWhy,
    PartnerRow,
    PartnerView,
    Person,
    Place,
    ProposedTime,
    Question,
    RescheduleView,
    SessionCard,
    Status,
    TherapistView,
    Why,
    You,
)
from tests.domain.attendance.support import couple
from tests.web.fake_service import NOON, Json

START = NOON - timedelta(minutes=11)
RIVERA = Person("therapist", "Dr. Rivera", "therapist", Link.OK, True, True)
NOOR = You("interpreter", "Noor", "interpreter", "America/Chicago")
ROBIN = Person("b", "Robin", "partner", Link.OK, False, True)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


PARTNER = PartnerView(
    you=You("a", "Alex", "partner", "America/Chicago"),
    session=SessionCard("couples", START, 50, 0, Status.PLANNED, "Harbour Clinic", "+1 555 010 0100"),
    host=Host("Dr. Rivera", "present"),
    place=Place.OUTSIDE,
    link=Link.OK,
    microphone=True,
    camera=True,
    arrived_at=None,
    declared=None,
    late_until=None,
    told_where_at=None,
    safety="answered",
    asked_for_time=False,
    can_ask_for_time=False,
    moments=(),
    sharing="no",
    question=None,
    aside=None,
    people=(),
    closing=None,
)
WAITING = replace(
    PARTNER,
    place=Place.WAITING,
    arrived_at=at(-1),
    can_ask_for_time=True,
    moments=(
        Moment(at(-1), MomentKind.ARRIVED, MomentState.DONE),
        Moment(at(0), MomentKind.DUE, MomentState.DONE),
        Moment(at(2), MomentKind.NOW_WAITING, MomentState.NOW),
        Moment(at(10), MomentKind.DECIDES, MomentState.NEXT),
        Moment(at(15), MomentKind.KNOWN, MomentState.NEXT),
    ),
)
HELD = replace(
    WAITING,
    place=Place.HELD,
    moments=(
        Moment(at(11), MomentKind.NOW_HELD, MomentState.NOW),
        Moment(at(17), MomentKind.KNOWN, MomentState.NEXT),
    ),
)
ROOM = replace(WAITING, place=Place.ROOM, moments=(), people=(RIVERA, ROBIN))
ASKED = replace(ROOM, people=(RIVERA,), question=Question("q-1", "merge", at(14)))

PARTNERS: dict[str, PartnerView] = {
    "link": PARTNER,
    "link late": replace(PARTNER, late_until=at(20)),
    "declared": replace(PARTNER, declared="illness"),
    "waiting": WAITING,
    "waiting first": replace(WAITING, safety="open"),
    "room safe": replace(ROOM, safety="asked"),
    "waiting asked": replace(
        WAITING, told_where_at=at(0), asked_for_time=True, can_ask_for_time=False, host=Host("Dr. Rivera", "dropped")
    ),
    "held": HELD,
    "room": ROOM,
    "room alone": replace(ROOM, people=()),
    "room lost": replace(
        ROOM,
        people=(RIVERA, replace(ROBIN, link=Link.LOST)),
        moments=(
            Moment(at(11), MomentKind.NOW_BACK_SOON, MomentState.NOW),
            Moment(at(13), MomentKind.DECIDES, MomentState.NEXT),
        ),
    ),
    "room apart": replace(ROOM, people=(), aside=AsideView(at(7), False)),
    "room aside": replace(ROOM, people=(RIVERA,), aside=AsideView(at(7), True)),
    "room over": replace(ROOM, session=replace(PARTNER.session, starts_at=at(-55), extended=10)),
    "room asked": ASKED,
    "closing": replace(WAITING, closing="new_times_follow"),
    "removed": replace(WAITING, place=Place.REMOVED),
    "helper link": replace(PARTNER, you=NOOR),
    "helper waiting": replace(WAITING, you=NOOR, can_ask_for_time=False),
    "helper closing": replace(WAITING, you=NOOR, can_ask_for_time=False, closing="not_held"),
    "office": replace(WAITING, place=Place.ROOM, sharing="office"),
}

FINE = Check("ok", "ok", "ok", "ok")
ALEX_ROW = PartnerRow(
    key="a",
    name="Alex",
    zone="America/Chicago",
    place=Place.WAITING,
    state="present",
    since=at(-1),
    link=Link.OK,
    microphone=True,
    camera=True,
    check=FINE,
    reason=None,
    late_until=None,
    confirmed_at=None,
    told_where_at=at(0),
    left_quickly=False,
    help_at=None,
    safety_asked=False,
    safe=True,
    unsettled=False,
    asked_for_time=False,
    nudges=0,
    claims_both=False,
    confirms_shared=False,
    shares=None,
    evidence=Evidence.PICTURE,
    minutes=0,
    solo_consent=True,
    outcome=None,
)
ROBIN_ROW = replace(
    ALEX_ROW,
    key="b",
    name="Robin",
    zone="America/Denver",
    place=Place.OUTSIDE,
    state="expected",
    since=None,
    link=Link.NONE,
    check=None,
    told_where_at=None,
    nudges=2,
    evidence=Evidence.NONE,
)
NOOR_ROW = HelperRow(
    "interpreter", "Noor", "interpreter", "America/Chicago", True, Place.OUTSIDE, "expected", None, Link.NONE
)
JO_ROW = HelperRow("support", "Jo", "support", "America/Denver", False, Place.WAITING, "present", at(-1), Link.OK)
WAIT = Why(at(0), "wait", "J5", "One partner has not arrived 0 min in.")
ASK = Why(at(10), "ask", "J12", "One partner has not arrived 10 min after the start; consent is on file.")
CARD = CardView(
    id="c-1",
    clause="J12",
    because="One partner has not arrived 10 min after the start; consent is on file, the therapist has not approved"
    " seeing one partner alone.",
    policy="default@1",
    absent=("Robin",),
    attending=("Alex",),
    options=(
        Option("proceed", OptionWhy.PROCEED_POSSIBLE),
        Option("reschedule", OptionWhy.RESCHEDULE_SOON),
        Option("wait", OptionWhy.WAIT_A_LITTLE),
    ),
    recommended="reschedule",
    default="reschedule",
    raised_at=at(10),
    answer_by=at(15),
    pending=None,
    focus_needed=False,
)
THERAPIST = TherapistView(
    you=You("therapist", "Dr. Rivera", "therapist", "America/New_York"),
    session=SessionCard("couples", START, 50, 0, Status.PLANNED, "Harbour Clinic", "+1 555 010 0100"),
    id="s-1",
    focus=("communication",),
    attendance="encouraged",
    override=None,
    started_at=None,
    solo_started_at=None,
    co_present_minutes=0,
    partners=(ALEX_ROW, ROBIN_ROW),
    helpers=(),
    aside=None,
    people=(),
    ready=False,
    approval="none",
    assessed=None,
    card=None,
    stance=WAIT,
    wait_until=at(10),
    history=(WAIT,),
    follow_ups=(),
    rescheduling=None,
    policy="default@1",
)
CARDED = replace(THERAPIST, card=CARD, stance=ASK, history=(WAIT, ASK), wait_until=None)
IN_ROOM = (
    Person("a", "Alex", "partner", Link.OK, True, True),
    Person("b", "Robin", "partner", Link.RECONNECTING, False, False),
)
S1 = replace(
    CARDED,
    session=replace(THERAPIST.session, status=Status.SOLO),
    started_at=at(5),
    solo_started_at=at(8),
    approval="granted",
    people=IN_ROOM[:1],
    partners=(
        replace(ALEX_ROW, place=Place.ROOM),
        replace(ALEX_ROW, key="b", name="Robin", place=Place.HELD, since=at(10), zone="America/Denver"),
    ),
    card=replace(
        CARD,
        id="c-2",
        clause="S1",
        because="The late partner has arrived and waits in private.",
        absent=(),
        attending=("Alex", "Robin"),
        options=(Option("merge", OptionWhy.MERGE_ASKS_FIRST), Option("keep_solo", OptionWhy.KEEP_SOLO_PRIVATE)),
        recommended="merge",
        default="keep_solo",
        answer_by=at(13),
    ),
)
THERAPISTS: dict[str, TherapistView] = {
    "waiting": replace(
        THERAPIST,
        partners=(ALEX_ROW, replace(ROBIN_ROW, state="attempted", check=Check("failed", "ok", "skipped", "ok"))),
    ),
    "waiting helpers": replace(THERAPIST, helpers=(NOOR_ROW, JO_ROW)),
    "card interpreter": replace(
        CARDED,
        helpers=(NOOR_ROW,),
        card=replace(
            CARD,
            clause="J13",
            options=(
                Option("reschedule", OptionWhy.RESCHEDULE_NO_INTERPRETER),
                Option("wait", OptionWhy.WAIT_INTERPRETER),
            ),
        ),
    ),
    "card": CARDED,
    "card focus": replace(
        CARDED,
        focus=("trust_accountability",),
        card=replace(
            CARD,
            clause="J7",
            focus_needed=True,
            options=(
                Option("reschedule", OptionWhy.RESCHEDULE_BOTH_NEEDED),
                Option("wait", OptionWhy.WAIT_RUNNING_LATE),
                Option("proceed", OptionWhy.PROCEED_DROP_JOINT_WORK),
            ),
        ),
        partners=(replace(ALEX_ROW, asked_for_time=True), replace(ROBIN_ROW, late_until=at(18))),
    ),
    "card s1": S1,
    "card merge pending": replace(S1, card=replace(S1.card, pending="merge") if S1.card else None),
    "signs": replace(
        THERAPIST,
        partners=(
            replace(ALEX_ROW, help_at=at(10)),
            replace(ALEX_ROW, key="b", name="Robin", since=at(3), safe=False, unsettled=True, told_where_at=None),
        ),
    ),
    "ready": replace(
        THERAPIST,
        ready=True,
        partners=(ALEX_ROW, replace(ALEX_ROW, key="b", name="Robin", since=at(3))),
        stance=Why(at(3), "start", "J2", "Both partners are here."),
        wait_until=None,
    ),
    "room": replace(
        THERAPIST,
        session=replace(THERAPIST.session, status=Status.UNDER_WAY),
        started_at=at(3),
        co_present_minutes=8,
        people=IN_ROOM,
        partners=(
            replace(ALEX_ROW, place=Place.ROOM, camera=False, evidence=Evidence.SOUND),
            replace(
                ALEX_ROW,
                key="b",
                name="Robin",
                place=Place.ROOM,
                link=Link.RECONNECTING,
                evidence=Evidence.UNKNOWN,
            ),
        ),
        stance=Why(at(3), "continue", "M1", "Both partners are here."),
        wait_until=None,
    ),
    "aside": replace(
        THERAPIST,
        session=replace(THERAPIST.session, starts_at=at(-36), status=Status.UNDER_WAY),
        started_at=at(-36),
        co_present_minutes=8,
        people=IN_ROOM[:1],
        aside="a",
        partners=(
            replace(ALEX_ROW, place=Place.ROOM),
            replace(ALEX_ROW, key="b", name="Robin", place=Place.ROOM),
        ),
        stance=Why(at(3), "continue", "M1", "Both partners are here."),
        wait_until=None,
    ),
    "ended": replace(
        THERAPIST,
        session=replace(THERAPIST.session, status=Status.RESCHEDULED),
        partners=(
            replace(ALEX_ROW, place=Place.OUTSIDE, link=Link.NONE),
            replace(ROBIN_ROW, outcome="no_show"),
        ),
        stance=Why(at(15), "reschedule", "J12", "One partner has not arrived 15 min after the start."),
        wait_until=None,
        follow_ups=("reschedule_joint_session", "treatment_team_review"),
        rescheduling=RescheduleView(
            "proposed",
            (ProposedTime(at(1500), ("Alex",)), ProposedTime(at(3000), ())),
            ("Alex",),
            None,
        ),
    ),
}

WHERE: Json = {"place": "12 Elm Street, flat 3, Oak Park", "contact": "Maria Keller", "phone": "+1 555 010 0188"}

SESSIONS: Json = {
    "zone": "America/New_York",
    "sessions": [
        {"title": "Sam & Jo", "status": "ended", "kind": "couples", "note": "intimacy", "current": False},
        {"title": "Alex & Robin", "status": "planned", "kind": "couples", "note": "communication", "current": True},
        {"title": "Kim", "status": "planned", "kind": "individual", "note": "coping_skills", "current": False},
    ],
}
for number, row in enumerate(SESSIONS["sessions"]):
    row |= {"id": f"s-{number}", "starts_at": at(120 * (number - 1)).isoformat(), "minutes": 50}

PROPOSAL: Json = {
    "name": "Alex",
    "language": "en",
    "zone": "America/Chicago",
    "minutes": 50,
    "clinic_phone": "+1 555 010 0100",
    "status": "open",
    "times": [{"id": n, "starts_at": at(1440 * (n + 1) + 90 * n).isoformat()} for n in range(4)],
    "answer_by": at(2900).isoformat(),
}
ANSWER: Json = {
    "language": "en",
    "zone": "America/Chicago",
    "starts_at": at(1440).isoformat(),
    "minutes": 50,
    "phone": "+1 555 010 0100",
    "state": "open",
    "said": None,
    "late_until": None,
    "opens_at": at(1410).isoformat(),
    "open": False,
}
_WEEKS = (
    ("together", "together"),
    ("together", "together"),
    ("none", "excused"),
    ("together", "together"),
    ("came", "away"),
    ("came", "away"),
    ("to_come", "to_come"),
)
REVIEW: Json = {
    "session": "s-9",
    "starts_at": at(-7 * 1440).isoformat(),
    "minutes": 50,
    "kind": "couples",
    "focus": ["coping_skills"],
    "names": ["Alex", "Robin"],
    "week": 6,
    "reasons": [{"name": "Robin", "what": "misses", "count": 2}],
    "knots": [
        {
            "session": f"s-{4 + n}",
            "starts_at": at((n - 6) * 7 * 1440).isoformat(),
            "kind": "couples",
            "focus": ["coping_skills" if n % 2 else "communication"],
            "marks": list(marks),
            "reviewed": n == 5,
        }
        for n, marks in enumerate(_WEEKS)
    ],
    "reviews": [],
}
LOOKED_AT: Json = {
    **REVIEW,
    "session": "s-8",
    "names": ["Sam", "Jo"],
    "reasons": [{"name": "Sam", "what": "solo", "count": 2}],
    "reviews": [
        {"by": "Dr. Lake", "at": at(-60).isoformat(), "hinders": "yes", "measures": ["outreach"], "note": ""},
        {
            "by": "Dr. Lake",
            "at": at(-30).isoformat(),
            "hinders": "watch",
            "measures": ["outreach", "plan_change"],
            "note": "Mornings suit them better.",
        },
    ],
}
REVIEWS: Json = {"zone": "America/New_York", "items": [REVIEW, LOOKED_AT]}
_NUMBERS = written(DEFAULT_POLICY)
CHECKED: Json = {
    "faults": [],
    "policy": "ours@1",
    "fingerprint": "96075ec97fb8d2bf",
    "parameters": {**_NUMBERS, "card_after": "8 min"},
    "defaults": _NUMBERS,
    "clauses": [],
}
FAULTY: Json = {"faults": [{"line": 4, "column": 3, "message": "`card_after` must not be longer than `no_show_after`"}]}
IN_FORCE: Json = {
    **CHECKED,
    "policy": "harbour@2",
    "parameters": _NUMBERS,
    "clauses": [
        {"id": "H1", "before": "J9", "action": "ask", "because": "Coping skills are practised together."},
    ],
    "text": "",
    "versions": [
        {"policy": "harbour@2", "fingerprint": "96075ec97fb8d2bf", "at": at(-10_000).isoformat()},
        {"policy": "harbour@1", "fingerprint": "1f0e4d7752a9c3b8", "at": at(-90_000).isoformat()},
    ],
}
PROOF: Json = {"proven": True, "claims": 47, "seconds": 0.4, "broken": []}
_FACTS = facts_json(couple(10, attendance=AttendanceClass.OPTIONAL))
_BEFORE, _AFTER = (decision_json(decide(couple(minute))) for minute in (9, 11))
BROKEN_PROOF: Json = {
    **PROOF,
    "proven": False,
    "broken": [
        {
            "claim": "solo-agreed",
            "says": "Nobody is seen alone without both consents and the therapist's approval.",
            "facts": _FACTS,
            "decision": {**_AFTER, "action": "proceed", "clause": "X1", "card": None},
        }
    ],
}
DIFFERENCES: Json = {"differences": [{"facts": _FACTS, "before": _BEFORE, "after": _AFTER}] * 8}
YEAR: Json = {
    side: {
        "policy": name,
        "sessions": 5000,
        "together": 2871 + more,
        "solo": 64 + more,
        "rescheduled": 402 - more,
        "cards": 610 + more,
        "defaults": 88,
        "misses": 331 - more,
        "minutes_waited": 6120.4 - 31 * more,
    }
    for side, name, more in (("before", "harbour@2", 0), ("after", "ours@1", 17))
}
HOSTING: Json = {
    "name": "Dr. Marsh",
    "zone": "America/New_York",
    "hosting": False,
    "host": "Dr. Rivera",
    "host_here": False,
    "title": "Alex & Robin",
    "kind": "couples",
    "starts_at": START.isoformat(),
    "minutes": 50,
    "over": False,
}
EXPLAINED: Json = {
    "session": "s-1",
    "policy": "default@1",
    "steps": [
        {"seq": 1, "at": at(0).isoformat(), "what": "decided", "by": "policy", "action": "wait", "clause": "J5"}
        | {"because": "One partner has not arrived 0 min in.", "policy": "default@1", "facts": None, "detail": {}}
    ],
}


def messages(url: str) -> Json:
    text = f"Hello Alex,\n\nyour session is today at 3:00 PM, Chicago time.\n\n{url}/join#{'x' * 43}\n\nHarbour Clinic"
    rows: list[dict[str, Any]] = [
        {
            "id": "m-2",
            "to": "Alex",
            "subject": "Your new time",
            "text": text,
            "ics": "BEGIN:VCALENDAR",
            "ics_method": "REQUEST",
        },
        {"id": "m-1", "to": "Robin", "subject": "Your session is now", "text": text, "ics": None, "ics_method": None},
    ]
    return {"messages": [row | {"links": [f"{url}/join#{'x' * 43}"]} for row in rows]}


UNSENT = {
    "messages": [
        {
            "id": "demo-1-7-0",
            "what": "new_times",
            "to": "Robin",
            "endpoint": None,
            "session": "demo-1",
            "tries": 11,
            "why": "the mail server refused the recipient (550)",
        },
        {
            "id": "c-e-1",
            "what": "CallHook",
            "to": "",
            "endpoint": "3kQ9sPz1",
            "session": "demo-1",
            "tries": 0,
            "why": "the endpoint answered 410 Gone and is off now",
        },
    ]
}
