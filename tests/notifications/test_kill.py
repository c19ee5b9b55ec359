"""Processes are killed with `kill -9` at each step of digest and delivery; afterwards each mail has come, once.

The one window that cannot be closed is that between the mail server's yes and the row that says so. What was accepted
there comes a second time, under the same Message-ID; the tests count these apart, and none is ever missing.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.jobs.conftest import ROOT, Machine
from tests.jobs.test_kill import THREADS
from tests.notifications.fake_servers import FakeMailServer, postbox
from tests.randomness import chance

_names = count(1)
Eventually = Callable[..., None]


class Office:
    """A bureau on a machine, whose officers get mail; seen from outside of the program."""

    def __init__(self, machine: Machine, box: FakeMailServer, blocker: Any, people: int) -> None:
        self.machine, self.box, self.blocker, self.people = machine, box, blocker, people
        self.name = f"{os.getpid()}-{next(_names)}"
        self.kills = self.unsure = 0
        machine.environment["EMAIL_URL"] = box.url
        machine.shell(f"from tests.notifications.kill_target import set_up; set_up({self.name!r}, {people})")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        mine = f"JOIN accounts_user u ON u.id = n.person_id AND u.email LIKE '{self.name}-%'"
        return self.machine.rows(query.format(mine=mine), self.blocker)

    def delivered(self) -> int:
        sent = "notifications_delivery d JOIN notifications_notification n ON n.id = d.notification_id"
        query = f"SELECT COUNT(*) FROM {sent} {{mine}}"
        return int(self.rows(f"{query} WHERE d.status = 'sent'")[0][0])

    def is_done(self) -> bool:
        return self.delivered() == self.people

    def check(self) -> None:
        """Each officer has one digest and one mail of it; what came twice was cut off behind the yes."""
        digests = "SELECT COUNT(*), COUNT(DISTINCT n.person_id) FROM notifications_digest n {mine}"
        assert self.rows(digests) == [(self.people, self.people)]
        reminders = "SELECT COUNT(*), COUNT(DISTINCT n.measure_id) FROM notifications_reminder n {mine}"
        assert self.rows(reminders) == [(self.people, self.people)]
        mine = [mail for mail in self.box.mails if str(mail["To"]).startswith(f"{self.name}-")]
        by_id = Counter(str(mail["Message-ID"]) for mail in mine)
        doublets = len(mine) - len(by_id)
        missing = self.people - len({str(mail["To"]) for mail in mine})
        told = f"{len(mine)} mails, {len(by_id)} different ones, {missing} missing, {doublets} doublets"
        sys.stdout.write(f"\n{self.kills} kills: {self.people} digests, {told}\n")
        assert {str(mail["To"]) for mail in mine} == {f"{self.name}-{n}@bureau.example" for n in range(self.people)}
        assert len(by_id) == self.people
        assert doublets <= self.unsure


class Hands:
    """Starts processes that remind and deliver, and kills them."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.notifications.reminder_process"],
            cwd=ROOT,
            env=office.machine.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        office.machine.processes.append(self.process)
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def run(self, *, kill_at: str = "", nth: int = 1, kill_after: float | None = None) -> bool:
        """Let one process work; kill it at a step of the nth mail, or after so many seconds. Return if it was."""
        assert self.process.stdin is not None
        found: dict[str, int] = {}
        seen = count(1)

        def at_step(step: str) -> None:
            if step == kill_at and next(seen) >= nth and found:
                os.kill(found.pop("pid"), signal.SIGKILL)

        self.office.box.on_step = at_step
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        found["pid"] = int(self._line())
        if kill_after is not None:
            time.sleep(kill_after)
            if found:
                os.kill(found.pop("pid"), signal.SIGKILL)  # it is a zombie until the next line, so nobody else's
        was_killed = int(self._line()) == signal.SIGKILL
        self.office.box.on_step = lambda _step: None
        self.office.kills += was_killed
        self.office.unsure += was_killed and (kill_at == "accepted" or kill_after is not None)
        return was_killed

    def finish(self) -> None:
        """Work until nothing is left; what a killed process held is free once its lease has run out."""
        patience = time.monotonic() + 60
        while not self.office.is_done():
            assert time.monotonic() < patience, "it did not come to an end"
            self.run()
            time.sleep(0.3)


@pytest.fixture
def mailbox() -> Iterator[FakeMailServer]:
    with postbox() as found:
        yield found


@pytest.fixture
def open_office(machine: Machine, mailbox: FakeMailServer, django_db_blocker: Any) -> Callable[[int], Office]:
    machine.use("embedded")
    return lambda people: Office(machine, mailbox, django_db_blocker, people)


def test_processes_killed_at_each_step(open_office: Callable[[int], Office]) -> None:
    """Twice somewhere in the digests; at the mail's envelope, within the mail, and right after it was accepted."""
    office = open_office(12)
    hands, rng = Hands(office), chance(20260302)
    for _each in range(2):
        assert hands.run(kill_after=rng.uniform(0.05, 0.15))
    for step in ("from", "data", "accepted"):
        assert hands.run(kill_at=step), step
    hands.finish()
    assert office.kills == 5
    office.check()


@pytest.mark.slow
def test_fifty_kills_at_random_moments(open_office: Callable[[int], Office]) -> None:
    """Half of them after a random time, half at a random step of a mail; one bureau after another until it is fifty."""
    rng, kills, steps = chance(20260303), 0, ["from", "to", "data", "accepted"]
    while kills < 50:
        office = open_office(100)
        hands = Hands(office)
        while kills + office.kills < 50 and not office.is_done():
            if rng.random() < 0.5:
                hands.run(kill_after=rng.uniform(0.05, 1.5))
            else:
                hands.run(kill_at=rng.choice(steps), nth=rng.randint(1, 6))
        hands.finish()
        office.check()
        kills += office.kills


# Real workers and schedulers -----------------------------------------------------------------------------------

EACH_SECOND = """
from django_celery_beat.models import IntervalSchedule, PeriodicTask
second, _made = IntervalSchedule.objects.get_or_create(every=1, period="seconds")
PeriodicTask.objects.filter(task="notifications.tasks.deliver").update(interval=second)
"""
TICK = "from notifications.tasks import deliver; deliver.delay()"


def ask(machine: Machine) -> None:
    machine.shell(TICK)


@pytest.mark.slow
@pytest.mark.parametrize("broker", ["embedded", pytest.param("redis", marks=pytest.mark.redis)])
def test_workers_killed_at_random_moments(
    open_office: Callable[[int], Office], eventually: Eventually, broker: str
) -> None:
    office = open_office(60)
    machine, rng = office.machine, chance(20260304)
    machine.use(broker)
    machine.shell("from django.core.management import call_command as c; c('send_reminders', '--date', '2026-03-02')")
    office.box.on_step = lambda step: time.sleep(0.05)
    for _each in range(10):
        ask(machine)
        worker = machine.worker(*THREADS)
        time.sleep(rng.uniform(3, 7))
        machine.kill(worker)
        office.kills += 1
        office.unsure += 1
    office.box.on_step = lambda step: None
    machine.worker(*THREADS)

    def is_done() -> bool:
        ask(machine)
        return office.is_done()

    eventually(is_done, within=120)
    office.check()


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("redis-server"), reason="there is no Redis to start anew")
def test_two_schedulers_and_a_redis_that_starts_anew(
    open_office: Callable[[int], Office], eventually: Eventually, tmp_path: Path
) -> None:
    """Two schedulers by mistake, both ticking each second; in the middle of it Redis goes and comes back empty."""
    office = open_office(80)
    machine, port = office.machine, 29393
    server = _redis(port, tmp_path)
    machine.environment["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
    machine.shell(EACH_SECOND)
    machine.shell("from django.core.management import call_command as c; c('send_reminders', '--date', '2026-03-02')")
    office.box.on_step = lambda step: time.sleep(0.03)
    try:
        machine.worker(*THREADS)
        for _each in range(2):
            _scheduler(machine)
        eventually(lambda: office.delivered() > 10, within=90)
        server.kill()
        server.wait()
        time.sleep(2)
        server = _redis(port, tmp_path)
        eventually(office.is_done, within=180)
        time.sleep(3)
        office.check()
    finally:
        machine.clean()
        machine.use("embedded")
        server.kill()
        server.wait()


def _redis(port: int, folder: Path) -> subprocess.Popen[bytes]:
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    patience = time.monotonic() + 20
    while time.monotonic() < patience:
        try:
            if redis.Redis(port=port).ping():
                return server
        except redis.RedisError:
            time.sleep(0.1)
    raise AssertionError("Redis did not start")


def _scheduler(machine: Machine) -> None:
    command = [sys.executable, "-m", "celery", "--app", "rectify", "beat", "--pidfile", ""]
    log = (machine.folder / "beat.log").open("ab")
    machine.processes.append(
        subprocess.Popen(command, cwd=ROOT, env=machine.environment, stdout=log, stderr=log, start_new_session=True)
    )
