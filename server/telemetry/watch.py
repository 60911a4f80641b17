"""What the application tells of its own pace, to whoever counts it."""

from __future__ import annotations


class Watch:
    """Counts nothing. `Metrics` does."""

    def decided(self, clause: str) -> None:
        """A decision of the policy was written here."""

    def unreadable(self) -> None:
        """What is stored of a session, or an outbox row, can't be read here; it was left to others."""

    def appended(self, seconds: float) -> None:
        """A durable append took so long."""

    def late(self, seconds: float) -> None:
        """A deadline was acted on so long after its instant."""
