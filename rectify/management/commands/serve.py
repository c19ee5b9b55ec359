"""Web, worker and scheduler in one terminal, for one machine: what `make run` ends in."""

import errno
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from rectify.celery import app

READY_WITHIN = 90  # seconds; the first start on a slow machine compiles everything
GRACE = 10  # seconds that a child has to end in order
LONGEST_BACK_OFF = 30
STEADY_AFTER = 60  # a child that lived this long starts with a short back-off again
TIDY_EVERY = 600
ROOT_WARNING = "ignore:You're running the worker"  # seven lines of Celery's where it is tried as root


class Child:
    """One process of the program: started, watched, started again with growing pauses, stopped."""

    def __init__(self, name: str, arguments: list[str], tell: Any) -> None:
        self.name, self.arguments, self.tell = name, arguments, tell
        self.pause, self.again_at = 1, 0.0
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        # A session of its own: Ctrl-C in the terminal reaches the launcher alone, which stops all in order.
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            [sys.executable, "-m", *self.arguments],
            cwd=settings.BASE_DIR,
            env=os.environ | {"PYTHONWARNINGS": ROOT_WARNING},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.started = time.monotonic()
        threading.Thread(target=self._pass_on, args=[self.process], daemon=True).start()

    def _pass_on(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip():
                self.tell(f"[{self.name}] {line.rstrip()}")

    def watch(self) -> None:
        """Say that the process ended, and start it again after a pause."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.again_at:
                self.start()
        elif (code := self.process.poll()) is not None:
            if now - self.started > STEADY_AFTER:
                self.pause = 1
            params = {"name": self.name, "code": code, "pause": self.pause}
            self.tell(_("%(name)s ended (%(code)s); it starts again in %(pause)s s.") % params)
            self._kill_group()
            self.process, self.again_at = None, now + self.pause
            self.pause = min(self.pause * 2, LONGEST_BACK_OFF)

    def ask_to_stop(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def stop(self, *, until: float) -> None:
        """Wait for the end until that moment, then end it, with whatever it started itself."""
        if self.process is None:
            return
        try:
            self.process.wait(max(until - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            self.tell(_("%(name)s does not end by itself and is ended.") % {"name": self.name})
        self._kill_group()
        self.process.wait()

    def _kill_group(self) -> None:
        assert self.process is not None
        with suppress(ProcessLookupError, PermissionError):  # the group may be gone already
            os.killpg(self.process.pid, signal.SIGKILL)


def commands(host: str, port: int) -> dict[str, list[str]]:
    """Return the three processes. The worker has threads: one process less to lose, and enough for one machine."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = ["gunicorn", "rectify.wsgi", "--bind", place, "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    worker = ["celery", "--quiet", "--app", "rectify", "worker", "--pool", "threads", "--loglevel", "WARNING"]
    beat = ["celery", "--quiet", "--app", "rectify", "beat", "--pidfile", "", "--loglevel", "WARNING"]
    return {
        "web": [*web, "--log-level", "warning", "--graceful-timeout", "5", "--no-control-socket"],
        "worker": [*worker, "--without-gossip", "--without-mingle", "--without-heartbeat"],
        "scheduler": beat,
    }


def require_free(host: str, port: int) -> None:
    """Raise `CommandError` with one line where the server could not listen there."""
    try:
        family, kind, _proto, _name, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind)) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
    except OSError as error:
        params = {"port": port, "host": host, "error": error.strerror}
        if error.errno == errno.EADDRINUSE:
            sentence = _("Port %(port)s on %(host)s is taken; choose another one by --port.")
            raise CommandError(sentence % params) from None
        raise CommandError(_("Cannot listen on %(host)s, port %(port)s: %(error)s.") % params) from None


def require_migrated() -> None:
    """Raise `CommandError` where the database is not the one that this program expects."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError(_("The database is not up to date: run `manage.py migrate` first."))
    connection.close()


UNUSED = ["redoc"]
"""A second reader of the API's pages that the sidecar brings; compressing it would double the time of a first start."""


def collect_static() -> None:
    """Collect the static files where one of them changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    digest = sha256("\n".join(sorted(_static_files())).encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
        stamp.write_text(digest)


def _static_files() -> Iterator[str]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            about = Path(storage.path(path)).stat()
            yield f"{path} {about.st_size} {about.st_mtime_ns}"


def empty_broker() -> None:
    """Begin with an empty embedded broker: the rows of jobs know what is due, and its tables are made only once."""
    if settings.EMBEDDED_BROKER is None:
        return
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{settings.EMBEDDED_BROKER}{suffix}").unlink(missing_ok=True)
    with app.connection_for_write() as broker:
        for queue in app.conf.task_queues:
            broker.default_channel.queue_declare(queue=queue.name)


def tidy_broker() -> None:
    """Delete the messages that were given to a worker, which the embedded broker only hides."""
    if settings.EMBEDDED_BROKER is not None:
        with closing(sqlite3.connect(settings.EMBEDDED_BROKER, timeout=5)) as broker, broker:
            broker.execute("DELETE FROM kombu_message WHERE NOT visible")


def answers(url: str) -> bool:
    """Return whether the process behind the address answers at all."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except urllib.error.HTTPError:
        return True  # a configured ALLOWED_HOSTS without this name: it answers all the same
    except (OSError, ValueError):
        return False


def sample_logins() -> list[dict[str, str]]:
    """Return the log-ins that the sample inspection left in the data folder, if it was loaded."""
    path = settings.DATA_DIR / "sample-logins.json"
    logins: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return logins


def table(rows: list[list[str]]) -> list[str]:
    """Lay out rows in columns; a Chinese character is two columns wide."""
    width = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(row, width, strict=True)).rstrip() for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Command(BaseCommand):
    """Start everything, print the address, keep it going until Ctrl-C."""

    help = "Runs web, worker and scheduler in one terminal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, host: str, port: int, **_options: Any) -> None:
        require_free(host, port)
        require_migrated()
        collect_static()
        empty_broker()
        self.over = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_args: self.over.set())
        self.children = [Child(name, arguments, self._tell) for name, arguments in commands(host, port).items()]
        try:
            for child in self.children:
                child.start()
            self._welcome(host, port)
            self._keep_going()
        finally:
            self._stop()

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _welcome(self, host: str, port: int) -> None:
        """Say where the program is, once it answers there."""
        local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
        address = f"http://[{local}]:{port}/" if ":" in local else f"http://{local}:{port}/"
        patience = time.monotonic() + READY_WITHIN
        while not answers(f"{address}healthz"):
            self._watch()
            if time.monotonic() > patience:
                raise CommandError(_("The web server did not answer within %(limit)s s.") % {"limit": READY_WITHIN})
            if self.over.wait(0.3):
                return
        self._tell(_("Ready: %(address)s") % {"address": address})
        if logins := sample_logins():
            head = [_("log-in"), _("password"), _("role")]
            for line in table([head, *([each["username"], each["password"], each["role"]] for each in logins)]):
                self._tell(f"  {line}")
        self._tell(_("Ctrl-C stops it."))

    def _watch(self) -> None:
        for child in self.children:
            child.watch()

    def _keep_going(self) -> None:
        tidy_at = time.monotonic() + TIDY_EVERY
        while not self.over.wait(0.5):
            self._watch()
            if time.monotonic() > tidy_at:
                tidy_broker()
                tidy_at = time.monotonic() + TIDY_EVERY

    def _stop(self) -> None:
        self._tell(_("Stopping."))
        for child in self.children:
            child.ask_to_stop()
        until = time.monotonic() + GRACE
        for child in self.children:
            child.stop(until=until)
        self._tell(_("Stopped."))
