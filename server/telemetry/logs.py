"""Logs without personal data: sentences that are written in the source, keys from a closed set, values of a known form.

What is none of these never reaches a line. Other people's libraries are heard too, but not word for word: their
messages may hold what a person sent, so a line says only which library spoke, where in its source, and of which fault.
Nothing here knows what a name looks like: whatever isn't known to be harmless is left out.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
OMITTED = "…"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,79}")  # of a class or a module
_PLACE = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,79}:[0-9]{1,6}")
_ROUTE = re.compile(r"(/[a-z0-9_.\-{}]*)*|unmatched")  # as it is declared, with {id} for what stood there
_WORD = re.compile(r"[a-z][a-z0-9_\-]{0,39}")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+\-]{0,39}")

# Every key there is, and what its value may look like; None: a number or a truth.
KEYS: dict[str, re.Pattern[str] | None] = {
    "error": _NAME,
    "at": _PLACE,
    "library": _NAME,
    "route": _ROUTE,
    "loop": _WORD,
    "what": _WORD,
    "version": _VERSION,
    "status": None,
    "count": None,
    "seconds": None,
    "port": None,
}


class Logger:
    """The one way to a log. `said` is a sentence of the source, never one that was put together (a test looks)."""

    def __init__(self) -> None:
        self._to: Any = structlog.get_logger()

    def debug(self, said: str, **values: object) -> None:
        self._to.debug(said, **_told(values))

    def info(self, said: str, **values: object) -> None:
        self._to.info(said, **_told(values))

    def warning(self, said: str, **values: object) -> None:
        self._to.warning(said, **_told(values))

    def error(self, said: str, **values: object) -> None:
        self._to.error(said, **_told(values))


def _told(values: dict[str, object]) -> dict[str, object]:
    return {key: _value(key, value) for key, value in values.items() if key in KEYS}


def _value(key: str, value: object) -> object:
    form = KEYS[key]
    if isinstance(value, BaseException):
        value = type(value).__name__
    if form is None:
        return value if isinstance(value, bool | int | float) else OMITTED
    return value if isinstance(value, str) and form.fullmatch(value) else OMITTED


log = Logger()


def place_of(fault: BaseException | None) -> str:
    """Where in whose source a fault was raised, as `module:line`; no word of it."""
    frames = traceback.extract_tb(fault.__traceback__) if fault is not None else []
    if not frames:
        return OMITTED
    return f"{Path(frames[-1].filename).stem}:{frames[-1].lineno}"


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Everything that this process logs goes to `stream` (standard error) from here on: a line of JSON each, or
    something to read where it is a terminal."""
    renderer: Any = structlog.processors.JSONRenderer()
    if (stream or sys.stderr).isatty():
        renderer = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=lambda *_: _Lines(stream),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, _Libraries):
            root.removeHandler(handler)
    root.addHandler(_Libraries())
    root.setLevel(LEVELS[level])
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda said: _report(said.exc_value)
    threading.excepthook = lambda said: _report(said.exc_value)


class _Lines:
    """Writes lines to `stream`, or to what is standard error by then. A full disk or a reader who has gone costs the
    line, never what it tells of: a fault in here would leave whoever asked without an answer."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        with suppress(OSError, ValueError):  # a closed file raises ValueError
            print(line, file=self._stream or sys.stderr, flush=True)

    debug = info = warning = error = msg


class _Libraries(logging.Handler):
    """The standard library's logging, and whoever uses it."""

    def emit(self, record: logging.LogRecord) -> None:
        fault = record.exc_info[1] if record.exc_info else None
        told: dict[str, object] = {"library": record.name, "at": f"{record.module}:{record.lineno}"}
        if fault is not None:
            told |= {"error": fault, "at": place_of(fault)}
        said = "a library reports a fault" if record.levelno >= logging.ERROR else "a library speaks"
        level = "error" if record.levelno >= logging.ERROR else "debug"
        getattr(log, "warning" if record.levelno == logging.WARNING else level)(said, **told)


def _report(fault: BaseException | None) -> None:
    log.error("something failed that nobody waited for", error=fault, at=place_of(fault))


def _uncaught(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | asyncio.CancelledError):
        return
    log.error("the program failed", error=fault, at=place_of(fault))
