"""Datagrams in batches: one system call reads what has come, one sends what is to go (recvmmsg(2), sendmmsg(2)).

Buffers are made once, and encrypted where they lie. Where the system has no such calls, each datagram has one.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import Any

from cffi import FFI
from pylibsrtp._binding import ffi as srtp_ffi

BATCH = 64  # datagrams read, or sent, at once
SIZE = 2048  # bytes of a datagram, and room for what SRTP adds
NAME = 28  # bytes of the longest socket address, IPv6's

Address = tuple[str, int]

_ffi = FFI()
_ffi.cdef("""
struct iovec { void *iov_base; size_t iov_len; };
struct msghdr {
  void *msg_name; uint32_t msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
  void *msg_control; size_t msg_controllen; int msg_flags;
};
struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags);
int recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags, void *timeout);
""")
_libc: Any = _ffi.dlopen(None)


def batched() -> bool:
    """Whether this system reads and sends many datagrams in one call."""
    return hasattr(_libc, "sendmmsg") and hasattr(_libc, "recvmmsg")


class Name:
    """A socket address as the system has it: `key` tells addresses apart, `pointer` sends to it."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self._bytes = srtp_ffi.new("unsigned char[]", key)
        self.pointer = _untyped(self._bytes)

    @property
    def address(self) -> Address:
        """IP and port; an IPv4 address that came in by an IPv6 socket is told as IPv4."""
        (port,) = struct.unpack_from("!H", self.key, 2)
        if len(self.key) < NAME:
            return socket.inet_ntop(socket.AF_INET, self.key[4:8]), port
        ip = socket.inet_ntop(socket.AF_INET6, self.key[8:24])
        return ip.removeprefix("::ffff:"), port


class Batch:
    """`BATCH` datagrams side by side: `pointers` for libsrtp, `views` of the same bytes for Python."""

    def __init__(self) -> None:
        self._bytes = srtp_ffi.new("unsigned char[]", BATCH * SIZE)
        self._names = srtp_ffi.new("unsigned char[]", BATCH * NAME)
        self.pointers = [self._bytes + n * SIZE for n in range(BATCH)]
        self.views = [srtp_ffi.buffer(pointer, SIZE) for pointer in self.pointers]
        self.names = [srtp_ffi.buffer(self._names + n * NAME, NAME) for n in range(BATCH)]
        self.messages: Any = _ffi.new("struct mmsghdr[]", BATCH)
        self._vectors: Any = _ffi.new("struct iovec[]", BATCH)
        self.vectors = [_ffi.addressof(self._vectors, n) for n in range(BATCH)]
        self.headers = [_ffi.addressof(self.messages[n], "msg_hdr") for n in range(BATCH)]
        for n, (vector, header) in enumerate(zip(self.vectors, self.headers, strict=True)):
            vector.iov_base, vector.iov_len = _untyped(self.pointers[n]), SIZE
            header.msg_iov, header.msg_iovlen = vector, 1
            header.msg_name, header.msg_namelen = _untyped(self._names + n * NAME), NAME


class Datagrams:
    """A non-blocking UDP socket. What was read last is in `inbox`, what waits to be sent in `outbox`."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket, self._fd = sock, sock.fileno()
        self._name_size = 16 if sock.family == socket.AF_INET else NAME
        self.inbox, self.outbox = Batch(), Batch()
        self.waiting = 0  # datagrams in the outbox
        self._names: list[Name] = []
        self.read, self.flush = (self._read, self._flush) if batched() else (self._read_singly, self._flush_singly)

    def size(self, n: int) -> int:
        """Bytes of the datagram `n` that was read."""
        return int(self.inbox.messages[n].msg_len)

    def sender(self, n: int) -> bytes:
        """The key of the address that it came from."""
        return bytes(self.inbox.names[n][: self._name_size])

    def put(self, data: bytes, to: Name) -> None:
        """Have `data` sent with the next `flush`."""
        self.outbox.views[self.waiting][0 : len(data)] = data
        self.commit(len(data), to)

    def commit(self, size: int, to: Name) -> None:
        """The `size` bytes in place `waiting` of the outbox go to `to`, with the next `flush` or when it is full."""
        n = self.waiting
        header = self.outbox.headers[n]
        self.outbox.vectors[n].iov_len = size
        header.msg_name, header.msg_namelen = to.pointer, self._name_size
        self._names.append(to)  # kept alive until it is sent
        self.waiting = n + 1
        if self.waiting == BATCH:
            self.flush()

    def _read(self) -> int:
        """How many datagrams came; 0 where none is there."""
        return max(0, int(_libc.recvmmsg(self._fd, self.inbox.messages, BATCH, socket.MSG_DONTWAIT, _ffi.NULL)))

    def _flush(self) -> None:
        """Send what waits. A full buffer or an unreachable peer is the network's business: that datagram is lost."""
        done = 0
        while done < self.waiting:
            messages = self.outbox.messages + done
            sent = int(_libc.sendmmsg(self._fd, messages, self.waiting - done, socket.MSG_DONTWAIT))
            done += max(1, sent)
        self.waiting = 0
        self._names.clear()

    def _read_singly(self) -> int:
        for n in range(BATCH):
            try:
                size, address = self._socket.recvfrom_into(self.inbox.views[n], SIZE)
            except OSError:
                return n
            self.inbox.messages[n].msg_len = size
            self.inbox.names[n][0 : self._name_size] = _key(self._socket.family, address)
        return BATCH

    def _flush_singly(self) -> None:
        for n, name in enumerate(self._names):
            ip, port = name.address
            target = f"::ffff:{ip}" if self._socket.family == socket.AF_INET6 and ":" not in ip else ip
            with contextlib.suppress(OSError):
                self._socket.sendto(self.outbox.views[n][: self.outbox.vectors[n].iov_len], (target, port))
        self.waiting = 0
        self._names.clear()


def _untyped(pointer: Any) -> Any:
    return _ffi.cast("void *", int(srtp_ffi.cast("uintptr_t", pointer)))


def _key(family: int, address: tuple[Any, ...]) -> bytes:
    head = struct.pack("=H", family) + struct.pack("!H", address[1])
    if family == socket.AF_INET:
        return head + socket.inet_pton(family, address[0]) + bytes(8)
    return head + bytes(4) + socket.inet_pton(family, address[0]) + bytes(4)
