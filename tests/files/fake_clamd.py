"""A scanner that speaks as clamd does and writes down what it is sent; what it answers, a test may decide."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# The harmless text that every scanner takes for a virus; in two halves, so that none takes this file for one.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*").encode()
FOUND = b"stream: Eicar-Test-Signature FOUND\0"


class Scanner(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.seen: list[bytes] = []
        self.pieces: list[int] = []
        self.answer = b""
        self.most = 0

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class _Session(socketserver.StreamRequestHandler):
    server: Scanner

    def handle(self) -> None:
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            self.server.pieces.append(length)
            if self.server.most and len(content) > self.server.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.seen.append(content)
        self.wfile.write(self.server.answer or (FOUND if EICAR in content else b"stream: OK\0"))


@contextmanager
def running() -> Iterator[Scanner]:
    scanner = Scanner()
    thread = threading.Thread(target=scanner.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield scanner
    finally:
        scanner.shutdown()
        scanner.server_close()
        thread.join()
