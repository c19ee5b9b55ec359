"""The ways out. Each sends one message and returns, or raises `NotSent`, saying whether another try is worth it."""

from notifications.channels.mail import MailBag
from notifications.channels.message import Message, NotSent
from notifications.channels.robots import SENDERS

__all__ = ["SENDERS", "MailBag", "Message", "NotSent"]
