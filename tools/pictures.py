"""Take the pictures of the manuals from a running program with the sample inspection: `tools/pictures.py ADDRESS DATA`.

ADDRESS is where it runs (http://127.0.0.1:8000), DATA its data folder, which holds the sample log-ins.
"""

import json
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

OUT = Path(__file__).parent.parent / "docs" / "manual" / "images"
DESK, WALL = {"width": 1280, "height": 800}, {"width": 1920, "height": 1080}
PICTURES = [
    ("work", "caiwu", "/", DESK),
    ("dashboard", "paishui-fuju", "/inspections/demo/", DESK),
    ("ledger", "zhenggaiban", "/inspections/demo/ledger/", DESK),
    ("queue", "zhenggaiban", "/signoffs/", DESK),
    ("wall", "dangzu", "/inspections/demo/screen/", WALL),
]


def logged_in(browser: Browser, address: str, name: str, password: str) -> Page:
    page = browser.new_context(base_url=address, locale="zh-CN").new_page()
    page.goto("/login/")
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(password)
    page.locator("main button[type=submit]").first.click()
    page.locator("#content").wait_for()
    return page


def main(address: str, data: str) -> None:
    kept = json.loads((Path(data) / "sample-logins.json").read_text(encoding="utf-8"))
    passwords = {each["username"]: each["password"] for each in kept}
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, who, path, size in PICTURES:
            page = logged_in(browser, address, who, passwords[who])
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto(path, wait_until="networkidle")
            page.screenshot(path=OUT / f"{name}.png")
            print(f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
