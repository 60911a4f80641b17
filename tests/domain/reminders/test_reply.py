"""The first words of a reply, as people and their mail programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.attendance import Reason
from server.domain.reminders import Answer, Said, read_reply

QUOTED = "\n\nOn Mon, Nov 23, 2026 at 3:00 PM Harbour <reply+x@clinic.example>\nwrote:\n> I can't come? Running late?\n"
YES = Answer(Said.YES)


@pytest.mark.parametrize(
    "text",
    [
        "Yes", "YES!!", "yes, see you tomorrow", "I’ll be there", "Sí", "si", "SÍ, ahí estaré", "Ok",
        "Hola, sí. Gracias",
        "Thanks! Yes", "Confirmo", "I'm coming", "Yes\n-- \nAlex\nI can't talk on the phone",
        "Yes\n\nSent from my iPhone",
    ],
)  # fmt: skip
@pytest.mark.parametrize("rest", ["", QUOTED, "\n\n-----Original Message-----\nFrom: a@b\ncan't come"])
def test_yes(text: str, rest: str) -> None:
    assert read_reply(text + rest) == YES


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("Late", 10), ("I’ll be late", 10), ("running late, 15 min", 15), ("20 minutes late", 20), ("Tarde", 10),
        ("Yes, but I'll be late", 10), ("llegaré 20 minutos tarde", 20), ("Voy con retraso", 10),
        ("un poco tarde", 10),
        ("Sí, pero un poco tarde", 10),
    ],
)  # fmt: skip
def test_late_and_how_late(text: str, minutes: int) -> None:
    assert read_reply(text + QUOTED) == Answer(Said.LATE, minutes=minutes)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Can't", Reason.OTHER), ("I can’t come", Reason.OTHER), ("cant come", Reason.OTHER),
        ("can´t make it", Reason.OTHER),
        ("I can‘t today", Reason.OTHER), ("I won`t be there", Reason.OTHER), ("I cannot attend", Reason.OTHER),
        ("Sorry, I can't come, I'm sick", Reason.ILLNESS), ("No puedo", Reason.OTHER),
        ("No podré ir hoy", Reason.OTHER),
        ("Lo siento, no puedo ir, estoy enferma", Reason.ILLNESS), ("I can't come, an accident", Reason.EMERGENCY),
        ("No puedo ir, es una urgencia", Reason.EMERGENCY), ("I'm not coming", Reason.OTHER),
    ],
)  # fmt: skip
def test_can_t_come_and_why_where_it_is_said(text: str, reason: Reason) -> None:
    assert read_reply(text + QUOTED) == Answer(Said.CANT, reason=reason)


@pytest.mark.parametrize(
    "text",
    [
        "", "No", "no.", "Can't wait to see you!", "No puedo esperar", "No problem", "I won't be late",
        "no llegaré tarde",
        "Yes, I can't come", "maybe", "Can I come at four?", "I can't come if it snows",
        "can't be there until 3:15",
        "I can't come alone", "Ok, but I need another time", "Yes please cancel it",
        "I'm coming down with something",
        "Yes, I have a fever", "who is this", "late 500 min", "late 5 min or 10 min", "si no puedo ir", "Not late!",
        "Out of the office until Monday", "Yes, I will not be there",
        "> yes", QUOTED, "I can't do that, I am coming",
        "no puedo antes de las 4", "see you next time", "sí, ¿a qué hora?",
    ],
)  # fmt: skip
def test_whatever_could_be_taken_for_something_else_is_no_answer(text: str) -> None:
    assert read_reply(text) is None


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    read_reply(text)


@given(st.sampled_from(["yes", "late", "can't come", "sí", "no puedo"]), st.text(max_size=200))
def test_nothing_that_is_quoted_changes_an_answer(said: str, quoted: str) -> None:
    lines = "\n".join(f"> {line}" for line in quoted.splitlines())
    assert read_reply(f"{said}\n\n{lines}") == read_reply(said) is not None
