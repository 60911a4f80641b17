"""What forwarding costs: the worker's CPU while three real browsers talk, against encrypting and sending alone."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import time
from pathlib import Path
from statistics import median

from playwright.async_api import Page
from pylibsrtp import Policy, Session

from tests.benchmarks.report import Row, say
from tests.e2e.people import sees, window
from tests.support.browser import chromium_running

SECONDS = 4.0  # of each round
TICKS = os.sysconf("SC_CLK_TCK")
KEEP_PEERS = """
const Real = RTCPeerConnection;
window.RTCPeerConnection = class extends Real {
  constructor(...given) { super(...given); (window.peers ??= []).push(this); }
};
"""
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
    cpu, ratios, lost, packets = list[float](), list[float](), 0.0, 0.0
    async with chromium_running() as browser, window(browser, prepare=KEEP_PEERS) as opened:
        therapist, alex, robin = await opened.opens("therapist"), await opened.waits("a"), await opened.waits("b")
        await therapist.get_by_role("button", name="Let both in and start").click()
        await sees(alex, "therapist", "b")
        await sees(robin, "therapist", "a")
        await asyncio.sleep(5)  # the browsers' bitrate settles
        pid = opened.home.built.media.pid
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
