"""Uploads against the real web server: a connection that breaks off leaves nothing, a large file is no load."""

import http.client
import json
import os
import re
import socket
import sqlite3
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings as django_settings

ROOT = Path(django_settings.BASE_DIR)
LIMIT = 100 * 1024 * 1024
TOKEN = "a" * 32
BOUNDARY = "limit-of-the-parts"
PREPARE = """
import django, json; django.setup()
from django.core.management import call_command; call_command("migrate", verbosity=0)
from tests.browser.conftest import session_of
from tests.factories import Cast
cast = Cast()
print(json.dumps({"session": session_of(cast.roads_officer), "pk": cast.measure(status="in_progress").pk}))
"""


class Server:
    """gunicorn as `serve` starts it, with a data folder of its own, and one measure that evidence is added to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        self.environment = {
            **environment,
            "DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "rectify.settings",
            "LANGUAGE_CODE": "en",
            "EVIDENCE_LIMIT": str(LIMIT),
        }
        command = [sys.executable, "-c", PREPARE]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr
        output = json.loads(done.stdout)
        self.cookie, self.address = f"sessionid={output['session']}; csrftoken={TOKEN}", f"/measures/{output['pk']}"
        web = [sys.executable, "-m", "gunicorn", "rectify.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        web += ["--worker-class", "gthread", "--workers", "1", "--threads", "4", "--no-control-socket"]
        self.log = (folder / "web.log").open("ab")
        self.process = subprocess.Popen(web, cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log)
        self.eventually(self.answers)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def eventually(self, happens: Callable[[], Any], *, within: float = 60) -> None:
        until = time.monotonic() + within
        while not happens():
            assert self.process.poll() is None, "the server ended"
            assert time.monotonic() < until, (self.folder / "web.log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self.log.close()

    def head(self, length: int) -> bytes:
        lines = [
            f"POST {self.address}/add-evidence/ HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Cookie: {self.cookie}",
            f"X-CSRFToken: {TOKEN}",
            "Accept: application/json",
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
            f"Content-Length: {length}",
            "Connection: close",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def begun(self, *pieces: bytes, length: int) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        connection.sendall(self.head(length))
        for piece in pieces:
            connection.sendall(piece)
        return connection

    def incoming(self) -> list[Path]:
        return [*(self.folder / "incoming").iterdir()]

    def stored(self) -> list[Path]:
        return [path for path in (self.folder / "files").rglob("*") if path.is_file()]

    def rows(self) -> list[int]:
        with sqlite3.connect(self.folder / "rectify.sqlite3") as database:
            tables = ("files_storedfile", "measures_evidence", "measures_evidenceversion")
            return [database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables]

    def peak(self) -> int:
        """Most memory that the worker process ever had, in bytes."""
        (worker,) = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        status = Path(f"/proc/{worker}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: Any) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"))
    yield started
    started.stop()


def field(name: str, value: str) -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def file_head(name: str) -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="uploads"; filename="{name}"\r\n\r\n'.encode()


FORM = field("classification", "internal")
END = f"\r\n--{BOUNDARY}--\r\n".encode()
WHOLE = file_head("一.pdf") + b"%PDF-1.7 whole" + b"\r\n"


@pytest.mark.parametrize("how", ["closed", "torn"])
@pytest.mark.parametrize("before", [b"", WHOLE], ids=["only file", "after a whole file"])
def test_a_connection_cut_half_way_leaves_nothing(how: str, before: bytes, server: Server) -> None:
    rows, stored = server.rows(), server.stored()
    half = FORM + before + file_head("整改报告（终稿）.pdf") + b"%PDF-1.7 " + bytes(3_000_000)
    connection = server.begun(half, length=6_000_000)
    server.eventually(server.incoming)
    if how == "torn":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    server.eventually(lambda: not server.incoming())
    assert server.answers()
    assert (server.rows(), server.stored()) == (rows, stored)


def test_a_connection_cut_between_the_parts_leaves_nothing(server: Server) -> None:
    """Nothing is missing of the file itself, but the form was not sent to its end: its last line is not there."""
    rows, stored = server.rows(), server.stored()
    connection = server.begun(FORM + file_head("a.pdf") + b"%PDF-1.7 whole".ljust(300_000), length=6_000_000)
    server.eventually(server.incoming)
    connection.close()
    server.eventually(lambda: not server.incoming())
    assert (server.rows(), server.stored()) == (rows, stored)


def test_the_same_sent_to_its_end_comes_in(server: Server) -> None:
    rows = server.rows()
    body = FORM + WHOLE.removesuffix(b"\r\n") + END
    status, answer = sent(server, [body], len(body))
    assert (status, list(answer)) == (201, ["urls"])
    assert server.rows() == [count + 1 for count in rows]
    server.eventually(lambda: not server.incoming())


def sent(server: Server, pieces: list[bytes], length: int) -> tuple[int, dict[str, Any]]:
    connection = server.begun(*pieces, length=length)
    response = http.client.HTTPResponse(connection)
    response.begin()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


def pdf(_folder: Path) -> bytes:
    return b"%PDF-1.7\n" + Random(1).randbytes(LIMIT - 9)


def text(_folder: Path) -> bytes:
    return ("整改情况的说明\n".encode() * (LIMIT // 20))[: LIMIT // 22 * 22]


def archive(folder: Path) -> bytes:
    with zipfile.ZipFile(folder / "a.zip", "w") as file:
        file.writestr("照片.jpg", Random(2).randbytes(LIMIT - 1000))
    return (folder / "a.zip").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("make", [pdf, text, archive], ids=["PDF", "text", "archive"])
def test_a_hundred_megabytes_take_little_memory(make: Callable[[Path], bytes], server: Server, tmp_path: Path) -> None:
    content = make(tmp_path)
    assert LIMIT - 2000 < len(content) <= LIMIT
    small = FORM + file_head("warm.txt") + b"text" + END
    assert sent(server, [small], len(small))[0] == 201
    before = server.peak()
    begin = FORM + file_head("大文件.bin")
    status, answer = sent(server, [begin, content, END], len(begin) + len(content) + len(END))
    assert (status, list(answer)) == (201, ["urls"]), answer
    grown = server.peak() - before
    assert grown < 20 * 1024 * 1024, f"{grown / 1024 / 1024:.1f} MB more"
    server.eventually(lambda: not server.incoming())


@pytest.mark.slow
def test_one_byte_over_a_hundred_megabytes_is_refused_and_nothing_is_left(server: Server) -> None:
    rows, stored = server.rows(), server.stored()
    begin, content = FORM + file_head("a.pdf"), b"%PDF-1.7\n".ljust(LIMIT + 1, b"x")
    status, answer = sent(server, [begin, content, END], len(begin) + len(content) + len(END))
    assert status == 422
    assert "larger than 100.0" in answer["reasons"][0]
    server.eventually(lambda: not server.incoming())
    assert (server.rows(), server.stored()) == (rows, stored)
