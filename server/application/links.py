"""Links: opaque 256-bit tokens for one person, one session, one purpose; only their hash is kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

from server.application.ports import Clock, LinkGrant, Links

SESSION_LINK = timedelta(hours=12)  # a link's life beyond the planned start
TOKEN = re.compile(r"^[A-Za-z0-9_-]{43}$")  # 32 bytes in base64url


_WORDS = {
    "link_unknown": "We don't know this link. Please use the newest one we sent you, or call the clinic.",
    "link_expired": "This link is no longer valid. Please call the clinic for a new one.",
    "link_revoked": "This link was taken back. Please call the clinic for a new one.",
    "link_used": "You have answered already. Thank you.",
}


class LinkRefused(Exception):
    """`code` is `link_unknown`, `link_expired`, `link_revoked` or `link_used`; `message` is for the person."""

    def __init__(self, code: str) -> None:
        self.code, self.message = code, _WORDS[code]
        super().__init__(self.message)


class LinkDesk:
    def __init__(self, links: Links, clock: Clock, token: Callable[[], str]) -> None:
        """`token` draws 32 random bytes as base64url."""
        self._links, self._clock, self._token = links, clock, token

    async def mint(self, person: str, session: str | None, participant: str, purpose: str, valid: timedelta) -> str:
        """A new link's token; `valid` is counted from now."""
        token, now = self._token(), self._clock.now()
        grant = LinkGrant(_hash(token), person, session, participant, purpose, now, now + valid)
        await self._links.add(grant)
        return token

    async def resolve(self, token: object, purpose: str | None = None) -> LinkGrant:
        """The grant behind a token. Raises `LinkRefused`; asking uses nothing up."""
        if not isinstance(token, str) or not TOKEN.match(token):
            raise LinkRefused("link_unknown")
        return self._check(await self._links.find(_hash(token)), purpose)

    async def again(self, grant: LinkGrant) -> None:
        """Whether a grant resolved earlier still stands. Raises `LinkRefused`."""
        self._check(await self._links.find(grant.token_hash), grant.purpose)

    def _check(self, grant: LinkGrant | None, purpose: str | None) -> LinkGrant:
        if grant is None or (purpose is not None and grant.purpose != purpose):
            raise LinkRefused("link_unknown")
        if grant.revoked_at is not None:
            raise LinkRefused("link_revoked")
        if grant.used_at is not None:
            raise LinkRefused("link_used")
        if self._clock.now() >= grant.expires_at:
            raise LinkRefused("link_expired")
        return grant

    async def use(self, grant: LinkGrant) -> None:
        """Use up a single-use link. Raises `LinkRefused` when it was used before."""
        if not await self._links.use(grant.token_hash, self._clock.now()):
            raise LinkRefused("link_used")

    async def revoke(self, session: str, participant: str | None) -> int:
        return await self._links.revoke(session, participant, self._clock.now())

    async def standing(self, person: str, purpose: str) -> LinkGrant | None:
        """The newest link of no session that somebody can use for that purpose."""
        return next(iter(await self._links.standing(person, purpose, self._clock.now())), None)

    async def withdraw(self, person: str, purpose: str) -> int:
        """Revoke all of them."""
        return await self._links.withdraw(person, purpose, self._clock.now())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
