"""Handler of the treatment team's assessment."""

from __future__ import annotations

from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session import refusals as no
from server.domain.session.log import Log
from server.domain.session.refusals import Refusal
from server.domain.session.review import ASKED_BY, MAX_NOTE, Measure


def assess_review(log: Log, command: c.AssessReview) -> Refusal | None:
    session, measures = log.session, tuple(sorted(set(command.measures)))
    if not set(ASKED_BY) & set(session.follow_ups):
        return no.NOT_FOR_REVIEW
    if command.seen != len(session.reviews):
        return no.REVIEW_CHANGED
    if not measures or (Measure.NOTHING in measures and len(measures) > 1):
        return no.MEASURE_NEEDED
    note = command.note.strip()
    if len(note) > MAX_NOTE:
        return no.NOTE_TOO_LONG
    log.add(e.ReviewAssessed(command.by, command.hinders, measures, note))
    return None
