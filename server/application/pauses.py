"""How long the outbox waits before it tries again, and after how many tries it leaves a row to people."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from server.application.ports import OutboxRow
from server.domain.session.effects import CallHook

_S, _M, _H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
# Three days for somebody else's server to come back.
WEBHOOK: tuple[timedelta, ...] = (5 * _S, 5 * _M, 30 * _M, 2 * _H, 5 * _H, 10 * _H, 14 * _H, 20 * _H, 24 * _H)
OTHER = tuple(5 * _S * 2**n for n in range(11))
SPREAD = 0.1


def pause_after(row: OutboxRow) -> timedelta | None:
    """Before the next try of a row that has just failed; None once it has been tried often enough.

    Up to a tenth shorter or longer, so that what failed together doesn't come back together; the same for the same
    row and try, wherever it is asked.
    """
    pauses = WEBHOOK if row.kind == CallHook.__name__ else OTHER
    if row.tries >= len(pauses):
        return None
    drawn: float = int.from_bytes(sha256(f"{row.id} {row.tries}".encode()).digest()[:4]) / 2**32
    pause: timedelta = pauses[row.tries] * (1 - SPREAD + 2 * SPREAD * drawn)
    return pause
