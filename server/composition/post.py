"""What is sent to people and to other systems, and what comes back from them."""

from __future__ import annotations

from dataclasses import dataclass

from server import mailroom
from server.adapters.mail import KeptMail
from server.adapters.mail.post import MailPost
from server.adapters.webhooks import StandardWebhooks
from server.application.answers import Answers
from server.application.contacts import Contacts
from server.application.delivery import Delivery
from server.application.hooks import Hooks
from server.application.ledger import Ledger
from server.application.letters import Letters
from server.application.links import LinkDesk
from server.application.reminders import Reminders
from server.application.replies import Replies
from server.application.roles import TEAM
from server.composition.core import Core
from server.composition.programme import ProgrammeParts


@dataclass(frozen=True, slots=True)
class PostParts:
    """`kept` holds the mail where none leaves the machine."""

    kept: KeptMail | None
    contacts: Contacts
    answers: Answers
    reminders: Reminders
    replies: Replies
    delivery: Delivery


def post_parts(core: Core, programme: ProgrammeParts) -> PostParts:
    settings, clock, store, codec = core.settings, core.clock, core.store, core.codec
    kept = KeptMail() if settings.smtp is None else None
    post = MailPost(kept or mailroom.smtp(settings), settings.clinic_email)
    contacts = Contacts(programme.records, leaves=kept is None)
    answers = Answers(core.dispatcher, store, core.links, clock, settings.base_url)
    reply_links = LinkDesk(store, clock, mailroom.in_small_letters)
    ways = mailroom.ways(settings, post)
    reminders = Reminders(core.dispatcher, store, store, codec, contacts, answers, reply_links, ways, clock)
    letters = Letters(
        core.dispatcher,
        store,
        store,
        core.links,
        post,
        clock,
        settings.base_url,
        TEAM,
        programme.current,
        programme.waitlist.offer,
        contacts,
        answers,
    )
    delivery = Delivery(
        core.dispatcher,
        store,
        codec,
        clock,
        letters,
        programme.rescheduling,
        core.links,
        Ledger(core.dispatcher, store, clock),
        programme.accepting,
        Hooks(store, store, StandardWebhooks(), codec, clock),
        programme.waitlist,
        reminders,
    )
    return PostParts(
        kept=kept,
        contacts=contacts,
        answers=answers,
        reminders=reminders,
        replies=Replies(reply_links, answers, store, codec, clock),
        delivery=delivery,
    )
