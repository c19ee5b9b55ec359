"""A program that is told: a small web server that keeps what was posted to it, and answers as it is told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class WebhookServer:
    """`posts` are (path, headers, body); `answers` are the next statuses, then 200; `location` goes with a redirect."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.location = ""

    def address(self, host: str = "127.0.0.1", path: str = "/told") -> str:
        return f"http://{host}:{self.port}{path}"


@contextmanager
def listening() -> Iterator[WebhookServer]:
    hub = WebhookServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hub.posts.append((self.path, dict(self.headers.items()), body))
            self.send_response(hub.answers.pop(0) if hub.answers else 200)
            if hub.location:
                self.send_header("Location", hub.location)
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
