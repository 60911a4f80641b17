"""`dyad doctor`: what a service needs here, looked at piece by piece, each with what to do next."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import ssl
import stat
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from server import mailroom, operating
from server.adapters.mail import MailNotSent
from server.adapters.sql import PostgresStore, SchemaRefused, open_store
from server.application.ports import MediaRefused, RecordUnavailable
from server.composition.media import media_of
from server.config import RECORD, Settings, SettingsRefused

LEAST_FREE, LITTLE_FREE = 100_000_000, 1_000_000_000  # bytes
SOON = timedelta(days=14)
SKEW = timedelta(seconds=1)
WITHIN = 5.0  # s


MEDIA_NAMES = {"janus": "Janus", "livekit": "LiveKit"}


@dataclass(frozen=True, slots=True)
class Check:
    """`well` is None where it is no fault, but worth a thought."""

    name: str
    well: bool | None
    said: str


async def examine(environment: Mapping[str, str]) -> list[Check]:
    try:
        settings = operating.settings(environment)
    except SettingsRefused as no:
        return [Check("settings", False, str(no))]
    found = [Check("settings", True, "All settings are known and can be read.")]
    found += [*_folder(settings)]
    found += [one async for one in _record(settings)]
    found += [await _media(settings)] if settings.media != "forwarder" else [_port(settings), _announced(settings)]
    found.append(await _mail(settings))
    return [*found, _certificate(settings), _pages(settings)]


def _folder(settings: Settings) -> list[Check]:
    folder = settings.data
    if folder is None:
        return []
    at = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    checks = []
    if not os.access(at, os.W_OK):
        checks.append(Check("folder", False, f"{at} can't be written. Give it to the user that Dyad runs as."))
    elif folder.exists() and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        checks.append(Check("folder", False, f"Others on this machine can look into {folder}: chmod 700 {folder}"))
    else:
        checks.append(Check("folder", True, f"{folder} is Dyad's alone."))
    free = shutil.disk_usage(at).free
    well = False if free < LEAST_FREE else None if free < LITTLE_FREE else True
    return [*checks, Check("disk", well, f"{free // 1_000_000} MB are free" + (". Make room." if not well else "."))]


async def _record(settings: Settings) -> AsyncIterator[Check]:
    if settings.database_url is None and settings.data is not None and not (settings.data / RECORD).exists():
        yield Check("record", None, "There is no record yet; `dyad serve` begins one.")
        return
    try:
        store = await asyncio.wait_for(open_store(settings.record), 2 * WITHIN)
    except SchemaRefused as no:
        yield Check("record", False, f"{no}. `dyad migrate` leads the schema on.")
        return
    except (RecordUnavailable, OSError, TimeoutError) as no:
        yield Check("record", False, f"The record can't be opened ({no or type(no).__name__}). Is its server up?")
        return
    try:
        await store.release("doctor")  # a write that changes nothing
        yield Check("record", True, "The record answers, can be written, and has this program's schema.")
        if isinstance(store, PostgresStore):
            off = abs(await store.now() - datetime.now(UTC))
            said = f"This machine's clock is {off / timedelta(seconds=1):.2f} s off the database's."
            yield Check("clock", True if off < SKEW else None, said + ("" if off < SKEW else " Run a time service."))
    except RecordUnavailable as no:
        yield Check("record", False, f"The record can't be written ({no}). Is the disk full, or read-only?")
    finally:
        await store.close()


async def _media(settings: Settings) -> Check:
    backend = media_of(settings)
    try:
        await backend.start()
    except MediaRefused as no:
        return Check("media", False, f"{no} Check the DYAD_{settings.media.upper()}_… settings.")
    await backend.stop()
    return Check("media", True, f"{MEDIA_NAMES[settings.media]} takes requests, and is set up as Dyad needs it.")


def _port(settings: Settings) -> Check:
    port = settings.media_port
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("0.0.0.0", port))
        except OSError as no:
            said = f"UDP port {port} can't be had ({no.strerror}): fine if Dyad runs now, else choose another."
            return Check("media port", None, said)
    if port == 0:
        return Check(
            "media port", None, "Any free port is taken: set DYAD_MEDIA_PORT, and let it through the firewall."
        )
    return Check("media port", True, f"UDP port {port} is free. The firewall has to let it through.")


def _announced(settings: Settings) -> Check:
    public = [one for one in settings.announce if not one.startswith("127.")]
    if not public:
        return Check("addresses", False, "Media is announced at this machine alone: set DYAD_ANNOUNCE.")
    return Check("addresses", True, f"Media is announced at {', '.join(public)}: people have to reach these.")


async def _mail(settings: Settings) -> Check:
    if settings.smtp is None:
        return Check("mail", None, "Without DYAD_SMTP no mail goes out.")
    where = f"{settings.smtp.host}:{settings.smtp.port}"
    try:
        await mailroom.smtp(settings).try_out(WITHIN)
    except MailNotSent as no:
        return Check("mail", False, f"{where}: {no}. Check DYAD_SMTP and the network.")
    return Check("mail", True, f"{where} takes mail from us.")


def _certificate(settings: Settings) -> Check:
    if settings.certificate is None:
        secure = settings.base_url.startswith("https://")
        said = "A proxy has to serve HTTPS." if secure else "Browsers give the camera to HTTPS pages only."
        return Check("certificate", True if secure else None, said)
    file, key = settings.certificate
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(file, key)
        left = x509.load_pem_x509_certificate(Path(file).read_bytes()).not_valid_after_utc - datetime.now(UTC)
    except (OSError, ValueError):
        return Check("certificate", False, f"{file} and {key} can't be read, or don't fit each other.")
    if left < timedelta(0):
        return Check("certificate", False, f"{file} has run out. Renew it.")
    return Check("certificate", True if left > SOON else None, f"{file} is good for {left.days} days.")


def _pages(settings: Settings) -> Check:
    if (settings.pages / "join.html").exists():
        return Check("pages", True, "The pages are built.")
    return Check("pages", False, f"There are no pages in {settings.pages}: run `make setup`, or set DYAD_PAGES.")
