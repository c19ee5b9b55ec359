"""`make run` refuses early and in one line; a second run repeats nothing; containers and settings agree."""

import ast
import hashlib
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SETUP = ROOT / "tools" / "setup.py"
OF_TOOLS = {"PYTHON", "TEST_SQLITE_FILE", "TEST_DB_SUFFIX", "DJANGO_SETTINGS_MODULE"}
SECRETS = {"SECRET_KEY": "secret", "POSTGRES_PASSWORD": "word"}

# Stands for manage.py: writes down how it was called, so that a test needs neither packages nor a server.
MANAGE = """import sys
with open("calls.txt", "a", encoding="utf-8") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program of two locks without packages, in a folder with a space and Chinese characters."""
    folder = tmp_path / "整改 台账"
    (folder / "tools").mkdir(parents=True)
    shutil.copy(SETUP, folder / "tools")
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "manage.py").write_text(MANAGE, encoding="utf-8")
    for lock in ("requirements.txt", "requirements-dev.txt"):
        (folder / lock).write_text("# nothing is needed\n", encoding="utf-8")
    return folder


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PORT", "HOST", "PYTHON", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    }
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=folder, env=kept | environment, capture_output=True, text=True, timeout=180)


def stopped(result: subprocess.CompletedProcess[str]) -> str:
    """The one line that a person reads: what make adds of its own is left out, and there is nothing else."""
    assert result.returncode != 0
    lines = [line for line in result.stderr.splitlines() if not line.startswith("make: ***")]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("Stopped: ")
    return lines[0]


def fake_python(folder: Path, answer: str) -> str:
    """An interpreter that gives this answer to the question for its version."""
    path = folder / "python-old"
    path.write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_run_sets_up_once_and_then_only_starts(program: Path) -> None:
    port = str(free_port())
    first = make(program, "run", f"PORT={port}", PYTHON=sys.executable)
    assert first.returncode == 0, first.stderr
    assert "Making the virtual environment" in first.stdout
    assert first.stdout.count("Installing the packages") == 1
    second = make(program, "run", f"PORT={port}", PYTHON=sys.executable)
    assert "Making" not in second.stdout
    assert "Installing" not in second.stdout
    calls = ["migrate --noinput --verbosity 0", "demo", f"serve --host 127.0.0.1 --port {port}"]
    assert (program / "calls.txt").read_text().splitlines() == calls * 2


def test_a_changed_lock_is_installed_again_and_a_broken_one_is_told(program: Path) -> None:
    assert make(program, "dev", PYTHON=sys.executable).returncode == 0
    (program / "requirements.txt").write_text("# another lock\n", encoding="utf-8")
    again = make(program, "dev", PYTHON=sys.executable)
    assert "Installing the packages of requirements.txt " in again.stdout
    assert "Packages of requirements-dev.txt: in place" in again.stdout
    (program / "requirements.txt").write_text("django==5.2.1\n", encoding="utf-8")
    broken = make(program, "dev", PYTHON=sys.executable)
    assert broken.returncode != 0
    assert "Stopped: The packages of requirements.txt could not be installed" in broken.stderr


def test_a_taken_port_is_told_before_anything_is_made(program: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        line = stopped(make(program, "run", f"PORT={port}"))
    assert f"Port {port} on 127.0.0.1 is taken" in line
    assert not (program / ".venv").exists()


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "8000x"])
def test_what_is_no_port_is_told(program: Path, port: str) -> None:
    assert f"PORT={port} is not a port" in stopped(make(program, "run", f"PORT={port}"))


def test_an_address_of_nobody_is_told(program: Path) -> None:
    assert "HOST=nowhere.invalid is not an address" in stopped(make(program, "run", "HOST=nowhere.invalid"))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            '[[3, 10, 13], [], "/opt/python3.10"]',
            "Python 3.11 or newer is needed, but /opt/python3.10 is Python 3.10.13",
        ),
        ('[[2, 7, 18], ["venv"], "/opt/python2"]', "/opt/python2 is Python 2.7.18"),
        ('[[3, 12, 1], ["ensurepip"], "/opt/python3"]', "/opt/python3 lacks ensurepip: install it"),
        ("no answer", "does not run"),
    ],
)
def test_a_python_that_will_not_do_is_told(program: Path, answer: str, words: str) -> None:
    line = stopped(make(program, "run", f"PORT={free_port()}", PYTHON=fake_python(program, answer)))
    assert words in line
    assert not (program / ".venv").exists()


def test_without_any_python_it_says_so(program: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("make", "sh"):
        (tools / name).symlink_to(shutil.which(name) or name)
    assert "Python 3.11 or newer is needed" in stopped(make(program, "run", PATH=str(tools)))


def test_an_old_python_understands_the_set_up() -> None:
    source = SETUP.read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.AsyncFunctionDef)
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, new)] == []
    assert all(argument.annotation is None for argument in ast.walk(tree) if isinstance(argument, ast.arg))
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.cause] == []
    assert source.isascii()


@pytest.mark.skipif(shutil.which("python2") is None, reason="there is no Python 2 on this machine")
def test_python_2_really_understands_the_set_up() -> None:
    checked = subprocess.run(["python2", "-c", "import ast; ast.parse(open('tools/setup.py').read())"], cwd=ROOT)
    if checked.returncode == 127:
        pytest.skip("python2 is a name without a Python behind it")
    assert checked.returncode == 0


def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_the_containers_are_complete() -> None:
    services = compose()["services"]
    assert {"web", "worker", "scheduler", "db", "redis"} <= set(services)
    assert services["db"]["image"].partition(":")[2] >= "15"
    assert "--appendonly yes" in " ".join(services["redis"]["command"])
    for name, service in services.items():
        assert "healthcheck" in service or name == "web", (
            f"{name} is not looked after (the web's check is in the image)"
        )
        for port in service.get("ports", []):
            assert port.startswith("${HOST:-127.0.0.1}:"), "not reachable from outside by default"
    assert [name for name, service in services.items() if "ports" in service] == ["web"]


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    used = re.findall(r"\$\{(\w*(?:KEY|PASSWORD|SECRET)\w*)([^}]*)\}", text)
    assert {name for name, _ in used} == set(SECRETS)
    assert all(rest.startswith(":?") for _, rest in used)
    example = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert all(example[name] == "" for name in SECRETS)


def compose_command() -> list[str] | None:
    for command in (["docker", "compose"], ["docker-compose"]):
        if not shutil.which(command[0]):
            continue
        if subprocess.run([*command, "version"], capture_output=True).returncode == 0:
            return command
    return None


@pytest.mark.skipif(compose_command() is None, reason="docker compose is not installed")
def test_docker_compose_accepts_the_file_and_asks_for_the_secrets(tmp_path: Path) -> None:
    shutil.copy(ROOT / "docker-compose.yml", tmp_path)
    command = [*(compose_command() or []), "config"]
    plain = {name: value for name, value in os.environ.items() if name not in SECRETS}
    accepted = subprocess.run(command, cwd=tmp_path, env=plain | SECRETS, capture_output=True, text=True)
    assert accepted.returncode == 0, accepted.stderr
    resolved = yaml.safe_load(accepted.stdout)["services"]["web"]["environment"]
    assert resolved["DATABASE_URL"] == "postgres://rectify:word@db:5432/rectify"
    for name in SECRETS:
        without = {key: value for key, value in SECRETS.items() if key != name}
        refused = subprocess.run(command, cwd=tmp_path, env=plain | without, capture_output=True, text=True)
        assert refused.returncode != 0
        assert f"set {name} in .env" in refused.stderr


def test_the_image_takes_every_app_and_no_data() -> None:
    taken = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    apps = {name for name in settings.INSTALLED_APPS if (ROOT / name).is_dir()}
    assert apps <= taken
    assert taken - apps == {
        "readers",
        "documents",
        "manage.py",
        "requirements.txt",
        "templates",
        "static",
        "locale",
        "docs/manual",
    }


def test_the_example_lists_every_variable_that_is_read() -> None:
    sources = [(ROOT / name).read_text(encoding="utf-8") for name in ("docker-compose.yml", "tools/setup.py")]
    sources += [path.read_text(encoding="utf-8") for path in (ROOT / "rectify").rglob("*.py")]
    read = set(re.findall(r"""env(?:iron)?\.\w+\(\s*"([A-Z][A-Z_]+)"|\$\{([A-Z_]+)""", "\n".join(sources)))
    names = {a or b for a, b in read} - OF_TOOLS
    example = re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(example) == sorted(names)


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_its_hash(lock: str) -> None:
    entries = re.split(r"\n(?=\w)", (ROOT / lock).read_text(encoding="utf-8"))
    pinned = [entry for entry in entries if re.match(r"\w", entry)]
    assert len(pinned) > 10
    assert [entry.split()[0] for entry in pinned if "==" not in entry.split()[0] or "--hash=sha256:" not in entry] == []


def test_the_targets_that_stay_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"run", "test", "test-slow", "check", "format", "lock", "vendor", "translations"} <= targets


def test_vendored_front_end_files_are_those_of_the_list() -> None:
    folder = ROOT / "static" / "vendor"
    listed = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert listed.keys() == files.keys() - {"README.md", "SHA256SUMS"}
    assert listed == {name: hashlib.sha256(files[name].read_bytes()).hexdigest() for name in listed}
    assert not [name for name in listed if b"sourceMappingURL" in files[name].read_bytes()]
