"""Which policy decides: the one in use for sessions that are to come, for each other session its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

from server.application.ports import Policies, RecordUnavailable, StoredPolicy
from server.domain.attendance import DEFAULT_POLICY, Policy, fingerprint
from server.domain.session.state import Session

LOOK_AGAIN = 2.0  # s of real time until a policy that somebody else adopted is noticed


class NameTaken(Exception):
    """This version stands for another policy already: whatever is changed is a new version."""


class PolicyBook:
    """Every version that was adopted. `read` turns a file's text into its policy."""

    def __init__(self, policies: Policies, read: Callable[[str], Policy]) -> None:
        self._policies, self._read = policies, read
        self._known: dict[str, Policy] = {DEFAULT_POLICY.name: DEFAULT_POLICY}
        self.current = DEFAULT_POLICY

    def of(self, session: Session) -> Policy:
        """The policy this session began under, or the one in use where it has not begun."""
        if session.began_under is None:
            return self.current
        return self._known.get(session.began_under, self.current)

    async def refresh(self) -> None:
        """Learn what was adopted meanwhile. Raises `RecordUnavailable`."""
        for stored in await self._policies.adopted():
            if stored.name not in self._known:
                self._known[stored.name] = self._read(stored.text)  # the default one is known from the beginning
            self.current = self._known[stored.name]

    async def watch(self) -> None:
        """Runs until cancelled."""
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            with contextlib.suppress(RecordUnavailable):
                await self.refresh()

    async def adopt(self, text: str, now: datetime) -> Policy:
        """Take the policy in `text` (empty: the default one) into use. Raises `NameTaken`."""
        policy = self._read(text) if text else DEFAULT_POLICY
        if not await self._policies.adopt(StoredPolicy(policy.name, fingerprint(policy), text, now)):
            raise NameTaken(policy.name)
        self._known[policy.name] = self.current = policy
        return policy
