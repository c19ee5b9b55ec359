"""What grows with the data: the same work for a plan of 242 measures and for larger ones, in one run (`make bench`).

    bench.py [SIZE ...]        sizes of the plan in measures; 242 and 24,200 where none is given

Prints for each work its time and the processor time of this process at each size, its queries and the ratio to the
smallest size. Times are of this machine at this moment; the ratios are what counts. Works in a database of its own that
is thrown away: SQLite, or on the PostgreSQL server of TEST_DATABASE_URL.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

FOLDER = tempfile.TemporaryDirectory(prefix="rectify-bench-")
os.environ |= {"DATA_DIR": FOLDER.name, "DJANGO_SETTINGS_MODULE": "rectify.settings", "DEBUG": "", "API_RATE": "0"}
os.environ |= {"DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""), "TEST_DB_SUFFIX": f"bench_{os.getpid()}"}
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from issues.models import Issue  # noqa: E402
from ledger.services.exports import write_ledger  # noqa: E402
from measures.models import Measure, MeasureSpan  # noqa: E402
from reporting.models import Week  # noqa: E402
from reporting.services import roll_up_week  # noqa: E402
from tests.factories import Cast  # noqa: E402

ISSUES = 79
PIECE = 1000
TIMES = 3


class Plan:
    """An organisation whose plan grows: 79 issues, and as many measures as asked for, each with its history."""

    def __init__(self) -> None:
        self.cast = Cast()
        self.issues = [self.cast.issue() for _each in range(ISSUES)]
        Issue.objects.update(lead_unit=self.cast.roads, leader=self.cast.leader)
        self.weeks = iter([Week.of(timezone.localdate() - timedelta(weeks=n)) for n in range(4, 0, -1)])
        self.client = Client(headers={"host": "localhost"})
        self.client.force_login(self.cast.office, backend="django.contrib.auth.backends.ModelBackend")

    def grow(self, size: int) -> None:
        made = self._measures(Measure.objects.count(), size)
        while piece := list(islice(made, PIECE)):
            MeasureSpan.objects.bulk_create([self._span(measure) for measure in Measure.objects.bulk_create(piece)])
        connection.cursor().execute("ANALYZE")

    def _measures(self, start: int, end: int) -> Iterator[Measure]:
        states = ("planned", "in_progress")
        today = timezone.localdate()
        for number in range(start, end):
            issue, place = self.issues[number % ISSUES], number // ISSUES + 1
            yield Measure(
                inspection=self.cast.inspection,
                issue=issue,
                position=place,
                code=f"{issue.code}-{place:05}",
                sort_key=f"{issue.sort_key}{place:06}",
                text=f"{'修订制度' if number % 100 == 0 else '现场检查'}，由牵头单位落实第{number}项",
                mode="time_limited",
                status=states[number % 2],
                lead_unit=self.cast.roads if number % 3 else self.cast.parks,
                leader=self.cast.leader,
                deadline=today + timedelta(days=number % 90 - 20),
            )

    def _span(self, measure: Measure) -> MeasureSpan:
        same = {name: getattr(measure, name) for name in ("status", "deadline", "lead_unit", "leader", "issue")}
        begun = timezone.now() - timedelta(weeks=5)
        return MeasureSpan(inspection=self.cast.inspection, measure=measure, valid_from=begun, **same)

    def page(self, path: str) -> Callable[[], Any]:
        return self.opened(f"/inspections/{self.cast.inspection.code}/{path}")

    def opened(self, address: str) -> Callable[[], Any]:
        def open_it() -> None:
            answer = self.client.get(address)
            assert answer.status_code == 200, answer

        return open_it

    def listed(self, query: str = "") -> str:
        return f"/api/v1/measures/?inspection={self.cast.inspection.code}&page_size=25{query}"

    def deep(self) -> str:
        """The address of a page in the middle of the list, as a caller comes to it from page to page."""
        many = 200
        address = self.listed().replace("page_size=25", f"page_size={many}")
        for _page in range(Measure.objects.count() // 2 // many):
            address = self.client.get(address).json()["next"].partition("localhost")[2]
        return address.replace(f"page_size={many}", "page_size=25")

    def works(self) -> dict[str, Callable[[], Any]]:
        shown, first = self.cast.inspection, Measure.objects.order_by("pk")[0]

        def roll_up() -> None:
            roll_up_week(inspection=shown, week=next(self.weeks), by=None, at=timezone.now())

        def export() -> None:
            write_ledger(BytesIO(), inspection=shown, measures=Measure.objects.all(), at=timezone.now())

        return {
            "dashboard": self.page(""),
            "ledger, first page": self.page("ledger/"),
            "ledger, two characters sought": self.page("ledger/?q=制度"),
            "ledger, what is overdue": self.page("ledger/?overdue=true"),
            "a measure": self.opened(f"/measures/{first.pk}/"),
            "queue": self.opened("/signoffs/"),
            "API, 25 measures": self.opened(self.listed()),
            "API, 25 that are overdue": self.opened(self.listed("&overdue=true")),
            "API, a page in the middle": self.opened(self.deep()),
            "API, figures": self.opened(f"/api/v1/stats/?inspection={shown.code}"),
            "weekly roll-up": roll_up,
            "workbook of the ledger": export,
        }


def taken(work: Callable[[], Any], times: int) -> tuple[float, float, int]:
    """Return the best of several times in seconds, the least processor time, and the queries of the last."""
    best, least, count = float("inf"), float("inf"), 0
    for _each in range(times):
        began, busy = time.perf_counter(), time.process_time()
        with CaptureQueriesContext(connection) as queries:
            work()
        best, least = min(best, time.perf_counter() - began), min(least, time.process_time() - busy)
        count = len(queries)
    return best, least, count


def main(sizes: list[int]) -> None:
    call_command("collectstatic", verbosity=0, interactive=False)
    kept = str(connection.settings_dict["NAME"])
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        measure(sizes)
    finally:
        connection.creation.destroy_test_db(kept, verbosity=0)


def measure(sizes: list[int]) -> None:
    plan = Plan()
    first: dict[str, float] = {}
    for size in sizes:
        plan.grow(size)
        print(f"-- {size} measures in one inspection")
        for name, work in plan.works().items():
            seconds, busy, queries = taken(work, 1 if name in {"weekly roll-up", "workbook of the ledger"} else TIMES)
            first.setdefault(name, seconds)
            told = f"{seconds * 1000:9.1f} ms {busy * 1000:9.1f} ms of them busy"
            print(f"   {name:<32} {told}  {queries:4} queries  x {seconds / first[name]:.1f}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"   {'memory at most':<32} {peak:9.0f} MB")


if __name__ == "__main__":
    main(sorted(int(size) for size in sys.argv[1:]) or [242, 24_200])
