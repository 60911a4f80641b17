"""The clauses above everything, and those of individual and group sessions (A, I, G)."""

from __future__ import annotations

from server.domain.attendance.model import Action, FollowUp, PartnerState, TherapistState
from server.domain.attendance.ruling import Case, Ruling
from server.domain.attendance.times import ZERO, grace_end, late_end, outage_open, starts_at_plus, under_way

_SUBSTITUTE = (FollowUp.FIND_SUBSTITUTE_HOST,)
_OUTREACH = (FollowUp.OUTREACH_CALL,)


def above(case: Case) -> Ruling | None:
    """A1, A3 and A4, or None where they leave the word to the others."""
    if outage_open(case.facts):
        return Ruling(Action.HOLD, "A1", "Dyad can't see who is here right now; all clocks are stopped.", tell=False)
    if case.facts.therapist.state is TherapistState.PRESENT:
        return None
    return _host_lost(case) if under_way(case.facts) else _host_awaited(case)


def _host_awaited(case: Case) -> Ruling | None:
    policy = case.policy
    if case.before_start:
        if case.declared:
            return None
        why = "The session has not begun; the therapist is not here yet."
        return Ruling(Action.WAIT, "A3", why, starts_at_plus(case.facts, ZERO))
    if case.elapsed < policy.therapist_no_show:
        why = f"The therapist is not here {case.minutes} min after the start."
        until = starts_at_plus(case.facts, policy.therapist_no_show)
        late = case.elapsed >= policy.therapist_notice
        return Ruling(Action.WAIT, "A3", why, until, follow_ups=_SUBSTITUTE if late else ())
    why = f"The therapist did not come within {case.minutes} min; nobody else missed anything."
    return Ruling(Action.RESCHEDULE, "A3", why, host_missing=True)


def _host_lost(case: Case) -> Ruling:
    policy, since = case.policy, case.facts.therapist.since
    # Nobody knows since when: count from now, the direction in which nobody is sent away.
    gone = case.now - since if since is not None else ZERO
    begun = since if since is not None else case.now
    if gone < policy.reconnect_grace:
        return Ruling(Action.WAIT, "A4", "The therapist lost the connection.", begun + policy.reconnect_grace)
    if gone < policy.therapist_no_show:
        late = gone >= policy.therapist_notice
        until = begun + policy.therapist_no_show
        why = "The therapist has been gone for a while."
        return Ruling(Action.WAIT, "A4", why, until, follow_ups=_SUBSTITUTE if late else ())
    if case.facts.co_present_minutes >= policy.credit_minutes:
        return Ruling(Action.END, "A4", "The therapist did not come back; the time together counts as a session.")
    why = "The therapist did not come back, and too little of the session took place."
    return Ruling(Action.RESCHEDULE, "A4", why, host_missing=True)


def individual(case: Case) -> Ruling:
    (client,) = case.partners.values()
    policy = case.policy
    if case.facts.session.started_at is not None or case.facts.session.solo_started_at is not None:
        return _individual_under_way(case)
    if client.state is PartnerState.PRESENT:
        return Ruling(Action.START, "I2", "The client is here.")
    if client.state is PartnerState.DECLARED_ABSENT:
        return Ruling(Action.RESCHEDULE, "I3", "The client said that they can't come.")
    technical = policy.no_show_after + policy.technical_extra
    if client.state is PartnerState.ATTEMPTED and case.elapsed < technical:
        until = starts_at_plus(case.facts, technical)
        return Ruling(Action.WAIT, "I4", "The client tried to join and something failed.", until, follow_ups=_OUTREACH)
    late = late_end(case.facts, client, policy)
    ends = [starts_at_plus(case.facts, policy.no_show_after)] + ([late] if late is not None else [])
    if case.elapsed < policy.no_show_after or (late is not None and case.now < late):
        return Ruling(Action.WAIT, "I5", "The client has not arrived yet.", max(ends))
    return Ruling(Action.RESCHEDULE, "I6", f"The client has not arrived {case.minutes} min after the start.")


def _individual_under_way(case: Case) -> Ruling:
    (client,) = case.partners.values()
    if client.state is PartnerState.PRESENT:
        return Ruling(Action.CONTINUE, "I1", "The client is here.")
    end = grace_end(client.since, case.policy)
    if client.state is PartnerState.DROPPED and end is not None and case.now < end:
        return Ruling(Action.WAIT, "I1", "The client lost the connection.", end)
    left = client.state is PartnerState.LEFT
    why = "The client left on purpose." if left else "The client has been gone for a while."
    options = (Action.WAIT, Action.END)
    return Ruling(Action.ASK, "I1", why, None, options, Action.WAIT, Action.END, follow_ups=_OUTREACH if left else ())


def group(case: Case) -> Ruling:
    if under_way(case.facts):
        return Ruling(Action.CONTINUE, "G1", "The group is under way.")
    if case.before_start:
        return Ruling(Action.WAIT, "G2", "The group has not begun.", starts_at_plus(case.facts, ZERO))
    return Ruling(Action.START, "G3", "It is time; the group starts with whoever is here.")
