"""Mail by SMTP: HTML and text, a Message-ID that stays the same at every attempt."""

import smtplib
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from notifications.channels.message import Message, NotSent, one_line

PERMANENT = range(500, 600)


class MailBag:
    """One connection to the mail server for a whole run of deliveries, opened when the first is sent."""

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> "MailBag":
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: Any, _trace: TracebackType | None) -> None:
        self._close()

    def send(self, message: Message) -> None:
        """Hand one message to the mail server. Raises `NotSent`."""
        try:
            if self._connection is None:
                self._connection = get_connection(fail_silently=False)
                self._connection.open()
            self._connection.send_messages([mail_of(message, self._connection)])
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _words in error.recipients.values()}
            self._close()
            raise NotSent(_said(error), is_final=all(code in PERMANENT for code in codes)) from error
        except smtplib.SMTPDataError as error:
            self._close()
            raise NotSent(_said(error), is_final=error.smtp_code in PERMANENT) from error
        except OSError as error:  # whatever else the mail server says, it says of every message
            self._close()
            raise NotSent(_said(error), is_down=True) from error
        except ValueError as error:
            raise NotSent(_said(error), is_final=True) from error

    def _close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            try:
                connection.close()
            except OSError:
                return


def mail_of(message: Message, connection: Any) -> EmailMultiAlternatives:
    """Build the mail; what comes from people is one line before it becomes a header."""
    mail = EmailMultiAlternatives(
        subject=one_line(message.title),
        body=message.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[one_line(message.email)],
        headers={
            "Message-ID": f"<{message.key}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
        connection=connection,
    )
    mail.attach_alternative(message.html, "text/html")
    return mail


def _said(error: Exception) -> str:
    """Return what the mail server said, in one line; its words are bytes in some errors."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(words)}" for code, words in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(words: Any) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else str(words)
