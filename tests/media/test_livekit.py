"""LiveKit as the settings name it, what it is told, what it is believed, and who may receive anything there."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from google.protobuf import json_format
from livekit.protocol import models
from livekit.protocol.webhook import WebhookEvent

from server.application.media_events import PeerClosed
from server.application.ports import MediaRefused
from server.composition.media import media_of
from server.config import Settings, SettingsRefused, from_environment
from server.doctor import examine
from server.http.livekit import LiveKitApi
from signaling.media.forwarder.rooms import Limits
from signaling.media.forwarder.sdp import SdpRefused
from signaling.media.livekit import sdp
from signaling.media.livekit.backend import LiveKitBackend
from signaling.media.livekit.service import LiveKitFailed, LiveKitRefused, RoomService
from signaling.media.livekit.signal import Signal
from signaling.media.livekit.tokens import Keys, NotSigned
from signaling.media.livekit.webhooks import event_of
from signaling.media.synthetic import SyntheticPeer
from tests.media.support import Stage, closing, until
from tests.support.livekit import KEY, SECRET, LiveKit, livekit_in
from tests.support.livekit.tokens import signed
from tests.support.ports import free_port

GIVEN = {
    "DYAD_MEDIA": "livekit",
    "DYAD_LIVEKIT_URL": "wss://media.example.org",
    "DYAD_LIVEKIT_KEY": "x",
    "DYAD_LIVEKIT_SECRET": "y",
}
LONG_AGO = 300 + 60 + 1  # s after which no webhook is good: its five minutes, and our leeway


def test_the_settings_of_livekit_go_together_and_its_secret_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n", encoding="utf-8")
    by_file = {**GIVEN, "DYAD_LIVEKIT_SECRET_FILE": str(tmp_path / "secret")}
    del by_file["DYAD_LIVEKIT_SECRET"]
    assert from_environment(by_file)["livekit_secret"] == "from a file"
    for missing in GIVEN.keys() - {"DYAD_MEDIA"}:
        with pytest.raises(SettingsRefused, match=missing):
            from_environment({name: value for name, value in GIVEN.items() if name != missing})
    with pytest.raises(SettingsRefused):
        from_environment({**GIVEN, "DYAD_LIVEKIT_URL": "ws://media.example.org"})
    assert "y" not in repr(Keys("x", "y")).replace("Keys", "").replace("key", "")


@pytest.mark.asyncio
async def test_the_doctor_says_what_is_wrong_with_a_livekit(tmp_path: Path) -> None:
    async def said(environment: dict[str, str]) -> tuple[bool | None, str]:
        checks = await examine({"DYAD_BASE_URL": "https://meet.example.org", "DYAD_DATA": str(tmp_path), **environment})
        return next((check.well, check.said) for check in checks if check.name == "media")

    livekit = livekit_in(tmp_path)
    environment = {f"DYAD_{name.upper()}": value for name, value in livekit.settings.items()}
    assert (await said(environment))[0] is False
    with livekit.running():
        assert await said(environment) == (True, "LiveKit takes requests, and is set up as Dyad needs it.")
        for name in ("DYAD_LIVEKIT_KEY", "DYAD_LIVEKIT_SECRET"):
            well, words = await said({**environment, name: "another"})
            assert well is False
            assert "unauthenticated" in words
            assert SECRET not in words


@pytest.mark.asyncio
async def test_a_token_is_good_for_what_it_grants_and_no_more(tmp_path: Path) -> None:
    livekit, keys = livekit_in(tmp_path), Keys(KEY, SECRET)
    with livekit.running():
        async with aiohttp.ClientSession() as http:
            service = RoomService(http, livekit.url, keys)
            await service.create("dyad-1", 3)
            assert await service.rooms() == ["dyad-1"]
            with pytest.raises(LiveKitRefused, match="not_found"):
                await service.permit("dyad-1", "nobody", True)
            await service.remove("dyad-1", "nobody")  # gone is gone
            for token in (keys.token({"roomList": True}), keys.token({"roomJoin": True, "room": "other"}, "me"), ""):
                signal = Signal(http, livekit.url, lambda told: None, lambda: None)
                with pytest.raises(LiveKitFailed):
                    await signal.join(token)
                await signal.close()
            await service.delete("dyad-1")
            await service.delete("dyad-1")
            assert await service.rooms() == []


def test_a_webhook_is_believed_only_where_livekit_signed_this_very_body_just_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = Keys(KEY, SECRET)
    left = WebhookEvent(event="participant_left", room=models.Room(name="dyad-1"), created_at=1)
    body = json_format.MessageToJson(left).encode()
    token = signed(body, KEY, SECRET)
    assert event_of(body, token, keys) == left
    for wrong_body, wrong_token in (
        (body + b" ", token),
        (body, signed(body, KEY, "another secret, and as long as a secret has to be")),
        (body, signed(body, "another key", SECRET)),
        (body, keys.token({"roomAdmin": True})),  # one of ours signs no body
        (body, ""),
        (b"nothing", signed(b"nothing", KEY, SECRET)),
    ):
        with pytest.raises(NotSigned):
            event_of(wrong_body, wrong_token, keys)
    with monkeypatch.context() as later:
        now = time.time()
        later.setattr("tests.support.livekit.tokens.time.time", lambda: now - LONG_AGO)
        old = signed(body, KEY, SECRET)
    with pytest.raises(NotSigned):
        event_of(body, old, keys)


@asynccontextmanager
async def stage_of(where: LiveKit) -> AsyncIterator[Stage[LiveKitBackend]]:
    media = LiveKitBackend(where.url, KEY, SECRET, Limits(consent=8.0))
    with where.running():
        await media.start()
        try:
            async with closing(Stage(media)) as played:
                yield played
        finally:
            await media.stop()


@pytest.mark.asyncio
async def test_who_waits_receives_nothing_even_if_asked_for(tmp_path: Path) -> None:
    async with stage_of(livekit_in(tmp_path)) as played:
        await played.connect("s/therapist", "s/a", "s/b")
        await played.place("s/1", "s/therapist", "s/a")
        await played.everyone_sees(["s/therapist", "s/a"])
        people = played.media._people
        waiting, asked = people["s/b"].signal, set(people["s/a"].tracks.values())
        assert waiting is not None
        await waiting.subscribe(asked, True)
        await played.everyone_sees(["s/therapist", "s/a"])
        assert played.peers["s/b"].packets == 0
        assert people["s/b"].offered is None
        assert {people[name].identity for name in people}.isdisjoint({"a", "b", "therapist"})


@pytest.mark.asyncio
async def test_livekit_tells_by_webhook_too_who_is_gone(tmp_path: Path) -> None:
    heard: list[tuple[bytes, str, bool]] = []
    port = free_port()
    async with stage_of(livekit_in(tmp_path, f"http://127.0.0.1:{port}/v1/media/livekit")) as played:

        def hear(body: bytes, authorization: str) -> bool:
            heard.append((body, authorization, played.media.heard(body, authorization)))
            return heard[-1][2]

        app = web.Application()
        app.add_routes(LiveKitApi(hear).routes())
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            await played.connect("a", "b")
            await played.media.close("b")
            await until(lambda: any(b"participant_left" in body for body, _, _ in heard), "told")
            assert all(believed for _, _, believed in heard)
        finally:
            await runner.cleanup()
        person = played.media._people["a"]
        info = models.ParticipantInfo(sid=person.sid, disconnect_reason=models.DisconnectReason.CONNECTION_TIMEOUT)
        left = WebhookEvent(event="participant_left", room=models.Room(name=person.house), participant=info)
        body = json_format.MessageToJson(left).encode()
        assert not played.media.heard(body, signed(body, KEY, "x" * 40))
        assert played.media.heard(body, signed(body, KEY, SECRET))
        await until(lambda: PeerClosed("a", "consent_lost") in played.events, "given up")


@pytest.mark.asyncio
async def test_of_what_a_page_says_only_what_is_well_formed_reaches_livekit() -> None:
    peer = SyntheticPeer()
    offer = await peer.offer()
    await peer.close()
    evil = "a=candidate:1 1 udp 1 somebody.local 80 typ host\r\na=x-evil:\x01\r\n"
    told = sdp.sending(offer.replace("a=mid:0\r\n", f"a=mid:0\r\n{evil}"))
    assert "evil" not in told
    assert ".local" not in told
    assert [line for line in told.splitlines() if line.startswith("a=msid:")] == [
        "a=msid:dyad sound",
        "a=msid:dyad picture",
    ]
    assert {line.split()[1] for line in told.splitlines() if line.startswith("a=rtpmap:")} == {
        "opus/48000/2", "VP8/90000", "rtx/90000",
    }  # fmt: skip
    for broken in (offer.replace("m=video", "m=audio"), offer + "m=audio 9 X 0\r\n", offer.replace("opus", "pcm")):
        with pytest.raises(SdpRefused):
            sdp.sending(broken)


@pytest.mark.asyncio
async def test_only_one_s_own_turn_is_taken(tmp_path: Path) -> None:
    async with stage_of(livekit_in(tmp_path)) as played:
        await played.connect("a")
        with pytest.raises(MediaRefused) as no:
            await played.media.answer("a", "v=0")
        assert no.value.code == "no_offer"
        peer = SyntheticPeer()
        offer = await peer.offer()
        await peer.close()
        with pytest.raises(MediaRefused, match="already"):
            await played.media.take("a", offer)


def test_without_livekit_in_the_settings_there_is_none() -> None:
    settings = {"media": "livekit", "livekit_url": "ws://127.0.0.1:7880", "livekit_key": "k", "livekit_secret": "s"}
    assert isinstance(media_of(Settings("https://meet.example.org", **settings)), LiveKitBackend)  # type: ignore[arg-type]
