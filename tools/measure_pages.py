"""Measure how fast pages come up in Chromium: `tools/measure_pages.py ADDRESS DATA` prints a table in Markdown.

Each page is opened five times with an empty cache, the processor slowed down four times (a ten-year-old office PC) and
the network at 10 Mbit/s with 20 ms; the middle of the five counts. Blocking time is what tasks take beyond 50 ms.
"""

import json
import shutil
import sys
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import BrowserContext, sync_playwright

TIMES = 5
PAGES = [
    ("dashboard", "dangzu", "/inspections/demo/"),
    ("wall", "dangzu", "/inspections/demo/screen/"),
    ("ledger", "dangzu", "/inspections/demo/ledger/"),
    ("my work", "caiwu", "/"),
    ("queue", "zhenggaiban", "/signoffs/"),
]
WATCH = """
window.seen = {paint: 0, blocked: 0};
new PerformanceObserver(list => list.getEntries().forEach(entry => { window.seen.paint = entry.startTime; }))
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(entry => { window.seen.blocked += entry.duration - 50; }))
  .observe({type: "longtask", buffered: true});
"""
READ = """() => ({
  first: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  largest: window.seen.paint,
  blocked: window.seen.blocked,
  answer: performance.getEntriesByType("navigation")[0].responseStart,
  weight: performance.getEntriesByType("navigation")[0].transferSize
    + performance.getEntriesByType("resource").reduce((sum, each) => sum + each.transferSize, 0),
})"""


def log_in(context: BrowserContext, name: str, password: str) -> None:
    page = context.new_page()
    page.goto("/login/")
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(password)
    page.locator("main button[type=submit]").first.click()
    page.locator("#content").wait_for()
    page.close()


def measured(context: BrowserContext, path: str) -> dict[str, float]:
    page = context.new_page()
    page.add_init_script(WATCH)
    devtools = context.new_cdp_session(page)
    network: dict[str, Any] = {
        "offline": False,
        "latency": 20,
        "downloadThroughput": 1.25e6,
        "uploadThroughput": 1.25e6,
    }
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    devtools.send("Network.emulateNetworkConditions", network)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(path, wait_until="load")
    page.wait_for_timeout(1500)
    told: dict[str, float] = page.evaluate(READ)
    page.close()
    return told


def main(address: str, data: str) -> None:
    kept = json.loads((Path(data) / "sample-logins.json").read_text(encoding="utf-8"))
    passwords = {each["username"]: each["password"] for each in kept}
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    print("| page | first byte ms | first paint ms | largest paint ms | blocked ms | transferred kB |")
    print("|---|---|---|---|---|---|")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, who, path in PAGES:
            context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
            log_in(context, who, passwords[who])
            runs = [measured(context, path) for _time in range(TIMES)]
            row = [median(run[key] for run in runs) for key in ("answer", "first", "largest", "blocked")]
            weight = median(run["weight"] for run in runs) / 1000
            print(f"| {name} | {' | '.join(f'{value:.0f}' for value in row)} | {weight:.0f} |", flush=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
