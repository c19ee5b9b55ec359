"""A real SMTP server and a real web server that record what they are sent, each in a thread of the tests."""

import asyncio
import email
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default as modern
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

STEPS = {
    "EHLO": ("hello", "250 postbox"),
    "HELO": ("hello", "250 postbox"),
    "MAIL FROM": ("from", "250 ok"),
    "RCPT TO": ("to", "250 ok"),
    "DATA": ("data", "354 go on"),
    "QUIT": ("quit", "221 bye"),
}


@dataclass
class FakeMailServer:
    """Takes mail on a port of this machine. `on_step` is called at each step, before the answer to it is sent.

    Steps: `hello`, `from`, `to`, `data`, `accepted` (the mail is kept, the sender does not know it yet). `says`
    answers a step with another line than the usual one.
    """

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    on_step: Callable[[str], None] = lambda _step: None
    connections: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 postbox\r\n")
        while line := (await reader.readline()).decode().strip():
            word = line.split(":")[0].upper()
            step, usual = next((each for begin, each in STEPS.items() if word.startswith(begin)), ("other", "250 ok"))
            is_taken = await self._answer(writer, step, usual)
            if step == "to" and is_taken:
                self.recipients.append(line.partition(":")[2].strip(" <>"))
            elif step == "data" and is_taken:
                raw = await reader.readuntil(b"\r\n.\r\n")
                if "accepted" not in self.says:
                    self._keep(raw.removesuffix(b"\r\n.\r\n").replace(b"\r\n..", b"\r\n."))
                await self._answer(writer, "accepted", "250 kept")
            elif step == "quit":
                return

    async def _answer(self, writer: asyncio.StreamWriter, step: str, usual: str) -> bool:
        """Answer a step, after `on_step` had its turn; return whether the sender may go on."""
        await asyncio.get_running_loop().run_in_executor(None, self.on_step, step)
        line = self.says.get(step, usual)
        writer.write(f"{line}\r\n".encode())
        await writer.drain()
        return line[0] in "23"

    def _keep(self, raw: bytes) -> None:
        self.mails.append(email.message_from_bytes(raw, policy=modern))


@contextmanager
def postbox() -> Iterator[FakeMailServer]:
    """A mail server that runs until the block ends."""
    box, loop, ready = FakeMailServer(), asyncio.new_event_loop(), threading.Event()

    async def start() -> None:
        server = await asyncio.start_server(box._talk, "127.0.0.1", 0)
        box.port = server.sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@dataclass
class Call:
    """One request that the web server got."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass
class Gateway:
    """Takes POSTs and answers what it is told to."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    status: int = 200
    answer: Any = field(default_factory=lambda: {"errcode": 0, "code": 0})
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A web server that runs until the block ends."""
    found = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            found.calls.append(Call(parts.path, query, dict(self.headers), raw))
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(found.answer).encode())

        def log_message(self, *_args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
