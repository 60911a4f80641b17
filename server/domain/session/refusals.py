"""Every "no" of a session: a stable code and a plain sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    message: str


NOT_PLANNED = Refusal("session_unknown", "There is no such session.")
ALREADY_PLANNED = Refusal("already_planned", "This session is planned already.")
NOT_A_GROUP = Refusal("not_a_group", "Only a group takes more people.")
SEAT_TAKEN = Refusal("seat_taken", "Somebody else has this seat.")
OVER = Refusal("session_over", "This session is over.")
NOT_UNDER_WAY = Refusal("session_not_under_way", "The session has not begun.")
NOT_OVER = Refusal("session_not_over", "This session is not over yet.")
UNDER_WAY = Refusal("session_under_way", "The session has begun.")
GROUP_FIXED = Refusal("group_fixed", "A group is there for everybody in it, and keeps its time.")
TIME_PAST = Refusal("time_past", "That time has passed.")
UNKNOWN_PARTICIPANT = Refusal("participant_unknown", "Nobody in this session has that name.")
NOT_CONNECTED = Refusal("not_connected", "This person is not connected now.")
NOT_WAITING = Refusal("not_waiting", "This person is not waiting.")
NOT_IN_ROOM = Refusal("not_in_room", "This person is not in the room.")
REMOVED = Refusal("removed", "You can't come back to this session. Please call the clinic.")
STALE = Refusal("stale_connection", "A newer connection has taken this seat.")
CARD_GONE = Refusal("card_gone", "That question is no longer open.")
NOT_AN_OPTION = Refusal("not_an_option", "That is not one of the choices.")
FOCUS_NEEDED = Refusal("focus_needed", "Choose a focus for the time with one partner first.")
NO_FOCUS = Refusal("no_focus", "Choose at least one focus, and at most five.")
REASON_TOO_LONG = Refusal("reason_too_long", "Say why in at most 200 characters.")
REASON_NEEDED = Refusal("reason_needed", "Say why, in a sentence of at most 200 characters.")
NOT_SHARED = Refusal("not_shared", "One device for two is not possible in this session.")
NOTHING_TO_ATTEST = Refusal("nothing_to_attest", "They have not both said so yet.")
IN_OFFICE = Refusal("in_office", "They are in the office with the therapist.")
NOT_HOSTING = Refusal("not_hosting", "Somebody else is holding this session now.")
HOST_HERE = Refusal("host_here", "Whoever holds this session is here.")
TWO_AT_DEVICE = Refusal("two_at_device", "Two are counted at this device. Say first that the other has gone.")
NOT_FOR_REVIEW = Refusal("not_for_review", "This session is not before the treatment team.")
REVIEW_CHANGED = Refusal("review_changed", "Somebody of the team has written meanwhile. Please look again.")
MEASURE_NEEDED = Refusal("measure_needed", "Choose what follows; nothing stands alone.")
NOTE_TOO_LONG = Refusal("note_too_long", "Keep the note to 500 characters.")
QUESTION_GONE = Refusal("question_gone", "That question is no longer open.")
TOO_LATE = Refusal("too_late", "That time is too far away.")
HERE_ALREADY = Refusal("here_already", "You are already here.")
NOT_DECLARED = Refusal("not_declared", "No absence was declared.")
KEPT_APART = Refusal("kept_apart", "These two can't be in one room.")
NOT_SAFE = Refusal("not_safe", "One of them said that they aren't alone or safe. Speak with them alone first.")
ONE_DEVICE = Refusal("one_device", "Two are at one device: both would read the question.")
NOBODY_ASIDE = Refusal("nobody_aside", "You are not speaking with anybody alone.")
TOO_LONG = Refusal("too_long", "A session runs over by at most two hours.")
NEEDS_THERAPIST = Refusal("therapist_absent", "The therapist is not here.")
SOLO_UNDER_WAY = Refusal("solo_under_way", "Answer the question on the card first.")
NO_PROPOSAL = Refusal("proposal_closed", "This choice of times is no longer open.")
NOT_A_TIME = Refusal("not_a_time", "That is not one of the times.")
TIME_OR_WISH = Refusal("time_or_wish", "Choose from these times, or say which others would suit you.")
NO_SEARCH = Refusal("no_search", "Nobody is looking for new times.")
EMPTY_OUTAGE = Refusal("empty_outage", "An outage must end after it began.")
