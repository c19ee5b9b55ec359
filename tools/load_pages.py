"""How many requests a second a running server answers, and how long the middle one takes.

    load_pages.py BASE USER PATH [PATH ...]      the password comes from the environment variable PASSWORD

Eight people who are logged in open a page again and again for ten seconds, one page after the other. Prints for each
page requests a second, the middle (p50) and the slow (p95) time in ms, and bytes. A page that does not answer 200 stops
it. BASE is an address of this machine: the tool refuses any other.
"""

import http.client
import os
import re
import sys
import threading
import time
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

CLIENTS = 8
SECONDS = 10
WARM_UP = 5
"""Requests before it counts."""


class Visitor:
    """One person with one connection, logged in."""

    def __init__(self, base: str, user: str, password: str) -> None:
        self.line = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
        self.cookies: dict[str, str] = {}
        page = self.fetch("GET", "/login/")[1].decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        sent = {"username": user, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        status, _body = self.fetch("POST", "/login/", urlencode(sent))
        if status != 302:
            sys.exit(f"The log-in of {user} was answered with {status}.")

    def fetch(self, method: str, path: str, body: str = "") -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        self.line.request(method, path, body or None, headers)
        answer = self.line.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, answer.read()


def opened(visitor: Visitor, path: str, until: float, times: list[float]) -> None:
    while time.perf_counter() < until:
        began = time.perf_counter()
        status, _body = visitor.fetch("GET", path)
        if status != 200:
            print(f"{path} was answered with {status}.", flush=True)
            os._exit(1)  # the other threads as well
        times.append(time.perf_counter() - began)


def measured(visitors: list[Visitor], path: str) -> str:
    for _each in range(WARM_UP):
        size = len(visitors[0].fetch("GET", path)[1])
    times: list[float] = []
    until = time.perf_counter() + SECONDS
    threads = [threading.Thread(target=opened, args=(visitor, path, until, times)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = sorted(times)
    middle, slow = told[len(told) // 2], told[int(len(told) * 0.95)]
    return f"{path:<60} {len(told) / SECONDS:8.1f}/s  p50 {middle * 1000:7.1f}  p95 {slow * 1000:7.1f}  {size:8} bytes"


def main(base: str, user: str, *paths: str) -> None:
    if urlsplit(base).hostname not in {"127.0.0.1", "localhost", "::1"}:
        sys.exit("Only a server on this machine is measured.")
    visitors = [Visitor(base, user, os.environ["PASSWORD"]) for _each in range(CLIENTS)]
    for path in paths:
        print(measured(visitors, path), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 3 else sys.exit(__doc__)
