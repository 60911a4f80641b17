"""What the clinic's page and a partner's own page are looked at with: Alex and Robin in the second of twelve weeks."""

from __future__ import annotations

from typing import Any

from server.domain.programme import DEFAULT_AGREEMENT, DEFAULT_PROGRAMME
from server.http.parsing import plain

Json = dict[str, Any]
PROGRAMME: Json = plain(DEFAULT_PROGRAMME)
PHASE: Json = PROGRAMME["phases"][0]

EMPTY: Json = {"role": "administrator", "programme": None, "revision": 0, "staff": [], "couples": []}
COUPLE_ROW: Json = {
    "id": "c1",
    "names": ["Alex", "Robin"],
    "therapist": "Dr. Rivera",
    "week": 2,
    "weeks": 12,
    "phase": "Finding our feet",
    "next": "2026-03-10T21:00:00Z",
}
OVERVIEW: Json = {
    "role": "administrator",
    "programme": PROGRAMME,
    "revision": 1,
    "staff": [{"id": "p1", "name": "Dr. Rivera", "licences": ["US-NY", "US-IL"], "revision": 1}],
    "couples": [COUPLE_ROW, {**COUPLE_ROW, "id": "c2", "names": ["Kim", "Lee"], "week": 0, "next": None}],
}
NO_COUPLES: Json = {**OVERVIEW, "couples": []}
THERAPISTS: Json = {**OVERVIEW, "role": "therapist"}

NOTHING_YET: Json = {"relationship": "", "challenges": "", "goals": [], "expectations": "", "complete": False}
TALKED: Json = {
    "relationship": "They listen to each other again.",
    "challenges": "Nights, and money.",
    "goals": ["Evenings without fear", "Talking before it gets loud"],
    "expectations": "Both come, and say so when they can’t.",
    "complete": True,
}


def partner(key: str, name: str, zone: str, **changes: Any) -> Json:
    client = {
        "name": name, "place": "US-IL", "language": "en", "safe_from": 8, "safe_until": 21, "solo_consent": True,
        "goals": [],
    }  # fmt: skip
    return {
        "key": key,
        "id": f"p-{key}",
        "name": name,
        "zone": zone,
        "email": f"{name.lower()}@example.org",
        "revision": 1,
        "client": client,
        "licensed": True,
        "standing": {"stage": "building", "progress": "steady", "needs": ["space"], "note": "Sleeps badly."},
        "standing_revision": 1,
        "signed": 1,
        "signed_at": "2026-03-03T20:00:00Z",
        **changes,
    }


ALEX = partner("a", "Alex", "America/Chicago")
ROBIN = partner("b", "Robin", "America/Denver", licensed=False, signed=None, signed_at=None)
COUPLE: Json = {
    "id": "c1",
    "revision": 1,
    "plan": {
        "therapist": "p1",
        "partners": {"a": "p-a", "b": "p-b"},
        "programme": "programme",
        "starts_on": "2026-03-02",
        "attendance": None,
        "approval": "none",
        "keep_apart": False,
        "goals": TALKED["goals"],
        "coping": ["A walk, phones at home"],
    },
    "therapist": "Dr. Rivera",
    "week": 2,
    "weeks": 12,
    "phase": PHASE,
    "clinic": PROGRAMME,
    "partners": [ALEX, ROBIN],
    "intake": NOTHING_YET,
    "intake_revision": 0,
    "agreement": 1,
}
COMPLETE: Json = {**COUPLE, "intake": TALKED, "intake_revision": 3, "partners": [ALEX, {**ROBIN, "signed": 1}]}
FOR_THE_OFFICE: Json = {
    **COUPLE,
    "intake": None,
    "partners": [{**one, "standing": None} for one in COUPLE["partners"]],
}


def proposed(kind: str, who: str, starts_at: str, minutes: int = 50, **more: Any) -> Json:
    reasons = [{"code": "everyone_free", "people": list(who), "number": None}]
    return {
        "kind": kind, "who": list(who), "starts_at": starts_at, "minutes": minutes, "focus": None, "group": "",
        "group_name": None, "why": "target", "reasons": reasons, **more,
    }  # fmt: skip


def booked(id: str, kind: str, who: str, starts_at: str, **more: Any) -> Json:
    return {
        "id": id, "kind": kind, "who": list(who), "mine": True, "starts_at": starts_at, "minutes": 50,
        "standing": "booked", "seen": 0, "series": None, "status": "planned", "outcomes": {}, **more,
    }  # fmt: skip


GROUP = {"group": "g1", "group_name": "Evening group"}
FULL = {"joint": 100, "individual": 50, "group": 480}
WEEK: Json = {
    "number": 2,
    "weeks": 12,
    "phase": "Finding our feet",
    "phase_until": 4,
    "monday": "2026-03-09",
    "now": "2026-03-09T14:00:00Z",
    "since": "2026-03-09T04:00:00Z",
    "to": "2026-03-16T04:00:00Z",
    "zone": "America/New_York",
    "seen": 0,
    "score": 76,
    "booked": [booked("s1", "couples", "ab", "2026-03-10T16:00:00Z")],
    "proposed": [
        proposed("couples", "ab", "2026-03-13T16:00:00Z", why="made_up"),
        proposed("individual", "a", "2026-03-11T15:00:00Z"),
        proposed("individual", "b", "2026-03-11T16:00:00Z", why="space"),
        proposed("group", "a", "2026-03-12T22:00:00Z", 120, **GROUP),
        proposed("group", "b", "2026-03-12T22:00:00Z", 120, **GROUP),
    ],
    "unplaced": [
        {
            "kind": "individual", "who": ["b"], "minutes": 50, "why": "extra_individual", "because": "taken",
            "people": ["therapist", "b"], "widen": ["b"],
        }
    ],
    "groups": [],
    "minutes": {"a": FULL, "b": FULL},
    "targets": FULL,
    "recent": {"a": {"solo": 200, "joint": 50}, "b": {"solo": 0, "joint": 50}},
    "drift": [{"who": "a", "solo": 200, "joint": 50}],
}  # fmt: skip
ACCEPTED: Json = {
    **WEEK,
    "seen": 1,
    "proposed": [],
    "unplaced": [],
    "drift": [],
    "booked": [
        *WEEK["booked"],
        booked("s2", "couples", "ab", "2026-03-13T16:00:00Z"),
        booked("s3", "individual", "a", "2026-03-11T15:00:00Z"),
        booked("s4", "couples", "ab", "2026-03-09T16:00:00Z", standing="cancelled", status="rescheduled"),
    ],
}
WITHOUT_ANY: Json = {**ACCEPTED, "booked": []}

NOTES: Json = {
    "notes": [
        {
            "id": "n1", "day": "2026-03-09", "text": "They listened.\nBoth of them.", "revision": 2,
            "at": "2026-03-09T17:00:00Z", "by": "Dr. Rivera",
        }
    ]
}  # fmt: skip
AGREEMENT: Json = {"paragraphs": plain(DEFAULT_AGREEMENT)["paragraphs"], "version": 1}


def coming(id: str, kind: str, starts_at: str, **more: Any) -> Json:
    return {
        "id": id, "kind": kind, "with": "Robin" if kind == "couples" else "", "host": "Dr. Rivera",
        "starts_at": starts_at, "minutes": 50, "opens_at": starts_at, "open": False, "away": False, "late_until": None,
        **more,
    }  # fmt: skip


def held(starts_at: str, together: bool, to_come: bool = False) -> Json:
    return {"starts_at": starts_at, "together": together, "to_come": to_come}


PORTAL: Json = {
    "name": "Alex",
    "language": "en",
    "zone": "America/Chicago",
    "clinic": {"name": "Harbour Clinic", "phone": "+1 555 010 0100"},
    "week": 2,
    "weeks": 12,
    "phase": "Finding our feet",
    "coming": [
        coming("s1", "couples", "2026-03-10T16:00:00Z", open=True),
        coming("s2", "individual", "2026-03-11T15:00:00Z"),
        coming("s3", "group", "2026-03-12T22:00:00Z", away=True),
    ],
    "offers": [],
    "together": [
        held("2026-03-03T16:00:00Z", True),
        held("2026-03-05T16:00:00Z", False),
        held("2026-03-06T16:00:00Z", True),
        held("2026-03-10T16:00:00Z", False, to_come=True),
    ],
    "kindness": {"code": "back", "number": 2},
    "minutes": {"joint": 50, "individual": 50, "group": 120},
    "minutes_to_come": {"joint": 50, "individual": 0, "group": 240},
    "sessions_to_come": {"joint": 1, "individual": 0, "group": 2},
    "shared": {"goals": TALKED["goals"], "coping": ["A walk, phones at home"]},
    "agreement": {"paragraphs": AGREEMENT["paragraphs"]["en"], "version": 1, "signed": False, "signed_at": None},
    "own": {
        "name": "Alex", "place": "US-IL", "language": "en", "safe_from": 8, "safe_until": 21, "solo_consent": False,
        "goals": ["Sleep"],
    },
    "seen": 1,
    "reminding": {"wish": {"channel": "mail", "number": ""}, "seen": 0, "texts": True},
}  # fmt: skip
SIGNED: Json = {**PORTAL, "agreement": {**PORTAL["agreement"], "signed": True}}
FRESH: Json = {
    **PORTAL,
    "week": 0,
    "coming": [],
    "together": [],
    "kindness": {"code": "beginning", "number": 0},
    "minutes": {"joint": 0, "individual": 0, "group": 0},
    "shared": {"goals": [], "coping": []},
}
SPANISH: Json = {
    **SIGNED,
    "language": "es",
    "agreement": {**SIGNED["agreement"], "paragraphs": AGREEMENT["paragraphs"]["es"]},
    "own": {**PORTAL["own"], "language": "es"},
}

SECTIONS = dict.fromkeys(("triggers", "stressors", "coping", "boundaries", "warning_signs", "who_to_call"), "")
PLAN: Json = {
    "couple": "c1",
    "version": 2,
    "at": "2026-03-09T17:00:00Z",
    "sections": {**SECTIONS, "triggers": "Fridays after work."},
    "partners": [
        {"key": "a", "name": "Alex", "me": True, "signed": 1, "signed_at": "2026-03-09T16:00:00Z"},
        {"key": "b", "name": "Robin", "me": False, "signed": 2, "signed_at": "2026-03-09T17:00:00Z"},
    ],
    "counts": False,
    "versions": [{"number": 1, "at": "2026-03-09T16:00:00Z"}, {"number": 2, "at": "2026-03-09T17:00:00Z"}],
}
