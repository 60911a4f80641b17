"""What speaks for somebody being there (K17, T5), and one who sits in the therapist's office (K16)."""

from __future__ import annotations

from datetime import timedelta

from server.domain.attendance import Action, Outcome, SoloApproval
from server.domain.session import commands as c
from server.domain.session.state import THERAPIST
from server.domain.session.view import placement_of
from server.domain.session.views import Evidence, Link, Place, Status
from tests.domain.session.story import Story, on_time, planned

MIN = timedelta(minutes=1)


def evidence(story: Story, who: str = "b") -> Evidence:
    return next(row.evidence for row in story.console().partners if row.key == who)


def test_evidence_is_graded_from_picture_to_none() -> None:
    story = on_time()
    assert evidence(story) is Evidence.PICTURE
    story.does(c.SetDevices("b", True, False))
    assert evidence(story) is Evidence.SOUND
    story.does(c.SetDevices("b", False, False))
    assert evidence(story) is Evidence.CONNECTION
    story.does(c.ReportLink("b", story.session.seats["b"].epoch, Link.RECONNECTING))
    assert evidence(story) is Evidence.UNKNOWN
    story.drops("b")
    assert evidence(story) is Evidence.NONE


def test_a_camera_that_is_off_makes_nobody_absent() -> None:
    story = on_time().does(c.SetDevices("b", False, False)).at(40)
    assert story.status() is Status.UNDER_WAY
    assert story.session.card is None
    assert story.session.attended("b", story.now) == story.session.attended("a", story.now)


def test_the_therapist_s_word_is_the_strongest_until_the_picture_changes() -> None:
    story = on_time().does(c.SetDevices("b", True, False)).does(c.AttestPresence("b", True))
    assert evidence(story) is Evidence.ATTESTED
    story.does(c.SetDevices("b", False, False))
    assert evidence(story) is Evidence.CONNECTION


def test_an_empty_chair_is_waited_for_and_then_asked_about() -> None:
    story = on_time().at(20).does(c.AttestPresence("b", False))
    assert (evidence(story), story.session.stance and story.session.stance.clause) == (Evidence.EMPTY, "M2")
    story.at(22)
    card = story.card()
    assert (card.clause, card.absent) == ("M3", ("Robin",))
    assert story.status() is Status.UNDER_WAY


def test_minutes_beside_an_empty_chair_count_for_nobody_who_left_it() -> None:
    story = on_time().at(10).does(c.AttestPresence("b", False)).at(11).does(c.AttestPresence("b", True)).at(20)
    assert story.session.attended("a", story.now) - story.session.attended("b", story.now) == MIN
    assert story.session.stance is not None
    assert story.session.stance.clause == "M1"


def test_whose_chair_is_empty_stays_connected_and_sees_no_reproach() -> None:
    story = on_time().at(10)
    before = story.sees("b")
    story.does(c.AttestPresence("b", False))
    assert story.sees("b") == before
    assert placement_of(story.session)["b"] is not None


def test_going_on_with_one_means_the_one_who_is_there() -> None:
    story = on_time().does(c.AttestPresence("b", False)).at(3)
    story.taps(Action.PROCEED)
    assert story.session.attending == "a"
    assert story.session.outcomes["b"] is Outcome.TECHNICAL


def test_nobody_is_attested_who_is_not_in_the_room() -> None:
    story = Story().at(-1).hosts().arrives("a")
    assert story.tries(c.AttestPresence("a", False)) == "not_in_room"
    assert story.tries(c.AttestPresence("b", True)) == "not_in_room"


# -- in the therapist's office (K16) ----------------------------------------------------------


def present(story: Story) -> bool:
    return story.session.seats["b"].present


def in_the_office() -> Story:
    return Story().at(-2).hosts().arrives("a").does(c.AttestInOffice("b", True))


def test_one_in_the_office_and_one_online_are_both_present() -> None:
    story = in_the_office().at(1).admits("a")
    assert story.status() is Status.UNDER_WAY
    assert [person.name for person in story.sees("a").people] == ["Dr. Rivera & Robin"]
    story.at(31)
    assert story.session.attended("a", story.now) == story.session.attended("b", story.now) == 30 * MIN
    assert evidence(story) is Evidence.ATTESTED


def test_a_partner_who_waits_is_not_told_who_is_in_the_office() -> None:
    assert in_the_office().sees("a") == Story().at(-2).hosts().arrives("a").sees("a")


def test_the_office_s_lost_connection_is_lost_for_who_sits_there() -> None:
    story = in_the_office().admits("a").at(10).drops(THERAPIST)
    assert not present(story)
    story.at(11).opens(THERAPIST)
    assert present(story)
    assert story.status() is Status.UNDER_WAY


def test_who_leaves_the_office_is_asked_about_as_anybody_who_leaves() -> None:
    story = in_the_office().admits("a").at(10).does(c.AttestInOffice("b", False))
    assert story.card().clause == "M3"
    assert story.session.seats["b"].place is Place.OUTSIDE
    assert story.tries(c.AttestInOffice("b", False)) == "nothing_to_attest"


def test_they_can_go_on_from_a_device_of_their_own() -> None:
    story = in_the_office().admits("a").at(10).arrives("b").at(20)
    assert story.session.seats["b"].shares is None
    assert placement_of(story.session)["b"] is not None
    assert story.session.attended("b", story.now) == story.session.attended("a", story.now)


def test_nobody_is_sent_out_of_an_office_by_a_button() -> None:
    story = in_the_office()
    assert story.tries(c.SendBack("b")) == "in_office"
    assert story.session.therapist.place is Place.ROOM


def test_an_office_needs_its_therapist_and_keeps_apart_who_must_be() -> None:
    assert Story().at(-2).tries(c.AttestInOffice("b", True)) == "therapist_absent"
    apart = Story(planned(keep_apart=True)).at(-2).hosts().arrives("a").admits("a")
    assert apart.tries(c.AttestInOffice("b", True)) == "kept_apart"
    solo = Story().at(-2).hosts().arrives("a").approves().at(10).taps(Action.PROCEED)
    assert solo.tries(c.AttestInOffice("b", True)) == "solo_under_way"


def test_who_went_from_an_empty_chair_into_the_office_is_there() -> None:
    """K16: the picture showed nobody, since they were on their way to the therapist's door."""
    story = Story(planned(approval=SoloApproval.STANDING)).at(-3).arrives("a").arrives("b").at(-1).hosts()
    story.at(0).admits("b").does(c.AttestPresence("b", False)).does(c.AttestInOffice("b", True)).admits("a").at(20)
    assert (story.status(), evidence(story)) == (Status.UNDER_WAY, Evidence.ATTESTED)
    assert story.session.attended("b", story.now) == story.session.co_present(story.now) == 20 * MIN


def test_two_who_came_back_to_an_empty_chair_are_both_there() -> None:
    """K11: nobody is taken for gone whom the therapist has seen since."""
    story = Story().at(-1).hosts().arrives("a").opens("b").at(0).admits("a").does(c.AttestPresence("a", False))
    story.does(c.ShareDevice("a")).does(c.ConfirmSharedDevice("b")).does(c.AttestSharedDevice("b", True)).at(20)
    assert (story.status(), evidence(story, "a"), evidence(story)) == (Status.UNDER_WAY, *[Evidence.PICTURE] * 2)
    assert story.session.attended("a", story.now) == story.session.co_present(story.now) == 20 * MIN


def test_of_two_at_one_device_the_one_who_went_away_has_gone() -> None:
    story = Story().at(-1).hosts().arrives("a").opens("b").at(1).admits("a")
    story.does(c.ShareDevice("a")).does(c.ConfirmSharedDevice("b")).does(c.AttestSharedDevice("b", True)).at(5)
    assert story.tries(c.AttestPresence("a", False)) == "two_at_device"
    story.does(c.AttestPresence("b", False))
    assert story.card().clause == "M3"
    story.taps(Action.PROCEED)
    assert (story.session.attending, story.session.seats["b"].place) == ("a", Place.OUTSIDE)
