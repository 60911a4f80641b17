"""Reminders: which an appointment has, when each is sent to a person, and what they answer."""

from server.domain.reminders.due import Ahead, Drop, Due, Send, Wait, due, moment
from server.domain.reminders.reply import Answer, Said, read_reply
from server.domain.reminders.safe import ALWAYS, SafeHours
from server.domain.reminders.wish import Channel, ReminderWish

__all__ = [
    "ALWAYS",
    "Ahead",
    "Answer",
    "Channel",
    "Drop",
    "Due",
    "ReminderWish",
    "SafeHours",
    "Said",
    "Send",
    "Wait",
    "due",
    "moment",
    "read_reply",
]
