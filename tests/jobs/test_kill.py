"""Workers are killed with `kill -9` in the middle of a job; after a restart the job is done, once.

Real processes, on the embedded broker and on Redis; at full length (`slow`) at random moments.
"""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.conftest import Machine
from tests.randomness import chance

BROKERS = ["embedded", pytest.param("redis", marks=pytest.mark.redis)]
THREADS = ("--pool", "threads")  # as `serve` starts it
PROCESSES = ("--pool", "prefork")  # as a container starts it
Eventually = Callable[..., None]


class Watched:
    """One job on a machine, seen from outside of the program."""

    def __init__(self, machine: Machine, blocker: Any, tmp_path: Path) -> None:
        self.machine, self.blocker = machine, blocker
        self.mark = tmp_path / "in the middle"
        self.pk = 0

    def ask(self, **arguments: Any) -> None:
        self.pk = self.machine.ask("tests.effect", mark=str(self.mark), **arguments)

    def state(self) -> tuple[Any, ...]:
        query = f"SELECT status, attempt FROM jobs_job WHERE id = {self.pk}"
        return self.machine.rows(query, self.blocker)[0]

    def is_done(self) -> bool:
        return bool(self.state()[0] == "done")

    def is_done_by_sweeping(self) -> bool:
        """The scheduler ticks; the lease may not have run out yet."""
        self.machine.sweep()
        return self.is_done()

    def effects(self) -> int:
        query = f"SELECT COUNT(*) FROM audit_event WHERE kind = 'jobs.job' AND object_id = {self.pk}"
        return int(self.machine.rows(query, self.blocker)[0][0])


@pytest.fixture
def job(machine: Machine, django_db_blocker: Any, tmp_path: Path) -> Watched:
    return Watched(machine, django_db_blocker, tmp_path)


def test_a_killed_worker_on_the_embedded_broker(job: Watched, eventually: Eventually) -> None:
    kill_in_the_middle(job, eventually, "embedded", THREADS, "inside")


@pytest.mark.redis
def test_a_killed_worker_on_redis(job: Watched, eventually: Eventually) -> None:
    kill_in_the_middle(job, eventually, "redis", PROCESSES, "before")


@pytest.mark.slow
@pytest.mark.parametrize("broker", BROKERS)
@pytest.mark.parametrize("pool", [THREADS, PROCESSES], ids=["threads", "processes"])
@pytest.mark.parametrize("where", ["before", "inside"])
def test_a_killed_worker_in_every_setting(
    job: Watched, eventually: Eventually, broker: str, pool: tuple[str, ...], where: str
) -> None:
    kill_in_the_middle(job, eventually, broker, pool, where)


def kill_in_the_middle(job: Watched, eventually: Eventually, broker: str, pool: tuple[str, ...], where: str) -> None:
    """The first attempt hangs before its effects, or after them and before its end; there it is killed."""
    job.machine.use(broker)
    job.ask(hang=where)
    worker = job.machine.worker(*pool)
    eventually(job.mark.exists, within=60)
    job.machine.kill(worker)
    assert job.state() == ("running", 1)
    assert job.effects() == 0
    job.machine.worker(*pool)
    eventually(job.is_done_by_sweeping, within=60)
    assert (job.state(), job.effects()) == (("done", 2), 1)


def test_a_worker_that_wakes_up_after_another_did_its_job_keeps_nothing(job: Watched, eventually: Eventually) -> None:
    """It is stopped, not killed: its lease runs out, a second worker does the job, the first one goes on."""
    job.machine.use("embedded")
    job.ask(hang="before", seconds=2)
    sleeper = job.machine.worker(*THREADS, "--hostname", "sleeper@here")
    eventually(job.mark.exists, within=60)
    os.killpg(sleeper.pid, signal.SIGSTOP)
    job.machine.worker(*THREADS, "--hostname", "second@here")
    eventually(job.is_done_by_sweeping, within=60)
    os.killpg(sleeper.pid, signal.SIGCONT)
    log = job.machine.folder / "worker.log"
    eventually(lambda: f"Job {job.pk}: attempt 1 lost its lease" in log.read_text())
    assert (job.state(), job.effects()) == (("done", 2), 1)


@pytest.mark.slow
@pytest.mark.parametrize("broker", BROKERS)
def test_workers_killed_at_random_moments(job: Watched, eventually: Eventually, broker: str) -> None:
    """Twenty jobs, one worker killed ten times wherever it happens to be: every job is done, once."""
    job.machine.use(broker)
    rng = chance(20211115)
    asked = [job.machine.ask("tests.effect", mark=str(job.mark), hang="inside", seconds=0.3) for _ in range(20)]
    for _ in range(10):
        worker = job.machine.worker(*THREADS)
        time.sleep(rng.uniform(2, 7))
        job.machine.kill(worker)
        job.machine.sweep()
    job.machine.worker(*THREADS)
    numbers = ", ".join(map(str, asked))

    def all_done() -> bool:
        job.machine.sweep()
        query = f"SELECT COUNT(*) FROM jobs_job WHERE status = 'done' AND id IN ({numbers})"
        return bool(job.machine.rows(query, job.blocker)[0][0] == len(asked))

    eventually(all_done, within=180)
    events = f"FROM audit_event WHERE kind = 'jobs.job' AND object_id IN ({numbers})"
    query = f"SELECT COUNT(*), COUNT(DISTINCT object_id) {events}"
    assert job.machine.rows(query, job.blocker) == [(20, 20)]
