"""Asking clamd, the scanner of ClamAV, about a file: its command INSTREAM over a socket, nothing else of it."""

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit

CHUNK = 64 * 1024
SECONDS = 120
"""How long one step may take: a scanner unpacks an archive before it answers."""
MOST_OF_ANSWER = 4096
PORT = 3310


class ScannerAway(Exception):
    """The scanner does not answer, or not as the protocol says; the file waits."""


@dataclass(frozen=True)
class Verdict:
    """`name` is what was found, `trouble` why the scanner could not judge; both empty: the file is clean."""

    name: str = ""
    trouble: str = ""


def ask(url: str, file: IO[bytes] | Any) -> Verdict:
    """Send an open file to the clamd at `url` (`tcp://host:3310` or `unix:///run/clamav/clamd.ctl`).

    Raises `ScannerAway`.
    """
    try:
        with _connected(url) as connection:
            # A scanner that has seen enough answers and hangs up before everything was sent.
            with suppress(BrokenPipeError, ConnectionResetError):
                _send(connection, file)
            return _judged(_answer(connection))
    except OSError as error:
        raise ScannerAway(str(error)) from error


def _connected(url: str) -> socket.socket:
    place = urlsplit(url)
    if place.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(SECONDS)
        try:
            connection.connect(place.path)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection((place.hostname or "127.0.0.1", place.port or PORT), timeout=SECONDS)


def _send(connection: socket.socket, file: Any) -> None:
    """Each piece goes with its length before it; a piece of length 0 is the end."""
    connection.sendall(b"zINSTREAM\0")
    while chunk := file.read(CHUNK):
        connection.sendall(struct.pack("!I", len(chunk)) + chunk)
    connection.sendall(struct.pack("!I", 0))


def _answer(connection: socket.socket) -> str:
    answer = b""
    while b"\0" not in answer and len(answer) < MOST_OF_ANSWER and (piece := connection.recv(CHUNK)):
        answer += piece
    return answer.split(b"\0")[0].decode("utf-8", "replace").strip()


def _judged(answer: str) -> Verdict:
    words = answer.removeprefix("stream:").strip()
    if words == "OK":
        return Verdict()
    if words.endswith(" FOUND"):
        return Verdict(name=words.removesuffix(" FOUND"))
    if words.endswith("ERROR"):
        return Verdict(trouble=words)
    raise ScannerAway(f"answered {answer!r}")
