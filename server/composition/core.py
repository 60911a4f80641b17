"""What every part rests on: the record, the time, the policy in force, and the links that open doors."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from server.adapters.codec import JsonCodec
from server.adapters.policyfile import read_policy
from server.adapters.sql import SqlStore
from server.application.dispatcher import Dispatcher
from server.application.links import LinkDesk
from server.application.policies import PolicyBook
from server.application.ports import Clock
from server.config import Settings


@dataclass(frozen=True, slots=True)
class Core:
    settings: Settings
    clock: Clock
    store: SqlStore
    codec: JsonCodec
    book: PolicyBook
    dispatcher: Dispatcher
    links: LinkDesk


def core(settings: Settings, clock: Clock, store: SqlStore) -> Core:
    codec, book = JsonCodec(), PolicyBook(store, read_policy)
    dispatcher = Dispatcher(store, codec, clock, book)
    links = LinkDesk(store, clock, lambda: secrets.token_urlsafe(32))
    return Core(settings, clock, store, codec, book, dispatcher, links)


def new_id() -> str:
    """Of 72 random bits, for what the clinic keeps: people, files, webhook endpoints."""
    return secrets.token_urlsafe(9)
