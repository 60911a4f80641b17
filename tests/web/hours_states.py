"""What the service tells the clinic's page and a client's own of a couple's hours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.domain.programme import DEFAULT_PROGRAMME, Client, Standing
from server.http.parsing import plain
from tests.web.fake_service import NOON, Json

ZONE = "America/New_York"
WANTED: Json = {"joint": 100, "individual": 50, "group": 480}


def at(days: float) -> str:
    return (NOON + timedelta(days=days)).isoformat()


def minutes(joint: int, individual: int, group: int, solo: int = 0, without: int = 0) -> Json:
    parts = {"joint": joint, "individual": individual, "group": group}
    return {**parts, "solo": solo, "without": without, "total": sum(parts.values())}


def _partner(key: str, name: str) -> Json:
    return {
        "key": key,
        "id": f"p-{key}",
        "name": name,
        "zone": "America/Chicago",
        "client": plain(Client(name, "US-NY")),
        "licensed": True,
        "standing": plain(Standing()),
        "standing_revision": 0,
        "signed": 1,
        "signed_at": at(-20),
        "email": f"{name.lower()}@example.org",
        "revision": 1,
    }


COUPLE: Json = {
    "id": "c-1",
    "revision": 1,
    "plan": {
        "starts_on": "2026-02-09",
        "attendance": None,
        "approval": "none",
        "keep_apart": False,
        "goals": [],
        "coping": [],
    },
    "therapist": "Dr. Rivera",
    "week": 4,
    "weeks": 12,
    "phase": plain(DEFAULT_PROGRAMME.phases[0]),
    "clinic": plain(DEFAULT_PROGRAMME),
    "partners": [_partner("a", "Alex"), _partner("b", "Robin")],
    "intake": {"relationship": "", "challenges": "", "goals": [], "expectations": "", "complete": True},
    "intake_revision": 1,
    "agreement": 1,
}
OFFICES_COUPLE: Json = {
    **COUPLE,
    "intake": None,
    "partners": [{**one, "standing": None} for one in COUPLE["partners"]],
}
OVERVIEW: Json = {
    "role": "therapist",
    "programme": plain(DEFAULT_PROGRAMME),
    "revision": 1,
    "staff": [{"id": "t", "name": "Dr. Rivera", "licences": [], "revision": 1}],
    "couples": [
        {
            "id": "c-1",
            "names": ["Alex", "Robin"],
            "therapist": "Dr. Rivera",
            "week": 4,
            "weeks": 12,
            "phase": "Finding our feet",
            "next": at(1),
        }
    ],
}


def _made_up(kind: str, who: list[str], days: float, length: int, group: str = "") -> Json:
    name = "Evening group" if group else None
    return {"kind": kind, "who": who, "starts_at": at(days), "minutes": length, "group": group, "group_name": name}


MAKING_UP = [
    _made_up("couples", ["a", "b"], 2, 50),
    _made_up("group", ["a", "b"], 3, 120, "group-1"),
    _made_up("individual", ["b"], 4, 50),
]
SHORT: Json = {
    "zone": ZONE,
    "least": 540,
    "weeks": [
        {
            "number": number,
            "monday": f"2026-{month:02}-{day:02}",
            "phase": "Finding our feet",
            "wanted": WANTED,
            "partners": {"a": a, "b": b},
        }
        for number, (month, day), a, b in (
            (1, (2, 9), minutes(98, 49, 470), minutes(98, 49, 470)),
            (2, (2, 16), minutes(48, 84, 470, solo=35), minutes(48, 0, 350, without=35)),
            (3, (2, 23), minutes(98, 49, 350), minutes(98, 49, 470)),
            (4, (3, 2), minutes(49, 0, 118), minutes(49, 0, 118)),
        )
    ],
    "this_week": {
        "number": 4,
        "to": at(6),
        "partners": {
            "a": {"done": 167, "planned": 170, "short": 203, "made_up_by": {"joint": 1, "group": 2}, "left": 33},
            "b": {"done": 167, "planned": 120, "short": 253, "made_up_by": {"individual": 1, "group": 2}, "left": 0},
        },
        "made_up_with": MAKING_UP,
    },
    "knots": [
        {
            "session": f"s-{n}",
            "starts_at": at(7 * n - 21),
            "kind": "couples",
            "focus": ["communication"],
            "marks": marks,
            "reviewed": False,
        }
        for n, marks in enumerate((["together"] * 2, ["alone", "away"], ["together"] * 2, ["together"] * 2))
    ],
}
_WHOLE = {"done": 400, "planned": 170, "short": 0, "made_up_by": {}, "left": 0}
WHOLE: Json = {**SHORT, "this_week": {**SHORT["this_week"], "partners": {"a": _WHOLE, "b": _WHOLE}, "made_up_with": []}}
TOO_LATE: Json = {
    **SHORT,
    "this_week": {
        **SHORT["this_week"],
        "partners": {
            key: {**one, "left": one["short"], "planned": 0} for key, one in SHORT["this_week"]["partners"].items()
        },
        "made_up_with": [],
    },
}
NOT_YET: Json = {**SHORT, "weeks": [], "this_week": None, "knots": []}


def _session(id: str, days: float, kind: str, partners: Json, corrections: list[Json] | None = None) -> Json:
    length = 120 if kind == "group" else 50
    return {
        "id": id,
        "starts_at": at(days),
        "minutes": length,
        "kind": kind,
        "status": "ended" if days < 0 else "planned",
        "partners": partners,
        "corrections": corrections or [],
    }


REPORT: Json = {
    "first": "2026-02-09",
    "last": "2026-03-02",
    "zone": ZONE,
    "made_at": at(0),
    "names": {"a": "Alex", "b": "Robin"},
    "sessions": [
        _session("s-1", -14, "couples", {key: {"outcome": "attended", **minutes(48, 0, 0)} for key in "ab"}),
        _session(
            "s-2",
            -7,
            "couples",
            {
                "a": {"outcome": "attended", **minutes(0, 35, 0, solo=35)},
                "b": {"outcome": "excused", **minutes(0, 0, 0, without=35)},
            },
            [{"who": "b", "at": at(-6), "before": "no_show", "after": "excused", "reason": "Robin was in hospital."}],
        ),
        _session("s-3", -5, "group", {key: {"outcome": "attended", **minutes(0, 0, 118)} for key in "ab"}),
        _session("s-4", 2, "individual", {"b": {"outcome": None, **minutes(0, 0, 0)}}),
    ],
    "totals": {"a": minutes(48, 35, 118, solo=35), "b": minutes(48, 0, 118)},
    "claims": [
        {"who": "a", "day": "2026-02-16", "code": "90847", "minutes": 48, "sessions": ["s-1"]},
        {"who": "b", "day": "2026-02-23", "code": "90846", "minutes": 35, "sessions": ["s-2"]},
        {"who": "a", "day": "2026-02-25", "code": "90853", "minutes": 118, "sessions": ["s-3"]},
    ],
}
WITHOUT_REASONS: Json = {
    **REPORT,
    "sessions": [
        {**one, "corrections": [{**it, "reason": None} for it in one["corrections"]]} for one in REPORT["sessions"]
    ],
}


def _proposed(one: Json, who: list[str]) -> Json:
    return {
        **one,
        "who": who,
        "focus": None,
        "why": "target",
        "reasons": [{"code": "everyone_free", "people": who, "number": None}],
    }


WEEK: Json = {
    "number": 4,
    "weeks": 12,
    "phase": "Finding our feet",
    "monday": "2026-03-02",
    "since": at(-1),
    "to": at(6),
    "now": at(0),
    "zone": ZONE,
    "seen": 1,
    "score": 0,
    "booked": [],
    "proposed": [
        _proposed(MAKING_UP[0], ["a", "b"]),
        _proposed(MAKING_UP[1], ["a"]),
        _proposed(MAKING_UP[1], ["b"]),
        _proposed(MAKING_UP[2], ["b"]),
        _proposed(_made_up("individual", ["a"], 4.5, 50), ["a"]),
    ],
    "unplaced": [],
    "groups": [],
    "minutes": {"a": WANTED, "b": WANTED},
    "targets": WANTED,
    "recent": {"a": {"solo": 105, "joint": 45}, "b": {"solo": 0, "joint": 45}},
    "drift": [{"who": "a", "solo": 105, "joint": 45}],
}


def portal(language: str, **changes: Any) -> Json:
    return {
        "name": "Alex",
        "language": language,
        "zone": "America/Chicago",
        "clinic": {"name": "Harbour Clinic", "phone": "+1 555 010 0100"},
        "week": 4,
        "weeks": 12,
        "phase": "Finding our feet",
        "coming": [
            {
                "id": "s-9",
                "kind": "couples",
                "with": "Robin",
                "host": "Dr. Rivera",
                "starts_at": at(1),
                "minutes": 50,
                "opens_at": at(0.98),
                "open": False,
                "away": False,
                "late_until": None,
                "asked_earlier": True,
            }
        ],
        "offers": [],
        "together": [{"starts_at": at(7 * n - 21), "together": n != 1, "to_come": False} for n in range(3)],
        "kindness": {"code": "back", "number": 2},
        "minutes": {"joint": 49, "individual": 0, "group": 118},
        "minutes_to_come": {"joint": 50, "individual": 0, "group": 120},
        "sessions_to_come": {"joint": 1, "individual": 0, "group": 1},
        "shared": {"goals": ["To talk again in the evening"], "coping": []},
        "agreement": {"paragraphs": ["We meet."], "version": 1, "signed": True},
        "own": {
            "solo_consent": False,
            "safe_from": 8,
            "safe_until": 21,
            "language": language,
            "goals": [],
        },
        "seen": 1,
        "reminding": {"wish": {"channel": "mail", "number": ""}, "seen": 0, "texts": False},
        **changes,
    }
