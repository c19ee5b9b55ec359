"""A hundred thousand measures in one workbook, with the program's own processes; prints what it measured.

Previewed and applied within five minutes on two cores, below 600 MB, while others go on with their work.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from documents.ledger_writer import LedgerLine, LedgerWriter
from ledger.fields import LAYOUT
from tests.jobs.conftest import Machine, database_url, machine, migrated_machine

__all__ = ["database_url", "machine", "migrated_machine"]
pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.django_db]
ISSUES, MEASURES = 25_000, 4
MINUTES, MEGABYTES = 5, 600
SET_UP = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from accounts.services import appoint, create_unit, create_user
from issues.models import Area, Category, Issue, Problem
from issues.services import create_inspection
from measures.services import plan_measure, start_measure
now = timezone.now()
bureau = create_unit(name="大局", by=None, at=now)
office = create_user(username="large", name="Office", unit=bureau, by=None, at=now)
appoint(user=office, role="office", unit=bureau, by=None, at=now)
officer = create_user(username="officer", name="Officer", unit=bureau, by=None, at=now)
appoint(user=officer, role="officer", unit=bureau, by=None, at=now)
create_inspection(code="large", title="Large", organisation=bureau, by=None, at=now)
beside = create_inspection(code="beside", title="Beside", organisation=bureau, by=None, at=now)
area = Area.objects.create(inspection=beside, position=1, title="A")
category = Category.objects.create(inspection=beside, area=area, position=1, title="C")
problem = Problem.objects.create(inspection=beside, category=category, position=1, title="P")
issue = Issue.objects.create(inspection=beside, problem=problem, position=1, code="1-1-1-01", sort_key="1", text="I")
due = now.date() + timedelta(days=30)
measure = plan_measure(issue=issue, text="M", leader=office, lead_unit=bureau, deadline=due, by=office, at=now)
start_measure(measure=measure, by=office, at=now)
"""
UPLOAD = """
from pathlib import Path
from django.utils import timezone
from accounts.models import User
from issues.models import Inspection
from jobs.tasks import run_job
from imports.services.imports import upload_import
office = User.objects.get(username="large")
source = upload_import(data=Path({path!r}).read_bytes(), name="large.xlsx", by=office, at=timezone.now(),
                       inspection=Inspection.objects.get(code="large"))
run_job.delay_on_commit(source.job_id)
print(source.pk, source.job_id)
"""
CONFIRM = """
from django.utils import timezone
from accounts.models import User
from jobs.tasks import run_job
from ledger.models import Import
from imports.services.imports import confirm_import
source = Import.objects.get(pk={source})
assert source.preview["outcome"]["created"] == {count} and not source.preview["outcome"]["errors"]
job = confirm_import(source=source, base_seq=source.preview["base_seq"], by=User.objects.get(username="large"),
                     at=timezone.now())
run_job.delay_on_commit(job.pk)
print(job.pk)
"""
BESIDE = """
import sys, time
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from accounts.models import User
from measures.models import Measure
from measures.services import edit_measure, report_progress
files = {{"staticfiles": {{"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}}}
override_settings(STORAGES={{**settings.STORAGES, **files}}).enable()
measure = Measure.objects.get(inspection__code="beside")
office, officer = User.objects.get(username="large"), User.objects.get(username="officer")
client = Client()
client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
count = longest = 0
until = time.monotonic() + {seconds}
while time.monotonic() < until:
    began = time.monotonic()
    report_progress(measure=measure, text=f"Report {{count}}", by=officer, at=timezone.now())
    edit_measure(measure=measure, values={{"remarks": f"Remark {{count}}"}}, by=office, at=timezone.now())
    assert client.get(f"/measures/{{measure.pk}}/", headers={{"host": "localhost"}}).status_code == 200
    longest, count = max(longest, time.monotonic() - began), count + 1
    time.sleep(0.2)
print(count, round(longest, 2))
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.xlsx"
    writer = LedgerWriter(path, LAYOUT, title="大局党组落实巡察组反馈意见整改台账", line="填报单位：大局")
    for number in range(ISSUES):
        for line in _lines(number):
            writer.add(line, is_done=False)
    assert writer.close() == ISSUES * MEASURES
    return path


def _lines(number: int) -> Iterator[LedgerLine]:
    area, category, problem = number // 5000, number // 500, number // 25
    keys = {"area": area, "category": category, "problem": problem, "issue": number}
    above = {"area": f"第{area}方面", "category": f"第{category}类", "problem": f"第{problem}个问题", "sustained": "是"}
    above |= {"issue": f"第{number}个具体问题：制度执行不到位，监督检查流于形式", "goal": "限期见效"}
    for position in range(MEASURES):
        n = number * MEASURES + position
        own: dict[str, Any] = {
            "text": f"第{n}项措施：修订巡查制度，明确责任分工和完成时限，按月公开办理结果",
            "leader": f"领导{n % 30}",
            "lead_unit": f"单位{n % 60}",
            "supporting": f"单位{(n + 7) % 60}、单位{(n + 13) % 60}",
            "deadline": date(2027, 1, 1) + timedelta(days=n % 300),
            "kinds": "建章立制",
            "mode": "限期",
            "completion": "未完成",
        }
        yield LedgerLine(keys, {**above, **own})


def peak(pid: int) -> int:
    """The most memory that any process of this worker has held, in MB."""
    found = [0]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
            if pid in (int(folder.name), int(status["PPid"])) and "VmHWM" in status:
                found.append(int(status["VmHWM"].split()[0]) // 1024)
        except (OSError, ValueError):
            continue
    return max(found)


class Large:
    """The machine with one worker; jobs are waited for past the connection of the tests."""

    def __init__(self, machine: Machine, blocker: Any) -> None:
        self.machine, self.blocker = machine, blocker

    def one(self, query: str) -> Any:
        return self.machine.rows(query, self.blocker)[0][0]

    def wait(self, job: int, *, minutes: float) -> float:
        began = time.monotonic()
        while (status := self.one(f"SELECT status FROM jobs_job WHERE id = {job}")) not in {"done", "failed"}:
            assert time.monotonic() - began < minutes * 60, "it takes too long"
            time.sleep(0.5)
        assert status == "done", self.one(f"SELECT reason FROM jobs_job WHERE id = {job}")
        return time.monotonic() - began

    def measures(self) -> int:
        query = "SELECT COUNT(*) FROM measures_measure m JOIN issues_inspection i ON i.id = m.inspection_id"
        return int(self.one(f"{query} WHERE i.code = 'large'"))


def test_a_hundred_thousand_measures(
    machine: Machine, book: Path, django_db_blocker: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    large, count = Large(machine, django_db_blocker), ISSUES * MEASURES
    machine.use("embedded")
    machine.shell(SET_UP)
    worker = machine.worker("--pool", "prefork", "--concurrency", "1")
    source, job = map(int, machine.shell(UPLOAD.format(path=str(book))).split())
    reading = large.wait(job, minutes=MINUTES * 2)

    # Half-way through the writing the worker is killed: nothing of it is left.
    job = int(machine.shell(CONFIRM.format(source=source, count=count)))
    _until(lambda: large.one(f"SELECT percent FROM jobs_job WHERE id = {job}") == 20)
    time.sleep(10)
    assert large.one(f"SELECT status FROM jobs_job WHERE id = {job}") == "running"
    used = peak(worker.pid)
    machine.kill(worker)
    assert large.measures() == 0
    assert large.one("SELECT COUNT(*) FROM audit_event WHERE verb = 'import_ledger'") == 0

    told: list[str] = []
    beside = threading.Thread(target=lambda: told.append(machine.shell(BESIDE.format(seconds=60))))
    beside.start()
    worker = machine.worker("--pool", "prefork", "--concurrency", "1")
    time.sleep(4)  # the lease of the killed worker runs out
    machine.sweep()
    writing = large.wait(job, minutes=MINUTES * 2)
    beside.join()
    used = max(used, peak(worker.pid))
    turns, longest = told[0].split()
    words = f"{count} measures: read {reading:.0f} s, written {writing:.0f} s, {used} MB; beside it {turns} turns of"
    with capsys.disabled():
        sys.stdout.write(f"\n{words} report, decision and page, the slowest {longest} s;")
        sys.stdout.write(f" load of the machine {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores\n")
    assert large.measures() == count
    assert large.one("SELECT COUNT(*) FROM imports_stagedrow") == 0
    assert used < MEGABYTES
    assert reading + writing < MINUTES * 60
    assert int(turns) > 10
    assert float(longest) < 10


def _until(holds: Callable[[], bool]) -> None:
    patience = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < patience
        time.sleep(0.2)
