"""Reading published notices: bytes → lines → tree. Knows nothing of the database or of Django."""

from ledger.notice.reader import Corrections, read, read_text
from ledger.notice.source import UnreadableNotice, bytes_of
from ledger.notice.summary import summary

__all__ = ["Corrections", "UnreadableNotice", "bytes_of", "read", "read_text", "summary"]
