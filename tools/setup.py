# -*- coding: utf-8 -*-
"""Makes the virtual environment and what it needs; `run` then starts the program. Called by make.

    setup.py run     requirements.txt, database, sample inspection, then web, worker and scheduler
    setup.py dev     requirements.txt and requirements-dev.txt, nothing else

Environment: PYTHON (which Python makes the virtual environment), and for `run` PORT (8000) and HOST (127.0.0.1).

Whatever Python starts this file, the best one on the machine makes the virtual environment. So the file keeps to what
Python 2.7 and 3.x both understand (no f-strings, no annotations, standard library only): an old Python has to get far
enough to say that it is too old. Everything that can be refused is refused before anything long begins.
"""

from __future__ import print_function

import errno
import hashlib
import io
import json
import os
import socket
import subprocess
import sys

OLDEST = (3, 11)
CANDIDATES = ("python3.13", "python3.12", "python3.11", "python3", "python")
NEEDED_MODULES = ("venv", "ensurepip", "sqlite3", "ssl")
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")
LOCKS = {"run": ("requirements.txt",), "dev": ("requirements.txt", "requirements-dev.txt")}
PROBE = """
import json, sys
missing = []
for name in %r:
    try:
        __import__(name)
    except ImportError:
        missing.append(name)
print(json.dumps([list(sys.version_info[:3]), missing, sys.executable]))
"""


class Stop(Exception):
    """The one line that a person reads when it does not go on."""


def say(text):
    print("-- " + text)
    sys.stdout.flush()


def probe(python, modules=NEEDED_MODULES):
    """Return (version, missing modules, path) of an interpreter, or None where it does not run."""
    try:
        process = subprocess.Popen(
            [python, "-c", PROBE % (tuple(modules),)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        version, missing, path = json.loads(process.communicate()[0].decode("utf-8"))
    except (OSError, ValueError):
        return None
    return tuple(version), missing, path


def find_python():
    """Return (path, version) of the Python that makes the virtual environment.

    PYTHON alone counts where it is set, else the candidates in their order. Raises Stop with what was found instead.
    """
    chosen = os.environ.get("PYTHON")
    complaint = None
    for name in [chosen] if chosen else CANDIDATES:
        found = probe(name)
        if found is None:
            continue
        version, missing, path = found
        if version >= OLDEST and not missing:
            return path, version
        if version >= OLDEST:
            complaint = "%s lacks %s: install it (on Debian and Ubuntu: apt install python3-venv)" % (
                path,
                ", ".join(missing),
            )
        complaint = complaint or "%s is Python %s" % (path, dotted(version))
    complaint = complaint or ("%s does not run" % chosen if chosen else "found no Python that runs")
    raise Stop(
        "Python %s or newer is needed, but %s. Try make run PYTHON=/path/to/python3" % (dotted(OLDEST), complaint)
    )


def dotted(version):
    return ".".join(str(part) for part in version)


def address():
    """Return (host, port) from HOST and PORT. Raises Stop where a server cannot listen there."""
    host = os.environ.get("HOST") or "127.0.0.1"
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Stop("PORT=%s is not a port: a number from 1 to 65535 is needed, for example make run PORT=8001" % text)
    port = int(text)
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise Stop("HOST=%s is not an address of this machine" % host)  # noqa: B904
    listener = socket.socket(family, kind)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
    except (OSError, socket.error) as error:
        raise Stop(refusal(error, host, port))  # noqa: B904
    finally:
        listener.close()
    return host, port


def refusal(error, host, port):
    if error.errno == errno.EADDRINUSE:
        return "Port %d on %s is taken. Another one: make run PORT=%d" % (port, host, 8001 if port == 8000 else 8000)
    if error.errno == errno.EACCES:
        return "Port %d may not be used without root rights. Another one: make run PORT=8000" % port
    return "Cannot listen on %s, port %d: %s" % (host, port, error.strerror)


def make_environment():
    """Make .venv where there is none that works; one that works is kept. Return its version."""
    found = probe(VENV_PYTHON, ("pip",))
    if found and found[0] >= OLDEST and not found[1]:
        say("Virtual environment .venv: Python %s" % dotted(found[0]))
        return found[0]
    python, version = find_python()
    if not os.access(ROOT, os.W_OK):
        raise Stop("The folder of the program may not be written to: copy it to one that may")
    say("Making the virtual environment .venv with Python %s (%s)" % (dotted(version), python))
    run([python, "-m", "venv", "--clear", VENV], "The virtual environment could not be made")
    return version


def install(purpose, version):
    """Install the locked packages, each checked by its hash; only when a lock changed since the last time."""
    for lock in LOCKS[purpose]:
        stamp = os.path.join(VENV, "." + lock + ".installed")
        with io.open(os.path.join(ROOT, lock), "rb") as file:
            wanted = dotted(version) + " " + hashlib.sha256(file.read()).hexdigest()
        if read(stamp) == wanted:
            say("Packages of %s: in place" % lock)
            continue
        say("Installing the packages of %s (the first time: a minute or two)" % lock)
        command = [VENV_PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        command += ["--only-binary", ":all:", "--require-hashes", "-r", lock]
        if not os.access(os.path.expanduser("~"), os.W_OK):
            command.append("--no-cache-dir")  # else pip complains that it has no home
        run(command, "The packages of %s could not be installed; the lines above say why" % lock)
        with io.open(stamp, "w", encoding="ascii") as file:
            file.write(wanted if isinstance(wanted, type("")) else wanted.decode("ascii"))


def read(path):
    if not os.path.exists(path):
        return ""
    with io.open(path, encoding="ascii") as file:
        return file.read()


def run(command, complaint):
    if subprocess.call(command, cwd=ROOT) != 0:
        raise Stop(complaint)


def start(place):
    """Bring the database up to date, load the sample inspection once, and become the launcher."""
    manage = [VENV_PYTHON, "manage.py"]
    say("Bringing the database up to date")
    run(manage + ["migrate", "--noinput", "--verbosity", "0"], "The database could not be brought up to date")
    say("Sample inspection (kept as it is where it was loaded before)")
    run(manage + ["demo"], "The sample inspection could not be loaded")
    say("Starting web, worker and scheduler; Ctrl-C stops them")
    os.chdir(ROOT)
    os.execv(VENV_PYTHON, manage + ["serve", "--host", place[0], "--port", str(place[1])])


def main(purpose):
    place = address() if purpose == "run" else None
    install(purpose, make_environment())
    if place:
        start(place)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Stop as stop:
        sys.exit("Stopped: %s." % stop)
    except KeyboardInterrupt:
        sys.exit(130)
