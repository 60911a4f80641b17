"""Reminders of a real service over the wire: its mail to an SMTP server, its texts to a gateway, replies back to it.

The clock is wound from one morning to the next; nothing waits for real time but the service's own look at its outbox.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import aiosmtplib
import pytest

from server import operating
from server.adapters.clock import SystemClock
from server.application.clinic import open_clinic
from server.application.roles import ADMINISTRATOR
from server.bootstrap import Service, listen, service
from server.config import RECORD, Settings, Smtp
from server.domain.attendance import PartnerState
from server.domain.programme import DEFAULT_PROGRAMME
from server.http.parsing import plain
from server.planfile import PlannedSession, example_plan
from tests.adapters.mail.test_mail_senders import Server, serving
from tests.adapters.test_texts import serving as gateway
from tests.service.support import eventually
from tests.support.ports import free_port

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(180)]

DOMAIN = "replies.lakeside.example"
NEW_YORK = ZoneInfo("America/New_York")
TUESDAY = datetime(2026, 10, 20, 12, tzinfo=NEW_YORK)
START = datetime(2026, 10, 22, 10, tzinfo=NEW_YORK)
HOURS = [[day, "07:00", "22:00"] for day in range(7)]
ZONES = {"Alex": "America/New_York", "Robin": "Europe/Madrid"}


class WoundClock(SystemClock):
    """The service's own clock, which a test may wind on."""

    def wind(self, at: datetime) -> None:
        self._anchor += at - self.now()


class Clinic:
    def __init__(self, built: Service, clock: WoundClock, post: Server, texts: Any) -> None:
        self.built, self.clock, self.post, self.texts = built, clock, post, texts

    async def rest(self, method: str, path: str, token: str, body: Any = None) -> Any:
        async with (
            aiohttp.ClientSession(self.built.settings.base_url) as http,
            http.request(method, path, headers={"Authorization": f"Bearer {token}"}, json=body) as answer,
        ):
            found = await answer.json(content_type=None)
            assert answer.status in (200, 201), found
            return found

    def mails(self, name: str, subject: str = "") -> list[EmailMessage]:
        mails = [mail for mail in self.post.mails if str(mail["To"]).startswith(name)]
        return [mail for mail in mails if subject in str(mail["Subject"])]

    async def mailed(self, name: str, subject: str, count: int = 1) -> list[EmailMessage]:
        async def there() -> bool:
            return len(self.mails(name, subject)) >= count

        await eventually(there, f"{name} has {count} mails “{subject}”")
        return self.mails(name, subject)

    async def replies(self, to: EmailMessage, text: str, **headers: str) -> None:
        """A person answers a mail with their own program."""
        mail = EmailMessage()
        mail["From"], mail["To"] = str(to["To"]), str(to["Reply-To"])
        mail["Message-ID"] = f"<{abs(hash((text, *headers.items())))}@example.org>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        quoted = "\n".join(f"> {line}" for line in body(to).splitlines())
        mail.set_content(f"{text}\n\nOn Wednesday, Lakeside wrote:\n{quoted}\n")
        port = self.built.settings.replies_port
        await aiosmtplib.send(mail, hostname="127.0.0.1", port=port, use_tls=False, start_tls=False)


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def token_of(mail: EmailMessage, page: str) -> str:
    return body(mail).split(f"/{page}#")[1].split()[0]


@asynccontextmanager
async def clinic(data: Path, now: datetime = TUESDAY) -> AsyncIterator[Clinic]:
    """A clinic that really sends, on an empty database or on what is in `data`."""
    port, clock = free_port(), WoundClock(start=now)
    async with serving(Server()) as post, gateway() as texts:
        settings = Settings(
            data=data,
            base_url=f"http://127.0.0.1:{port}",
            port=port,
            announce=("127.0.0.1",),
            clinic_email="care@lakeside.example",
            smtp=Smtp("127.0.0.1", post.port, "Lakeside <care@lakeside.example>", security="none"),
            text_gateway=texts.address,
            text_token="secret",
            replies_domain=DOMAIN,
            replies_port=free_port(),
        )
        async with service(settings, clock) as built:
            runner = await listen(built)
            try:
                yield Clinic(built, clock, post, texts)
            finally:
                await runner.cleanup()


async def opened(home: Clinic) -> tuple[str, dict[str, str]]:
    """A couple with an accepted session: its id, and each one's portal token."""
    built = home.built
    await open_clinic(built.store, "sasha@example.org", "Sasha")
    office = await built.links.mint(ADMINISTRATOR, None, ADMINISTRATOR, "clinic", timedelta(days=9))
    await home.rest("PUT", "/v1/clinic/programme", office, {"programme": plain(DEFAULT_PROGRAMME), "seen": 0})

    def person(name: str, zone: str) -> dict[str, Any]:
        address = f"{name.lower()}@example.org"
        language = "es" if name == "Robin" else "en"
        return {"name": name, "email": address, "zone": zone, "hours": HOURS, "language": language}

    staff = {"person": person("Rivera", "America/New_York"), "licences": []}
    therapist = await home.rest("POST", "/v1/clinic/staff", office, staff)
    partners = [{"person": person(name, zone), "place": "US-NY"} for name, zone in ZONES.items()]
    couple = {"therapist": therapist["id"], "partners": partners, "starts_on": home.clock.now().date().isoformat()}
    id = (await home.rest("POST", "/v1/clinic/couples", office, couple))["id"]
    desk = token_of((await home.mailed("Rivera", "Your page"))[0], "clinic")
    one = {"kind": "couples", "partners": ["a", "b"], "starts_at": START.isoformat(), "minutes": 50}
    wanted = {"sessions": [one | {"focus": "communication", "group": ""}], "seen": 0}
    accepted = await home.rest("POST", f"/v1/clinic/couples/{id}/weeks/1", desk, wanted)
    own = {
        "Alex": token_of((await home.mailed("Alex", "Welcome"))[0], "portal"),
        "Robin": token_of((await home.mailed("Robin", "Bienvenida"))[0], "portal"),
    }
    data = home.built.settings.data
    assert data is not None
    await eventually(lambda: promised(data, 6), "three reminders each are promised")
    return accepted["booked"][0]["id"], own


async def test_an_accepted_week_reminds_each_by_their_own_channel_and_takes_their_answers(tmp_path: Path) -> None:
    async with clinic(tmp_path) as home:
        session, own = await opened(home)
        page = await home.rest("GET", "/v1/portal", own["Robin"])
        assert page["reminding"] == {"wish": {"channel": "mail", "number": ""}, "seen": 0, "texts": True}
        wish = {"wish": {"channel": "text", "number": "+34 600 000 000"}, "seen": 0}
        page = await home.rest("PUT", "/v1/portal/reminders", own["Robin"], wish)
        assert page["reminding"]["wish"] == {"channel": "text", "number": "+34600000000"}
        assert "34600000000" not in json.dumps(await home.rest("GET", "/v1/portal", own["Alex"]))

        home.clock.wind(START - timedelta(hours=24) + timedelta(seconds=1))
        (reminder,) = await home.mailed("Alex", "Your appointment is coming up")
        assert "Thursday, October 22 at 10:00 AM (New York time)" in body(reminder)
        assert str(reminder["Reply-To"]).endswith(f"@{DOMAIN}")

        async def texted() -> Any:
            return home.texts.posted

        [(_, _, text)] = await eventually(texted, "Robin has a text")
        assert (text["to"], text["text"][:45]) == ("+34600000000", "Tiene una cita: jueves, 22 de octubre, 16:00 ")
        assert not [name for name in ("Alex", "Robin", "Rivera") if name in text["text"]]

        link = text["text"].split("#")[1]
        assert (await home.rest("POST", "/v1/answer", link, {"said": "yes"}))["said"] == "yes"
        await home.replies(reminder, "Sí! See you", Auto_Submitted="auto-replied")
        await home.replies(reminder, "Can't wait to see you all :)")
        (unclear,) = await home.mailed("Alex", "We aren't sure")
        await home.replies(reminder, "running late, 15 min")

        async def late() -> bool:
            return (await home.built.dispatcher.session(session)).seats["a"].late_until is not None

        await eventually(late, "Alex is expected late")
        state = await home.built.dispatcher.session(session)
        assert state.seats["a"].late_until == START + timedelta(minutes=15)
        assert (state.seats["a"].confirmed_at, state.seats["b"].confirmed_at is None) == (None, False)
        seen = (await home.rest("GET", "/v1/answer", token_of(unclear, "answer")))["said"]
        assert seen == "late"
        assert len(home.mails("Alex", "We aren't sure")) == 1


async def test_a_no_by_mail_counts_and_ends_what_there_was_left_to_say(tmp_path: Path) -> None:
    async with clinic(tmp_path) as home:
        session, _ = await opened(home)
        home.clock.wind(START - timedelta(hours=24) + timedelta(seconds=1))
        (reminder,) = await home.mailed("Alex", "Your appointment is coming up")
        await home.mailed("Robin", "Su cita se acerca")
        await home.replies(reminder, "Sorry, I can’t come, I'm sick")

        async def away() -> bool:
            return (await home.built.dispatcher.session(session)).seats["a"].state is PartnerState.DECLARED_ABSENT

        await eventually(away, "Alex can't come")
        assert (await home.built.dispatcher.session(session)).seats["a"].reason == "illness"
        await home.mailed("Alex", "New times for your appointment")  # nobody has agreed to being seen alone
        home.clock.wind(START - timedelta(minutes=5))
        await eventually(lambda: nothing_left(tmp_path), "no reminder is left")
        assert len(home.mails("Alex", "Your appointment is coming up")) == 1
        assert len(home.mails("Robin", "Su cita se acerca")) == 1


async def test_a_session_planned_from_a_file_is_reminded_of_through_restarts_and_once(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    start = now + timedelta(days=3)
    plan = example_plan(now) | {"id": "filed", "starts_at": start.isoformat()}
    await operating.plan_session(tmp_path, "https://dyad.example", PlannedSession.model_validate(plan))
    async with clinic(tmp_path, now):
        await eventually(lambda: promised(tmp_path, 6), "three reminders each are promised")
    async with clinic(tmp_path, start - timedelta(hours=24) + timedelta(seconds=1)) as home:
        await home.mailed("Alex", "Your appointment is coming up")
        await home.mailed("Robin", "Your appointment is coming up")
    async with clinic(tmp_path, start - timedelta(hours=1) + timedelta(seconds=1)) as home:
        await home.mailed("Alex", "Your appointment is coming up")
        await eventually(lambda: promised(tmp_path, 2), "the last ones are left")
        assert [len(home.mails(name)) for name in ("Alex", "Robin")] == [1, 1]
    async with clinic(tmp_path, start) as home:
        await eventually(lambda: nothing_left(tmp_path), "the last ones are overtaken")
        assert home.mails("Alex", "Your appointment is coming up") == []


async def promised(data: Path, count: int) -> bool:
    """Whether so many reminders wait in the record."""
    with closing(sqlite3.connect(data / RECORD)) as record:
        query = "SELECT count(*) FROM outbox WHERE kind = 'Remind' AND state = 'open'"
        found: int = record.execute(query).fetchone()[0]
    return found == count


async def nothing_left(data: Path) -> bool:
    return await promised(data, 0)
