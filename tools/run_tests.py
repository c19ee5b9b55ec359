"""Runs the tests on SQLite and, where it is reachable, on PostgreSQL; says at the end what ran where.

    run_tests.py          everything but the slow tests
    run_tests.py --slow   the slow tests, and at length those that draw at random (tests/randomness.py), now freely; the
                          end of the output is written to var/test-slow.txt

Environment: TEST_DATABASE_URL (a PostgreSQL whose user may create databases; else the local one is tried as user
postgres), TEST_REDIS_URL (else the local one), CI (set: PostgreSQL, Redis and Chromium must be there).
The last line is pytest's own; exit code 0 only if every run passed.
"""

import argparse
import datetime
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import redis

ROOT = Path(__file__).resolve().parent.parent
CI = bool(os.environ.get("CI"))
WORKERS = min(os.cpu_count() or 1, 4)
ORDINARY, SLOW = "not slow", "(slow or drawn or hypothesis)"
LAST_SLOW_RUN = ROOT / "var" / "test-slow.txt"
LOCAL_POSTGRESQL = ("postgres://postgres@127.0.0.1:5432/postgres", "postgres://postgres@/postgres")
REDIS_URL = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379"


@dataclass
class Run:
    """One run of pytest: on which database, with which marks, and how it ended."""

    database: str
    url: str
    marks: str
    lines: list[str]
    code: int = 0
    seconds: float = 0

    @property
    def last_line(self) -> str:
        return next((line for line in reversed(self.lines) if line.strip()), "pytest printed nothing")


def postgresql() -> tuple[str, str]:
    """Return (address, version) of a PostgreSQL where databases may be made; empty texts where there is none."""
    chosen = os.environ.get("TEST_DATABASE_URL")
    for url in [chosen] if chosen else LOCAL_POSTGRESQL:
        try:
            connection = psycopg2.connect(url.replace("postgres://", "postgresql://", 1), connect_timeout=3)
        except psycopg2.Error:
            continue
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            may_create = cursor.fetchone() == (True,)
        version = f"{connection.server_version // 10000}.{connection.server_version % 10000}"
        connection.close()
        if may_create:
            return url, version
    return "", ""


def redis_answers() -> bool:
    try:
        return bool(redis.Redis.from_url(REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping())
    except redis.RedisError:
        return False


def chromium() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def old_chromium() -> str:
    """Return whether the tests of the old browser can run, else why not; it is brought where it is missing."""
    bring = [sys.executable, str(ROOT / "tools" / "old_browser.py")]
    brought = subprocess.run(bring, capture_output=True, text=True)
    return f"not here: {brought.stderr.strip()} Its tests are skipped" if brought.returncode else "present"


def surroundings() -> tuple[list[str], str, list[str]]:
    """Return what is said of this machine, the address of PostgreSQL ("" = none), and what CI may not do without."""
    url, version = postgresql()
    found = {
        "PostgreSQL": f"{version}" if url else "not reachable: the tests run on SQLite alone",
        "Redis": "answers" if redis_answers() else "does not answer: its tests are skipped",
        "Chromium": "present" if chromium() else "not installed: the browser tests are skipped",
    }
    told = found | {"Chromium 86": old_chromium()}
    missing = [name for name, words in found.items() if ":" in words]
    return [f"{name}: {words}" for name, words in told.items()], url, missing


def execute(run: Run, folder: str, *, is_only_one: bool, is_printed: bool) -> None:
    """Run pytest and keep its lines, which are printed as they come, but for the last one, where that is wanted.

    Where there is a run on SQLite too, what cannot differ between the databases is left to that one.
    """
    environment = os.environ | {"DATA_DIR": folder, "DATABASE_URL": run.url, "TEST_DB_SUFFIX": str(os.getpid())}
    if not is_only_one and run.url:
        environment["TEST_ONCE_ELSEWHERE"] = "1"
    is_ordinary = run.marks.startswith(ORDINARY)
    environment |= {"TEST_REDIS_URL": REDIS_URL, "HYPOTHESIS_PROFILE": "ordinary" if is_ordinary else "long"}
    environment["PYTHONHASHSEED"] = "0" if is_ordinary else "random"  # the order of a set is drawn too
    for name in ("REDIS_URL", "DEBUG", "SECRET_KEY"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--color=no", "--durations=15", "-m", run.marks]
    if (
        is_ordinary
    ):  # each file as a whole, for some load the sample once; kills and races want the machine to themselves
        command += ["-n", str(WORKERS), "--dist", "loadfile"]
    began = time.monotonic()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        for raw in process.stdout:
            if run.lines and is_printed:
                print(run.lines[-1], flush=True)
            run.lines.append(raw.decode(errors="replace").rstrip("\n"))
    run.code, run.seconds = process.returncode, time.monotonic() - began


def begin(run: Run, *, is_only_one: bool, is_printed: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="rectify-tests-") as folder:
        execute(run, folder, is_only_one=is_only_one, is_printed=is_printed)


def execute_all(runs: list[Run], *, slow: bool) -> None:
    """One after the other, each on all cores; the slow ones side by side, for they mostly wait."""
    is_only_one = len(runs) == 1
    if not slow:
        for run in runs:
            print(f"-- Tests on {run.database}", flush=True)
            begin(run, is_only_one=is_only_one, is_printed=True)
        return
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda run: begin(run, is_only_one=is_only_one, is_printed=is_only_one or not run.url), runs))
    for run in runs[:-1]:
        print(f"-- Tests on {run.database}", *run.lines[:-1], sep="\n", flush=True)


def plan(url: str, *, slow: bool) -> list[Run]:
    """SQLite last, for it runs the browser tests, whose pictures and traces are read first."""
    runs = [Run("SQLite", "", f"{SLOW if slow else ORDINARY} and not postgres", [])]
    if url:
        runs.insert(0, Run("PostgreSQL", url, SLOW if slow else f"{ORDINARY} and not browser", []))
    return runs


def summary(runs: list[Run], words: list[str]) -> list[str]:
    """What ran where, then the closing line of the run that counts: the first that failed, else the last."""
    failed = [run for run in runs if run.code]
    told = [f"  {run.database:<11} {run.last_line} ({run.seconds:.0f} s)" for run in runs]
    return ["", "What ran where", *told, *(f"  {word}" for word in words), "", (failed or runs)[-1].last_line]


def write_last_slow_run(lines: list[str]) -> None:
    """Write date, commit, machine and the end of the output, with no path of this machine, to var/test-slow.txt."""
    git = ["git", "-C", str(ROOT)]
    commit = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    changed = subprocess.run([*git, "status", "--porcelain", "-uno"], capture_output=True, text=True).stdout.strip()
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    state = f"{commit or 'unknown'}{' with local changes' if changed else ''}"
    head = f"make test-slow, {now}, commit {state}, Python {platform.python_version()}, {os.cpu_count()} cores"
    LAST_SLOW_RUN.parent.mkdir(parents=True, exist_ok=True)
    LAST_SLOW_RUN.write_text("\n".join([head, *lines]).replace(str(ROOT), ".") + "\n", encoding="utf-8")
    print(f"-- The end of the output is in {LAST_SLOW_RUN.relative_to(ROOT)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slow", action="store_true")
    slow = parser.parse_args().slow
    words, url, missing = surroundings()
    print(*(f"-- {word}" for word in words), sep="\n", flush=True)
    if CI and missing:
        print(f"Stopped: CI is set and this is missing: {', '.join(missing)}.")
        return 2
    runs = plan(url, slow=slow)
    execute_all(runs, slow=slow)
    told = summary(runs, words)
    if slow:
        write_last_slow_run([line for run in runs for line in [f"== {run.database}", *run.lines[-40:]]] + told)
    print(*told, sep="\n", flush=True)
    codes = [run.code for run in runs]
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main())
