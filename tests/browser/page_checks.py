"""What a person would see to be wrong with a page, found by looking at it as the browser has drawn it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
WIDTHS = (WIDE, NARROW)

CHINESE = re.compile(r"[\u3400-\u9fff]+")
ENGLISH = re.compile(r"[A-Za-z][A-Za-z'_-]+")
NAMES = {"rectify", "Word", "Excel", "PDF", "docx", "txt", "html", "pdf", "xlsx", "MB", "KB", "English", "verify_audit"}
NAMES |= {"SHA-", "PNG", "png", "GIF", "JPEG", "TIFF", "WebP", "MP", "OFD", "WPS", "wps", "et", "dps", "zip"}
NAMES |= {"doc", "xls", "ppt", "pptx"}
NAMES |= {"round-", "report-"}  # samples: the code of an inspection, the name of a file
"""What stays English on a Chinese page: the product, kinds of files, the switch of languages, a command."""

# Sizes are those after layout, so this is what is drawn. Fields scroll what is typed; these are cut on purpose, with
# the whole text one click away.
LAYOUT = """() => {
  const meant = ".breadcrumb-line li, .inspection-name, .visually-hidden, input, svg, svg *";
  const cut = [...document.querySelectorAll("body *")].filter(element => {
    const style = getComputedStyle(element);
    const hides = value => value === "hidden" || value === "clip";
    const wide = hides(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
    const high = hides(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
    return (wide || high) && element.clientWidth > 1 && !element.closest(meant);
  });
  const root = document.documentElement;
  const beyond = [...document.querySelectorAll("body *")].filter(element =>
    element.getBoundingClientRect().right > root.clientWidth + 1 && element.getBoundingClientRect().width > 1
    && getComputedStyle(element).visibility !== "hidden");
  const name = element => element.tagName.toLowerCase() + (element.className.baseVal ?? "." + element.className)
    + " " + element.textContent.trim().slice(0, 12);
  return {width: root.scrollWidth, shown: root.clientWidth, cut: cut.map(name), beyond: beyond.map(name).slice(0, 4)};
}"""

# All words, also those of folded parts and those that only a screen reader says.
WORDS = """() => {
  const words = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest("script, style, noscript")) { words.push(walker.currentNode.data); }
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "data-label"]) {
    document.querySelectorAll(`[${name}]`).forEach(element => words.push(element.getAttribute(name)));
  }
  return words.map(word => word.trim()).filter(Boolean);
}"""


# WCAG 2.2 A and AA, whatever weight axe gives to a finding. The size of targets is off in axe unless asked for.
AXE = Axe().axe_script
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
UNFOLD = "document.querySelectorAll('details:not(.drop-menu)').forEach(folded => { folded.open = true; })"


def hindrances(page: Page, within: str = "html") -> list[str]:
    """What axe finds on the page or a part of it as it is shown, each with the first places and what would mend it."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("async ([part, rules]) => (await axe.run(part, rules)).violations", [within, RULES])
    width = page.evaluate("innerWidth")
    return [f"{page.url} at {width}: {_hindrance(rule)}" for rule in found]


def _hindrance(rule: dict[str, Any]) -> str:
    places = [node["target"] for node in rule["nodes"][:3]]
    return f"{rule['id']} at {len(rule['nodes'])} places, {places} {rule['nodes'][0]['failureSummary']}"


def hindrances_at_both_widths(page: Page, within: str = "html") -> list[str]:
    """Wide as the page comes, then narrow with everything unfolded that is folded at first."""
    found = []
    for size in WIDTHS:
        page.set_viewport_size(dict(size))
        found += hindrances(page, within)
        page.evaluate(UNFOLD)
    page.set_viewport_size(dict(WIDE))
    return found


@dataclass
class Watch:
    """A window, and everything that went wrong in it without a word to the person."""

    page: Page
    server: str
    faults: list[str] = field(default_factory=list)
    expected: int = 200
    widths: tuple[dict[str, int], ...] = WIDTHS

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._note(f"script error: {error}"))
        self.page.on("request", self._request)
        self.page.add_init_script(
            "addEventListener('securitypolicyviolation', event =>"
            " console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))"
        )

    def _note(self, fault: str) -> None:
        self.faults.append(f"{self.page.url.removeprefix(self.server)}: {fault}")

    def _console(self, message: ConsoleMessage) -> None:
        """Chromium itself remarks that a page is a 404; where a 404 was asked for, that is no fault.

        Nor is its remark that a field which asks for the focus comes second: the admin's script gave it that focus.
        """
        if message.text.startswith("Autofocus processing was blocked"):
            return
        if not (self.expected >= 400 and f"status of {self.expected}" in message.text):
            self._note(f"console says: {message.text}")

    def _request(self, request: Request) -> None:
        # A browser's own reader of PDF is a page of the browser; it comes with it and asks nobody.
        if not request.url.startswith((f"{self.server}/", "data:", "chrome://", "chrome-extension://")):
            self._note(f"asks elsewhere: {request.url}")

    def told(self) -> str:
        return "\n".join(dict.fromkeys(self.faults))

    def visit(self, address: str, *, status: int = 200) -> None:
        self.expected = status
        response = self.page.goto(address)
        if response is None or response.status != status:
            self._note(f"answers {response and response.status} to {address}, not {status}")
        self.look()

    def log_in(self, username: str, password: str = "secret") -> None:
        """As a person does: by the form, then on to the first page."""
        self.visit("/login/")
        self.page.locator("#id_username").fill(username)
        self.page.locator("#id_password").fill(password)
        self.page.locator("main button[type=submit]").first.click()
        self.page.locator("#content").wait_for()

    def look(self) -> None:
        """Look at the page at both widths: headings, title, nothing beyond the edge, nothing cut."""
        if (count := self.page.locator("h1").count()) != 1:
            self._note(f"has {count} headings of the first order")
        if not re.search(r"\w.* · rectify$", self.page.title()):
            self._note(f"has the title {self.page.title()!r}")
        for size in self.widths:
            self.page.set_viewport_size(dict(size))
            self._measure(self.page.evaluate(LAYOUT), size["width"])
        self.page.set_viewport_size(dict(WIDE))

    def _measure(self, layout: dict[str, Any], width: int) -> None:
        if layout["width"] > layout["shown"]:
            self._note(f"is {layout['width']} wide at {width}: {layout['beyond']}")
        if layout["cut"]:
            self._note(f"cuts text at {width}: {sorted(set(layout['cut']))}")

    def words(self) -> list[str]:
        return [str(word) for word in self.page.evaluate(WORDS)]

    def read(self, language: str, is_data: Callable[[str], bool]) -> None:
        """Read every word; `is_data` tells what people typed from what the page says."""
        pattern = CHINESE if language == "en" else ENGLISH
        names = {"中文"} if language == "en" else NAMES
        strange = {
            found
            for text in self.words()
            for found in pattern.findall(text)
            if found not in names and not is_data(found)
        }
        if strange:
            self._note(f"says in the wrong language: {sorted(strange)}")
