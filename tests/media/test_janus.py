"""Janus as the settings name it, and what of a browser's answer reaches it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.application.ports import MediaRefused
from server.composition.media import media_of
from server.config import Settings, SettingsRefused, from_environment
from server.doctor import examine
from signaling.media.janus import sdp
from signaling.media.synthetic import SyntheticPeer
from tests.support.janus import ADMIN_SECRET, SECRET, janus_in

GIVEN = {
    "DYAD_MEDIA": "janus",
    "DYAD_JANUS_URL": "wss://media.example.org:8989",
    "DYAD_JANUS_SECRET": "x",
    "DYAD_JANUS_ADMIN_URL": "ws://127.0.0.1:7188",
    "DYAD_JANUS_ADMIN_SECRET": "y",
}


def test_the_settings_of_janus_go_together_and_its_secrets_may_be_in_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n", encoding="utf-8")
    by_file = {**GIVEN, "DYAD_JANUS_SECRET_FILE": str(tmp_path / "secret")}
    del by_file["DYAD_JANUS_SECRET"]
    assert from_environment(by_file)["janus_secret"] == "from a file"
    for missing in GIVEN.keys() - {"DYAD_MEDIA"}:
        with pytest.raises(SettingsRefused, match=missing):
            from_environment({name: value for name, value in GIVEN.items() if name != missing})


@pytest.mark.parametrize(
    "wrong", [{"DYAD_MEDIA": "mcu"}, {"DYAD_JANUS_URL": "ws://media.example.org:8188"}, {"DYAD_JANUS_URL": "https://x"}]
)
def test_what_cannot_be_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsRefused):
        from_environment({**GIVEN, **wrong})


@pytest.mark.asyncio
async def test_the_doctor_says_what_is_wrong_with_a_janus(tmp_path: Path) -> None:
    async def said(environment: dict[str, str]) -> tuple[bool | None, str]:
        checks = await examine({"DYAD_BASE_URL": "https://meet.example.org", "DYAD_DATA": str(tmp_path), **environment})
        return next((check.well, check.said) for check in checks if check.name == "media")

    janus = janus_in(tmp_path)
    environment = {f"DYAD_{name.upper()}": value for name, value in janus.settings.items()}
    assert (await said(environment))[0] is False
    with janus.running():
        assert await said(environment) == (True, "Janus takes requests, and is set up as Dyad needs it.")
        for secret in ("DYAD_JANUS_SECRET", "DYAD_JANUS_ADMIN_SECRET"):
            well, words = await said({**environment, secret: "another"})
            assert well is False
            assert SECRET not in words
            assert ADMIN_SECRET not in words


@pytest.mark.asyncio
async def test_a_janus_that_is_not_set_up_for_us_is_refused(tmp_path: Path) -> None:
    janus = janus_in(tmp_path, lite=False)
    with janus.running():
        media = media_of(Settings("https://meet.example.org", **janus.settings))  # type: ignore[arg-type]
        with pytest.raises(MediaRefused, match="ice_lite"):
            await media.start()


@pytest.mark.asyncio
async def test_of_an_answer_only_what_is_well_formed_reaches_janus() -> None:
    offer = "\r\n".join(OFFER)
    peer = SyntheticPeer()
    answer = await peer.answer(offer + "\r\n")
    await asyncio.sleep(0)
    await peer.close()
    tainted = answer.replace("a=mid:0", "a=mid:0\r\na=candidate:1 1 udp 1 169.254.169.254 80 typ host\r\na=x-evil:\x01")
    for part in sdp.taken_apart(tainted, 1):
        assert "candidate" not in part
        assert "evil" not in part
        assert part.count("m=") == 2


CREDENTIALS = [
    "a=ice-ufrag:abcd",
    f"a=ice-pwd:{'p' * 24}",
    f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}",
    "a=setup:actpass",
]
OFFER = [
    "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1", "a=group:BUNDLE 2 3",
    "a=msid-semantic: WMS *",
    *(
        line
        for mid in range(4)
        for line in (
            f"m={('audio', 'video')[mid % 2]} 9 UDP/TLS/RTP/SAVPF {(111, 96)[mid % 2]}", "c=IN IP4 127.0.0.1",
            *CREDENTIALS, f"a=mid:{mid}", "a=recvonly" if mid < 2 else "a=sendonly", "a=rtcp-mux",
            f"a=rtpmap:{('111 opus/48000/2', '96 VP8/90000')[mid % 2]}",
        )
    ),
]  # fmt: skip
