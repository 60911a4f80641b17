"""What a subscriber is thought to be able to take, over links on virtual time."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from signaling.media.forwarder.allot import OFF, allotted
from signaling.media.forwarder.downlink import OVERTAKEN, Downlink
from signaling.media.forwarder.estimate import BURST, BURST_BYTES, BURST_EVERY, START, Estimate, Fate
from signaling.media.forwarder.transport import MOST, Arrivals, read
from tests.support.udp_faults import Lane

SOUND = 110, 0.02  # bytes, s
PICTURE = 1_050, 1 / 60
REPORT = 0.1  # s
CLOCK = 7_777.0  # s that the receiver's clock is ahead


class World:
    """Sound, and as much picture as `wanted` of the estimate, sent over a lane; time is a number."""

    def __init__(self, lane: Lane, picture: int = 500_000) -> None:
        self.lane, self.picture = lane, picture
        self.estimate, self.now = Estimate(), 100.0
        self.sending, self._probed_at = True, 0.0
        self._chance, self._flying = random.Random(1), list[tuple[float, float | None, int, int]]()
        self._next = {"sound": self.now, "picture": self.now, "report": self.now, "burst": self.now}

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> float:
        """Until it is so, or for so long; how long it took."""
        began = self.now
        while self.now < began + seconds and not until():
            what = min(self._next, key=lambda name: self._next[name])
            self.now = self._next[what]
            getattr(self, f"_{what}")()
        return self.now - began

    def _send(self, size: int, burst: int = 0) -> None:
        self._flying.append((self.now, self.lane.arrival(size, self.now, self._chance), size, burst))

    def _sound(self) -> None:
        self._send(SOUND[0])
        self._next["sound"] += SOUND[1]

    def _picture(self) -> None:
        layers = [float(self.picture)]
        self.sending = allotted(self.estimate.bits - 60_000, [(layers, 0 if self.sending else OFF)]) == [0]
        if self.sending:
            self._send(1_050)
        self._next["picture"] += 1_050 * 8 / self.picture

    def _burst(self) -> None:
        """As `Peer.probe`, once a second."""
        if not self.sending and self.estimate.clear and self.now - self._probed_at >= BURST_EVERY:
            self._probed_at = self.now
            for _ in range(BURST):
                self._send(BURST_BYTES, int(self.now * 1000))
        self._next["burst"] += 1.0

    def _report(self) -> None:
        known = [one for one in self._flying if one[1] is not None and one[1] <= self.now]
        if known:
            last = self._flying.index(known[-1])
            told, self._flying = self._flying[: last + 1], self._flying[last + 1 :]
            fates = [
                Fate(sent, None if came is None else came + CLOCK, size, burst) for sent, came, size, burst in told
            ]
            self.estimate.told(fates, self.now)
        self._next["report"] += REPORT


def test_a_wide_link_carries_everything_from_the_first_moment() -> None:
    world = World(Lane(delay=0.05))
    world.run(30)
    assert world.sending
    assert world.estimate.bits >= START * 0.9


def test_a_narrow_link_is_noticed_before_its_queue_holds_sound_back() -> None:
    world = World(Lane(delay=0.03))
    world.run(5)
    world.lane.become(rate=64_000, delay=0.03)
    assert world.run(5, lambda: not world.sending) < 1.0
    world.run(8)
    late = world.lane.arrival(SOUND[0], world.now, random.Random(1))
    assert late is not None
    assert late - world.now < 0.4
    world.run(20)
    assert not world.sending
    assert world.estimate.bits < 100_000


@pytest.mark.parametrize("rate", [64_000, 30_000])  # the sound alone fits, or does not
def test_the_picture_is_back_within_three_seconds_of_the_end_of_a_narrow_link(rate: int) -> None:
    world = World(Lane(delay=0.03))
    world.lane.become(rate=rate, delay=0.03)
    world.run(20)
    assert not world.sending
    world.lane.become(delay=0.03)
    assert world.run(10, lambda: world.sending) < 3.0
    world.run(20)
    assert world.sending


@pytest.mark.parametrize("lossy", [step / 4 for step in range(40, 48)])
def test_the_picture_is_back_within_two_seconds_of_the_last_of_many_losses(lossy: float) -> None:
    world = World(Lane(delay=0.03))
    world.lane.become(loss=0.25, delay=0.03)
    world.run(lossy)
    assert not world.sending
    world.lane.become(delay=0.03)
    assert world.run(10, lambda: world.sending) < 2.0


@pytest.mark.parametrize("faults", [{"loss": 0.03}, {"jitter": 0.08}, {"delay": 0.3}])
def test_what_does_not_come_from_sending_too_much_does_not_stop_the_picture(faults: dict[str, float]) -> None:
    world = World(Lane(delay=0.03))
    world.run(5)
    world.lane.become(**faults)
    world.run(20)
    assert world.sending
    assert world.estimate.bits > 600_000


def test_a_link_that_loses_what_it_cannot_queue_is_noticed_by_its_losses() -> None:
    world = World(Lane(delay=0.02, rate=300_000, queue=1_500))
    world.run(6)
    assert world.estimate.bits < 400_000


def test_a_report_tells_what_was_noted_across_the_turn_of_the_numbers() -> None:
    arrivals, rng, at = Arrivals(), random.Random(1), 5_000.0
    for _ in range(20):
        sent = [(0xFFF0 + step) & 0xFFFF for step in range(40)]
        came = {
            seq: at + step * 0.003 + (2.0 if step == 20 else 0) for step, seq in enumerate(sent) if rng.random() > 0.2
        }
        fresh = Arrivals()
        for seq, when in came.items():
            fresh.came(seq, when)
        found = dict(read(fresh.report(1, 2, at)))
        assert {seq for seq, when in found.items() if when is not None} == set(came)
        first = min(came, key=lambda seq: came[seq])
        for seq, when in came.items():
            told, start = found[seq], found[first]
            assert told is not None
            assert start is not None
            assert told - start == pytest.approx(when - came[first], abs=0.0006)
    arrivals.came(5, 1.0)
    arrivals.report(1, 2, 1.0)
    arrivals.came(8, 2.0)
    assert [seq for seq, when in read(arrivals.report(1, 2, 2.0)) if when is None] == [6, 7]


def test_a_number_is_found_wherever_a_header_has_it() -> None:
    arrivals = Arrivals()
    fixed = bytes([0x90, 96]) + bytes(10) + b"\xbe\xde\x00\x02"
    there = fixed + b"\x31\x12\x34\x10\x05\x00\x00\x00"
    elsewhere = fixed + b"\x10\x05\x31\x12\x34\x00\x00\x00"
    for packet, at in ((there, 17), (there, 17), (elsewhere, 19), (there, 17), (bytes([0x80, 96]) + bytes(10), 0)):
        assert arrivals.number_at(packet) == at
    for layout in range(1_000):
        arrivals.number_at(bytes([0x90, layout & 0x7F]) + bytes(13) + bytes([1 + layout // 128]) + bytes(64))
    assert len(arrivals._places) < 100


def test_a_report_is_bounded_whatever_arrives() -> None:
    arrivals = Arrivals()
    for seq in (0, 30_000, 100, 65_535, 20_000):
        arrivals.came(seq, 1.0)
    assert len(arrivals.report(1, 2, 1.0)) < 1_200
    assert len(read(bytes(14) + b"\xff\xff" + bytes(4) + b"\x1f\xff" * 40)) == MOST


def test_everyone_s_small_picture_comes_before_anyone_s_large_one() -> None:
    layers = (100_000.0, 700_000.0)
    assert allotted(5_000_000, [(layers, OFF)] * 3) == [1, 1, 1]
    assert allotted(1_100_000, [(layers, 1)] * 3) == [1, 0, 0]
    assert allotted(250_000, [(layers, 0)] * 3) == [0, 0, OFF]
    assert allotted(0, [(layers, 1)] * 3) == [OFF] * 3
    assert allotted(105_000, [(layers, OFF)]) == [OFF]
    assert allotted(105_000, [(layers, 0)]) == [0]


def test_a_packet_that_another_overtook_is_not_lost() -> None:
    downlink, arrivals = Downlink(), Arrivals()
    for step in range(4):
        downlink.number(step * 0.01, 100)
    for seq in (1, 2, 4):
        arrivals.came(seq, 1.0)
    downlink.reported(arrivals.report(1, 2, 1.0), 1.0)
    arrivals.came(3, 1.05)
    downlink.reported(arrivals.report(1, 2, 1.1), 1.1)
    downlink.number(1.2, 100)
    downlink.number(1.2, 100)
    arrivals.came(6, 1.3)
    downlink.reported(arrivals.report(1, 2, 1.3), 1.3)
    assert downlink.estimate.loss == 0
    downlink.number(1.4, 100)
    arrivals.came(7, 1.3 + OVERTAKEN)
    downlink.reported(arrivals.report(1, 2, 1.5), 1.31 + OVERTAKEN)
    assert downlink.estimate.loss > 0.1


def test_sound_that_came_only_when_it_was_sent_again_was_lost() -> None:
    downlink, arrivals = Downlink(), Arrivals()
    for step in range(40):
        now = 10 + step
        downlink.number(now, 100)
        arrivals.came(downlink.last, CLOCK + now)
        downlink.number(now, 100)
        lost = downlink.last
        downlink.reported(arrivals.report(1, 2, now + 0.2), now + 0.2)
        downlink.repeated(lost, now + 0.2)
        arrivals.came(lost, CLOCK + now + 0.3)
        downlink.reported(arrivals.report(1, 2, now + 0.45), now + 0.45)
    assert downlink.estimate.loss > 0.3


def test_sound_that_was_only_late_when_it_was_sent_again_was_not_lost() -> None:
    downlink, arrivals = Downlink(), Arrivals()
    for step in range(40):
        now = 10 + step
        downlink.number(now, 100)
        late = downlink.last
        downlink.number(now, 100)
        arrivals.came(downlink.last, CLOCK + now)
        downlink.reported(arrivals.report(1, 2, now + 0.2), now + 0.2)
        downlink.repeated(late, now + 0.2)
        arrivals.came(late, CLOCK + now + 0.05)
        downlink.reported(arrivals.report(1, 2, now + 0.3), now + 0.3)
    assert downlink.estimate.loss == 0


def test_a_repeat_of_long_ago_says_nothing_of_the_packet_that_has_its_number_now() -> None:
    downlink, arrivals = Downlink(), Arrivals()
    downlink.number(10.0, 100)
    downlink.repeated(downlink.last, 10.2)  # and no report of it ever came
    for _ in range(0x10000):
        downlink.number(900.0, 100)
    arrivals.came(downlink.last, CLOCK + 900.0)
    downlink.reported(arrivals.report(1, 2, 900.2), 900.2)
    assert downlink.estimate.loss == 0
