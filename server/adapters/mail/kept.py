"""Mail that is kept instead of sent: for the demo, where the page shows it, and for tests."""

from __future__ import annotations

from server.adapters.mail.message import Message


class KeptMail:
    """Keeps the newest `limit` mails in memory; a repeated id is kept once."""

    def __init__(self, limit: int = 500) -> None:
        if limit < 1:
            raise ValueError("limit is less than 1")
        self._limit = limit
        self._kept: dict[str, Message] = {}

    async def send(self, message: Message) -> None:
        """Never fails. The first mail of an id stands."""
        self._kept.setdefault(message.id, message)
        while len(self._kept) > self._limit:
            del self._kept[next(iter(self._kept))]

    @property
    def messages(self) -> tuple[Message, ...]:
        """What is kept, the oldest first."""
        return tuple(self._kept.values())

    def to(self, email: str) -> tuple[Message, ...]:
        """What is kept for that address (letter case aside), the oldest first."""
        return tuple(message for message in self.messages if message.to_email.casefold() == email.casefold())
