"""A programme's administrator tries a policy before it counts, and takes it into use once it is proven."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from server.application.policies import NameTaken, PolicyBook
from server.application.ports import Clock, Policies
from server.domain.attendance import DEFAULT_POLICY, Policy, fingerprint

SESSIONS = 5_000  # of a made-up year


@dataclass(frozen=True, slots=True)
class Fault:
    """Where in the text and what is wrong; lines and columns count from 1."""

    line: int
    column: int
    message: str


class Unreadable(Exception):
    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("the policy cannot be read")
        self.faults = faults


class NotAdopted(Exception):
    """`code` is `policy_changed`, `not_proven`, `version_taken` or `same_policy`; `message` is for the person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class TooLong(Exception):
    """The work was given up: it took too long, or too much of it is waiting."""


class Workshop(Protocol):
    """Long work on policies, away from the sessions. Texts are files; an empty one is the default policy."""

    async def prove(self, text: str) -> dict[str, Any]:
        """`{"proven", "claims", "seconds", "broken": [{"claim", "says", "facts", "decision"}]}`. Raises `TooLong`."""

    async def differences(self, old: str, new: str) -> dict[str, Any]:
        """`{"differences": [{"facts", "before", "after"}]}`. Raises `TooLong`."""

    async def year(self, old: str, new: str, sessions: int) -> dict[str, Any]:
        """`{"before", "after"}`: what the same sessions come to. Raises `TooLong`."""


class PolicyDesk:
    def __init__(
        self,
        book: PolicyBook,
        policies: Policies,
        workshop: Workshop,
        clock: Clock,
        read: Callable[[str], Policy],
        written: Callable[[Policy], dict[str, str]],
    ) -> None:
        """`read` raises `Unreadable`; `written` gives the parameters as they stand in a file."""
        self._book, self._policies, self._workshop, self._clock = book, policies, workshop, clock
        self._read, self._written = read, written
        self._adopting = asyncio.Lock()

    async def in_force(self) -> dict[str, Any]:
        """The policy that decides for sessions to come, its text, and every version there ever was, latest first."""
        adopted = await self._policies.adopted()
        versions = [{"policy": p.name, "fingerprint": p.fingerprint, "at": p.adopted_at.isoformat()} for p in adopted]
        return {**self._told(self._book.current), "text": await self._text(), "versions": versions[::-1]}

    def check(self, text: str) -> dict[str, Any]:
        """Raises `Unreadable`."""
        return self._told(self._read(text))

    async def prove(self, text: str) -> dict[str, Any]:
        self._read(text)
        return await self._workshop.prove(text)

    async def differences(self, text: str) -> dict[str, Any]:
        self._read(text)
        return await self._workshop.differences(await self._text(), text)

    async def year(self, text: str) -> dict[str, Any]:
        self._read(text)
        return await self._workshop.year(await self._text(), text, SESSIONS)

    async def adopt(self, text: str, seen: str) -> dict[str, Any]:
        """Into use from now on; `seen` names the policy that was in force when this was decided.

        Raises `Unreadable`, `NotAdopted` and `TooLong`; then nothing has changed.
        """
        policy = self._read(text)
        self._unless_changed(seen)
        if policy.name == self._book.current.name:
            raise NotAdopted("same_policy", "This version is in force already. A change needs a new version number.")
        if not (await self._workshop.prove(text))["proven"]:
            raise NotAdopted("not_proven", "This policy is not safe, so it can’t count.")
        async with self._adopting:
            self._unless_changed(seen)  # the proof took a while
            try:
                await self._book.adopt(text, self._clock.now())
            except NameTaken as no:
                message = "This version number stands for another policy already. Give yours the next one."
                raise NotAdopted("version_taken", message) from no
        return await self.in_force()

    def _unless_changed(self, seen: str) -> None:
        if seen != self._book.current.name:
            raise NotAdopted("policy_changed", "Another policy came into force meanwhile. Please look again.")

    async def _text(self) -> str:
        """The file of the policy in force; empty for the default one."""
        name = self._book.current.name
        return next((p.text for p in await self._policies.adopted() if p.name == name), "")

    def _told(self, policy: Policy) -> dict[str, Any]:
        return {
            "policy": policy.name,
            "fingerprint": fingerprint(policy),
            "parameters": self._written(policy),
            "defaults": self._written(DEFAULT_POLICY),
            "clauses": [{"id": c.id, "before": c.before, "action": c.action, "because": c.because} for c in policy.own],
        }
