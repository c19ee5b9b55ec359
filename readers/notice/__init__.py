"""Reading published notices: bytes → lines → tree. Knows nothing of the database or of Django."""

from readers.notice.reader import Corrections, read, read_text
from readers.notice.source import UnreadableNotice, bytes_of
from readers.notice.summary import summary

__all__ = ["Corrections", "UnreadableNotice", "bytes_of", "read", "read_text", "summary"]
