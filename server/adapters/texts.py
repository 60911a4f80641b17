"""Text messages through a clinic's own gateway: one plain POST each.

    POST <DYAD_TEXT_GATEWAY>
    Authorization: Bearer <DYAD_TEXT_TOKEN>
    Idempotency-Key: <the id>
    Content-Type: application/json

    {"id": "…", "to": "+15550100199", "text": "You have an appointment: …"}

Any 2xx means that the gateway has taken it; the same id again is the same text. 408, 425, 429 and 5xx are tried again,
any other answer is final. The address is the administrator's and nobody else's, and no redirect leads away from it.
"""

from __future__ import annotations

import aiohttp
from jinja2 import Environment, StrictUndefined

from server.adapters.mail.words import words
from server.application.ports import NotSent, TextNote

TIMEOUT = 20.0  # s of real time
LATER = (408, 425, 429)


class TextGateway:
    def __init__(self, address: str, token: str) -> None:
        self._address, self._token = address, token

    async def send(self, note: TextNote) -> None:
        """Raises `NotSent`, which names neither number nor text."""
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": note.id}
        body = {"id": note.id, "to": note.number, "text": text_of(note)}
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT), trust_env=False) as http,
                http.post(self._address, json=body, headers=headers, allow_redirects=False) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise NotSent("the text gateway can't be reached", again=True) from None
        if not 200 <= status < 300:
            raise NotSent(f"the text gateway answered {status}", again=status >= 500 or status in LATER)


def text_of(note: TextNote) -> str:
    """When, and the link: no name, no programme, nothing of anybody else."""
    language = words(note.language)
    template = Environment(autoescape=False, undefined=StrictUndefined).from_string(language.texts["reminder"])
    return template.render(when=language.say(note.starts_at, note.zone), link=note.link)
