"""What forwarding costs: CPU against encrypting and sending alone, and against Janus on the same packets."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import struct
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.async_api import Page
from pylibsrtp import Policy, Session

from server.application.ports import MediaBackend
from signaling.media.backend import EmbeddedForwarder
from signaling.media.janus.backend import JanusBackend
from tests.benchmarks.crowd import Member, talk
from tests.benchmarks.report import Row, say
from tests.e2e.people import KEEP_PEERS, sees, window
from tests.media.support import worker
from tests.support.browser import chromium_running
from tests.support.janus import ADMIN_SECRET, SECRET, janus_in

LARGEST = 12  # people of a crowd, each of whom gets all the others’ pictures
SECONDS = 4.0  # of each round
SETTLE = 0.3  # s for what is on its way
TYPICAL = 870  # bytes of a packet of the crowd, sound and picture together
CROWDS = (3, 6, 12)
VS_JANUS = {3: "≤ 0.6", 12: "≤ 0.45"}
VS_FLOOR = {3: "≤ 3.0", 6: "", 12: "≤ 1.6"}
TICKS = os.sysconf("SC_CLK_TCK")
RECEIVED = """async () => {
  let packets = 0, bytes = 0, lost = 0;
  for (const peer of window.peers) for (const stat of (await peer.getStats()).values()) {
    if (stat.type !== 'inbound-rtp') continue;
    packets += stat.packetsReceived; lost += stat.packetsLost;
    bytes += stat.bytesReceived + stat.headerBytesReceived;
  }
  return [packets, bytes, lost];
}"""


async def measure(rounds: int) -> list[Row]:
    return [*await _browsers(rounds), *[row for people in CROWDS for row in await _crowded(people, rounds)]]


async def _browsers(rounds: int) -> list[Row]:
    cpu, ratios, lost, packets = list[float](), list[float](), 0.0, 0.0
    async with chromium_running() as browser, window(browser, prepare=KEEP_PEERS) as opened:
        therapist, alex, robin = await opened.opens("therapist"), await opened.waits("a"), await opened.waits("b")
        await therapist.get_by_role("button", name="Let both in and start").click()
        await sees(alex, "therapist", "b")
        await sees(robin, "therapist", "a")
        await asyncio.sleep(5)  # the browsers' bitrate settles
        pid = worker(opened.home.built.media).pid
        assert pid is not None
        for number in range(rounds):
            began, used, before = time.monotonic(), _cpu(pid), await _received(therapist, alex, robin)
            await asyncio.sleep(SECONDS)
            after, spent, took = await _received(therapist, alex, robin), _cpu(pid) - used, time.monotonic() - began
            passed = after[0] - before[0]
            floor = _floor(int((after[1] - before[1]) / passed))
            cpu.append(spent / took)
            ratios.append(spent / passed / floor)
            lost, packets = lost + after[2] - before[2], packets + passed
            say(f"forwarding {number + 1} of {rounds}: {passed / took:.0f} packets/s, {cpu[-1]:.3f} CPU s/s")
    return [
        Row("forwarder CPU, 3 people in Chromium, median", median(cpu), "CPU s/s", "forwarder_cpu_3"),
        Row("… per outgoing packet against the floor", median(ratios), "ratio", "forwarder_vs_floor_3", "≤ 3.0"),
        Row("packets lost", lost, f"of {packets:,.0f}", "packets_lost", "0"),
    ]


@dataclass
class Room:
    """A crowd that meets at one backend: each gets the sound and the picture of all others, and nobody decodes.

    `pid` is the process that forwards.
    """

    media: MediaBackend
    pid: int
    crowd: list[Member]
    costs: list[float] = field(default_factory=list)  # CPU seconds a packet, of each round
    arrived = lost = 0

    async def fill(self) -> None:
        for number, one in enumerate(self.crowd):
            offer = await self.media.offer(str(number), len(self.crowd) - 1)
            assert offer is not None
            await self.media.answer(str(number), await one.answer(offer))
        await asyncio.gather(*(one.connect() for one in self.crowd))
        for number in range(len(self.crowd)):
            await self.media.place(str(number), "room")
        await talk(self.crowd, 1.0)
        await self._settled()

    async def round(self) -> None:
        crowd = self.crowd
        used, sent, got = _cpu(self.pid), sum(one.sent for one in crowd), sum(one.received for one in crowd)
        await talk(crowd, SECONDS)
        passed = await self._settled() - got
        self.costs.append((_cpu(self.pid) - used) / passed)
        self.lost += (sum(one.sent for one in crowd) - sent) * (len(crowd) - 1) - passed
        self.arrived += passed

    async def _settled(self) -> int:
        """What has arrived, once nothing more does: on a busy machine the crowd is the last to read."""
        before, now = -1, sum(one.received for one in self.crowd)
        while now != before:
            await asyncio.sleep(SETTLE)
            before, now = now, sum(one.received for one in self.crowd)
        return now


async def _crowded(people: int, rounds: int) -> list[Row]:
    """The forwarder, and Janus where there is one, with the same packets in turn."""
    floors = list[float]()
    async with AsyncExitStack() as stack:
        ours = await _filled(stack, *await _forwarder(stack), people)
        janus = await _janus(stack)
        theirs = None if janus is None else await _filled(stack, *janus, people)
        for number in range(rounds):
            await ours.round()
            floors.append(_floor(TYPICAL))
            if theirs is not None:
                await theirs.round()
            against = f", Janus {theirs.costs[-1] * 1e6:.1f} µs" if theirs is not None else ""
            say(f"forwarding to {people}, {number + 1} of {rounds}: {ours.costs[-1] * 1e6:.1f} µs a packet{against}")
    floor = median(cost / floor for cost, floor in zip(ours.costs, floors, strict=True))
    ratio = None if theirs is None else median(a / b for a, b in zip(ours.costs, theirs.costs, strict=True))
    rows = [
        Row(f"forwarder CPU, {people} people, against Janus on the same packets", ratio, "ratio",
            f"forwarder_vs_janus_{people}", VS_JANUS.get(people, "")),
        Row("… against the floor, encrypting and sending alone", floor, "ratio",
            f"forwarder_vs_floor_{people}_crowd" if people == 3 else f"forwarder_vs_floor_{people}", VS_FLOOR[people]),
        Row("… packets lost", ours.lost, f"of {ours.arrived:,}", f"packets_lost_{people}", "0"),
    ]  # fmt: skip
    if theirs is not None:
        rows.append(Row("… packets lost by Janus", theirs.lost, f"of {theirs.arrived:,}"))
    return rows


async def _filled(stack: AsyncExitStack, media: MediaBackend, pid: int, people: int) -> Room:
    room = Room(media, pid, [Member(number) for number in range(people)])
    await room.fill()
    for one in room.crowd:
        stack.push_async_callback(one.close)
    return room


async def _forwarder(stack: AsyncExitStack) -> tuple[MediaBackend, int]:
    media = EmbeddedForwarder(announce=["127.0.0.1"], limits={"pictures": LARGEST})
    await media.start()
    stack.push_async_callback(media.stop)
    assert media.pid is not None
    return media, media.pid


async def _janus(stack: AsyncExitStack) -> tuple[MediaBackend, int] | None:
    if shutil.which("janus") is None:
        say("Janus is not installed here (sh tests/support/packages.sh): nothing to compare with")
        return None
    janus = janus_in(Path(stack.enter_context(TemporaryDirectory())))
    process = stack.enter_context(janus.running())
    media = JanusBackend(janus.url, SECRET, janus.admin_url, ADMIN_SECRET)
    await media.start()
    stack.push_async_callback(media.stop)
    return media, process.pid


async def _received(*pages: Page) -> tuple[float, float, float]:
    """Packets, bytes and losses of everything that these pages have received so far."""
    packets, bytes_, lost = zip(*[await page.evaluate(RECEIVED) for page in pages], strict=True)
    return sum(packets), sum(bytes_), sum(lost)


def _cpu(pid: int) -> float:
    """CPU seconds that a process has used, in user and system mode (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _floor(size: int, packets: int = 20_000) -> float:
    """CPU seconds that protecting and sending one packet of `size` bytes takes, and nothing else."""
    policy = Policy(key=bytes(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND)
    session, payload = Session(policy), bytes(max(1, size - 12))
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
    ):
        sink.bind(("127.0.0.1", 0))
        address = sink.getsockname()
        began = time.process_time()
        for number in range(packets):
            header = struct.pack("!BBHII", 0x80, 96, number & 0xFFFF, number, 1)
            out.sendto(session.protect(header + payload), address)
        return (time.process_time() - began) / packets
