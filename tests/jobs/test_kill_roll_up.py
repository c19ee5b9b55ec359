"""Workers are killed with `kill -9` in the middle of a roll-up, at each of its steps and at random moments.

Afterwards each week of each inspection has one snapshot and one event, none is missing, and nothing is half there.
"""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.jobs.conftest import Machine
from tests.jobs.hanging_roll_up import STEPS
from tests.randomness import chance

BROKERS = ["embedded", pytest.param("redis", marks=pytest.mark.redis)]
THREADS = ("--pool", "threads", "--without-gossip", "--without-mingle")
HANGING = (*THREADS, "--include", "tests.jobs.hanging_roll_up")
WEEKS = 3
EVENINGS = count(1)
Eventually = Callable[..., None]
SET_UP = """
from datetime import timedelta
from django.utils import timezone
from accounts.services import create_unit
from issues.services import create_inspection
from tests.factories import issue, measure
from reporting.queries.weeks import due_weeks
now = timezone.now()
organisation = create_unit(name="Bureau {name}", by=None, at=now)
came = now - timedelta(days={days})
for number in range({inspections}):
    shown = create_inspection(code=f"{name}-{{number}}", title="T", organisation=organisation, by=None, at=came)
    measure(issue(shown, at=came), leader=None, lead_unit=None, at=came)
due = due_weeks(now=now)
print(len(due), len({{each.inspection for each in due}}))
"""
SCHEDULER = "from reporting.tasks import roll_up; roll_up()"
VERIFY = """
from issues.models import Inspection
from audit.services import verify
from reporting.services import verify_snapshots
found = Inspection.objects.filter(code__startswith="{name}-")
print(len(verify([each.chain for each in found])[2]) + len(verify_snapshots(found)))
"""


class Evening:
    """Some inspections on a machine whose weeks are due, and what became of them, seen from outside of the program."""

    def __init__(self, machine: Machine, blocker: Any, folder: Path) -> None:
        self.machine, self.blocker, self.folder = machine, blocker, folder
        self.name, self.kills, self.due = f"evening{next(EVENINGS)}", 0, 0

    def begin(self, broker: str, *, inspections: int, weeks: int = WEEKS) -> None:
        """Weeks are due of these inspections alone: what an earlier test left is done."""
        self.machine.use(broker)
        told = self.machine.shell(SET_UP.format(name=self.name, inspections=inspections, days=7 * weeks))
        self.due, of = map(int, told.split())
        assert (self.due, of) == (inspections * weeks, inspections)

    def schedulers(self) -> None:
        """Two schedulers tick at the same moment."""
        self.machine.shell(f"{SCHEDULER}; roll_up()")

    def kill_at(self, step: str, eventually: Eventually) -> None:
        """A worker hangs at the step and is killed there."""
        mark = self.folder / f"mark {self.kills}"
        self.machine.environment |= {"HANG_AT": step, "HANG_ONCE": str(mark)}
        self.schedulers()
        worker = self.machine.worker(*HANGING)
        eventually(mark.exists, within=90)
        before = self.counts()
        self.machine.kill(worker)
        self.kills += 1
        self.machine.environment.pop("HANG_AT")
        assert self.counts() == before, "what was not committed is not there"

    def counts(self) -> tuple[int, ...]:
        """Snapshots, different weeks among them, their events, and snapshots without parts."""
        ours = f"SELECT id FROM issues_inspection WHERE code LIKE '{self.name}-%'"
        of = f"FROM reporting_snapshot s WHERE s.inspection_id IN ({ours})"
        queries = (
            f"SELECT COUNT(*) {of}",
            f"SELECT COUNT(*) FROM (SELECT DISTINCT s.inspection_id, s.year, s.week {of}) t",
            f"SELECT COUNT(*) FROM audit_event e WHERE e.verb = 'roll_up_week' AND e.object_id IN (SELECT s.id {of})",
            f"SELECT COUNT(*) {of} AND NOT EXISTS (SELECT 1 FROM reporting_snapshotrow r WHERE r.snapshot_id = s.id)",
        )
        return tuple(self.machine.rows(query, self.blocker)[0][0] for query in queries)

    def recover(self, eventually: Eventually, capsys: Any) -> None:
        """A worker starts again and the scheduler ticks; each snapshot is there once."""
        self.machine.worker(*THREADS)

        def all_there() -> bool:
            if self.counts()[0] < self.due:
                self.schedulers()
            return self.counts()[0] == self.due

        eventually(all_there, within=120)
        assert self.counts() == (self.due, self.due, self.due, 0)
        assert self.machine.shell(VERIFY.format(name=self.name)) == "0"
        with capsys.disabled():
            sys.stdout.write(f"\n{self.kills} kills, {self.due} weeks due, {self.counts()[0]} snapshots, each once\n")


@pytest.fixture
def evening(machine: Machine, django_db_blocker: Any, tmp_path: Path) -> Iterator[Evening]:
    yield Evening(machine, django_db_blocker, tmp_path)
    machine.environment.pop("HANG_AT", None)


@pytest.mark.once
def test_workers_killed_on_the_embedded_broker(evening: Evening, eventually: Eventually, capsys: Any) -> None:
    """At two steps, and once wherever it happens to be."""
    evening.begin("embedded", inspections=60)
    for step in ("locked", "recorded"):
        evening.kill_at(step, eventually)
    kill_somewhere(evening, chance(1921))
    evening.recover(eventually, capsys)


@pytest.mark.redis
def test_workers_killed_on_redis(evening: Evening, eventually: Eventually, capsys: Any) -> None:
    evening.begin("redis", inspections=4)
    for step in ("counted", "kept"):
        evening.kill_at(step, eventually)
    evening.recover(eventually, capsys)


@pytest.mark.slow
@pytest.mark.parametrize("broker", BROKERS)
def test_workers_killed_at_every_step(evening: Evening, eventually: Eventually, capsys: Any, broker: str) -> None:
    evening.begin(broker, inspections=4)
    for step in STEPS:
        evening.kill_at(step, eventually)
    evening.recover(eventually, capsys)


@pytest.mark.slow
@pytest.mark.parametrize("broker", BROKERS)
def test_workers_killed_at_random_moments(evening: Evening, eventually: Eventually, capsys: Any, broker: str) -> None:
    """Twenty-five times on each broker, while there is work left for the next ones."""
    evening.begin(broker, inspections=300, weeks=10)
    rng = chance(20211115)
    for _number in range(25):
        kill_somewhere(evening, rng)
    evening.recover(eventually, capsys)


def kill_somewhere(evening: Evening, rng: Random) -> None:
    """The worker is killed some moments after it made its first snapshot, or after it had the time to."""
    evening.schedulers()
    before, worker = evening.counts()[0], evening.machine.worker(*THREADS)
    patience = time.monotonic() + 20
    while evening.counts()[0] == before and time.monotonic() < patience:
        time.sleep(0.05)
    time.sleep(rng.uniform(0, 0.4))
    evening.machine.kill(worker)
    evening.kills += 1


REDIS_SERVER = shutil.which("redis-server")


class OwnRedis:
    """A Redis that keeps nothing: stopped and started again, every message is lost."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.start()

    def start(self) -> None:
        command = [
            str(REDIS_SERVER),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            self.folder,
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        patience = time.monotonic() + 10
        while time.monotonic() < patience:
            with socket.socket() as asking:
                if asking.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.mark.slow
@pytest.mark.skipif(REDIS_SERVER is None, reason="redis-server is not installed")
def test_a_redis_that_is_restarted_in_the_middle_loses_no_week(
    evening: Evening, eventually: Eventually, capsys: Any, tmp_path: Path
) -> None:
    server = OwnRedis(tmp_path)
    try:
        evening.begin("redis", inspections=60)
        evening.machine.environment["REDIS_URL"] = f"redis://127.0.0.1:{server.port}/0"
        evening.kill_at("counted", eventually)
        evening.schedulers()
        server.kill()
        server.start()
        evening.recover(eventually, capsys)
    finally:
        server.kill()
