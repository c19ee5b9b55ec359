"""What the tests of jobs share: a job of somebody, and a machine of its own with real processes."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection
from django.db.utils import ConnectionHandler

from jobs.models import Job
from jobs.services import enqueue
from tests.factories import NOW, Cast
from tests.jobs import job_handlers

ROOT = Path(django_settings.BASE_DIR)
# Several runs and their workers (gw0, gw1 …) may be at work at the same time, each with a Redis database of its own.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS_NUMBER = (10 if connection.vendor == "postgresql" else 5) + WORKER
REDIS = (os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379").rstrip("/") + f"/{REDIS_NUMBER}"
LEFT_IN_REDIS = ["people", "rest", "unacked", "unacked_index", "unacked_mutex"]
LEFT_IN_REDIS += [f"_kombu.binding.{name}" for name in ("people", "rest", "celery.pidbox", "celeryev")]


@pytest.fixture
def asked(cast: Cast) -> Callable[..., Job]:
    """A job that the office asked for at NOW."""

    def ask(work: str = "tests.effect", **extra: Any) -> Job:
        fields = {"arguments": {}, "title": "Import the notice", "by": cast.office, "at": NOW, **extra}
        return enqueue(job_type=work, **fields)

    return ask


class Machine:
    """A data folder, a database and the program's own processes, all apart from those of the tests."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "tests.jobs.machine_settings",
            "REDIS_URL": "",
            "LANGUAGE_CODE": "en",
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def use(self, broker: str) -> None:
        self.environment["REDIS_URL"] = REDIS if broker == "redis" else ""

    def shell(self, code: str) -> str:
        """Run some lines inside the program, as a web process or a scheduler would; return what they print."""
        command = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def ask(self, work: str, **arguments: Any) -> int:
        """Ask for a job as a view does; return its id."""
        lines = [
            "from django.utils import timezone",
            "from accounts.models import User; from jobs.services import enqueue; from jobs.tasks import run_job",
            "import tests.jobs.job_handlers",
            "by, made = User.objects.get_or_create(username='office', defaults={'name': 'Office'})",
            f"job = enqueue(job_type={work!r}, arguments={arguments!r}, title='T', by=by, at=timezone.now())",
            "run_job.delay_on_commit(job.pk); print(job.pk)",
        ]
        return int(self.shell("\n".join(lines)))

    def sweep(self) -> None:
        self.shell("from jobs.tasks import sweep; sweep()")

    def worker(self, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "--app", "rectify", "worker", "--include", "tests.jobs.job_handlers"]
        log = (self.folder / "worker.log").open("ab")
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """`kill -9` of the worker and all of its children."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def clean(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)
        self.processes.clear()

    def rows(self, query: str, blocker: Any) -> list[tuple[Any, ...]]:
        """Ask the machine's own database, past the connection of the tests."""
        handler = ConnectionHandler({"default": self.database})
        with blocker.unblock(), handler["default"].cursor() as cursor:
            cursor.execute(query)
            rows = cursor.fetchall()
        handler.close_all()
        return rows

    @property
    def database(self) -> dict[str, Any]:
        if url := self.environment["DATABASE_URL"]:
            return {**django_settings.DATABASES["default"], "NAME": url.rsplit("/", 1)[1], "CONN_MAX_AGE": 0}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(self.folder / "rectify.sqlite3")}


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """SQLite in the machine's folder, or a PostgreSQL database of its own where the tests run on PostgreSQL."""
    if connection.vendor != "postgresql":
        yield ""
        return
    name, base = f"rectify_machine_{secrets.token_hex(8)}", os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    server = psycopg2.connect(os.environ["DATABASE_URL"].replace("postgres://", "postgresql://", 1))
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield f"{base}/{name}"
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


@pytest.fixture(scope="session")
def migrated_machine(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    machine = Machine(tmp_path_factory.mktemp("a machine 数据"), database_url)
    machine.shell("from django.core.management import call_command as c; c('migrate', verbosity=0)")
    return machine


@pytest.fixture
def machine(migrated_machine: Machine) -> Iterator[Machine]:
    yield migrated_machine
    migrated_machine.clean()
    if migrated_machine.environment["REDIS_URL"]:
        redis.Redis.from_url(REDIS).delete(*LEFT_IN_REDIS)


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Wait until something holds; fail when it does not within so many seconds."""

    def wait(holds: Callable[[], bool], *, within: float = 30) -> None:
        patience = time.monotonic() + within
        while not holds():
            assert time.monotonic() < patience, "it did not come to hold"
            time.sleep(0.2)

    return wait


__all__ = ["job_handlers"]
