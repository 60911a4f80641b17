"""Mail: what people are told, in their own zone and language, and the two ways it is sent."""

from server.adapters.mail.context import KINDS, ContextError
from server.adapters.mail.kept import KeptMail
from server.adapters.mail.message import MailNotSent, Message, MessageError, Sender
from server.adapters.mail.rendering import render
from server.adapters.mail.smtp import SmtpMail

__all__ = [
    "KINDS",
    "ContextError",
    "KeptMail",
    "MailNotSent",
    "Message",
    "MessageError",
    "Sender",
    "SmtpMail",
    "render",
]
