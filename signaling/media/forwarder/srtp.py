"""SRTP where the packet lies: libsrtp's calls on buffers of our own, without a copy on the way (RFC 3711)."""

from __future__ import annotations

from typing import Any

from pylibsrtp import Session
from pylibsrtp._binding import ffi, lib


class Srtp:
    """One direction of a connection. Each call takes a pointer and a length in bytes, and returns the new length;
    0 where libsrtp refuses the packet, as it does what is forged, replayed or malformed."""

    def __init__(self, session: Session) -> None:
        self._session: Any = session  # frees the keys when it goes
        self._srtp: Any = self._session._srtp[0]
        self._length: Any = ffi.new("int *")

    def protect(self, pointer: Any, size: int) -> int:
        return self._run(lib.srtp_protect, pointer, size)

    def unprotect(self, pointer: Any, size: int) -> int:
        return self._run(lib.srtp_unprotect, pointer, size)

    def protect_rtcp(self, pointer: Any, size: int) -> int:
        return self._run(lib.srtp_protect_rtcp, pointer, size)

    def unprotect_rtcp(self, pointer: Any, size: int) -> int:
        return self._run(lib.srtp_unprotect_rtcp, pointer, size)

    def _run(self, call: Any, pointer: Any, size: int) -> int:
        self._length[0] = size
        return 0 if call(self._srtp, pointer, self._length) else int(self._length[0])
