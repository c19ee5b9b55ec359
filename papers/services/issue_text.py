"""The account of an issue (落实情况): its reports as one text, marked so that a reader tells them apart again."""

import re
from collections.abc import Sequence

from issues.models import Issue
from measures.models import Measure
from readers.notice.fullwidth import half_width
from readers.notice.layouts import FOUR_LEVELS
from readers.notice.parser import find_level
from readers.notice.reports import numeral, split_reports
from readers.notice.sentences import is_ended

STATUS = "落实情况："
CONCLUSIONS = {
    Issue.Completion.DONE: "目前该问题已整改",
    Issue.Completion.BASICALLY_DONE: "目前该问题已基本完成整改",
    Issue.Completion.NOT_DONE: "目前该问题正在整改",
}
SUSTAINED = "，需长期坚持"
INNER = re.compile(r"(?:(?<=^)|(?<=[。；！？：，,;:!?\n”’》）」』)]))([一二三四五六七八九十]{1,3})是")
RING = 0x2460


def status_line(completion: str, *, is_sustained: bool, claimed: str = "") -> str:
    """Return the line that says how far an issue is; what a source printed is kept where it says the same."""
    if claimed and FOUR_LEVELS.status.match(half_width(claimed)):
        return one_line(claimed)
    words = CONCLUSIONS[Issue.Completion(completion or Issue.Completion.NOT_DONE)]
    return f"{STATUS}{words}{SUSTAINED if is_sustained else ''}。"


def one_line(text: str) -> str:
    """Return a text as one paragraph: lines that ended no sentence go on, the others follow."""
    joined = ""
    for line in (line.strip() for line in text.splitlines()):
        joined += line
    return joined


def sentence(text: str) -> str:
    """Return a text as one paragraph that ends as a sentence does."""
    line = one_line(text)
    return line if not line or is_ended(half_width(line)) else f"{line.rstrip('，、,')}。"


def account_of(texts: Sequence[str], *, before: str = "", after: str = "") -> str:
    """Return the paragraphs of an account: reports counted 一是, 二是 …, a lone one without; then what follows.

    A report that counts something of its own is given other numbers within, so that no reader takes its parts for
    reports.
    """
    reports = [sentence(text) for text in texts if text.strip()]
    before = one_line(before)  # it may lead into the first report in the middle of a sentence
    body = _marked(before, reports)
    if not _is_distinct(body, before, reports):
        reports = [_renumbered(report) for report in reports]
        body = _marked(sentence(before), reports)
    return "\n".join(filter(None, [body, *(sentence(line) for line in after.splitlines())]))


def _marked(before: str, reports: Sequence[str]) -> str:
    if not reports:
        return sentence(before)
    if len(reports) == 1 and not before and not _looks_like_more(reports[0]):
        return reports[0]
    return before + "".join(f"{numeral(number)}是{report}" for number, report in enumerate(reports, 1))


def _looks_like_more(report: str) -> bool:
    """Return whether a report begins as a heading, a status or a section of the paper does."""
    plain = half_width(report)
    starts = (FOUR_LEVELS.status, FOUR_LEVELS.section, FOUR_LEVELS.closing, FOUR_LEVELS.outlook)
    return bool(find_level(FOUR_LEVELS, plain)) or any(start.match(plain) for start in starts)


def _is_distinct(body: str, before: str, reports: Sequence[str]) -> bool:
    read = split_reports(body, half_width(body))
    return (read.before, read.texts) == (before, list(reports)) or not reports


def _renumbered(report: str) -> str:
    """Write ① for 一是 and so on within a report."""
    digits = {numeral(number): chr(RING + number - 1) for number in range(1, 21)}
    return INNER.sub(lambda match: digits.get(match[1], match[0]), report)


def text_of_measure(measure: Measure, *, statement: str, report: str) -> str:
    """Return what may be said of a measure: what was done where it is signed off, else how far it is.

    `statement` is that of its accepted application, `report` its latest progress report.
    """
    text = sentence(measure.text)
    if measure.status == Measure.Status.SIGNED_OFF:
        return _with(text, statement or report)
    if measure.status == Measure.Status.CANCELLED:
        return f"原定措施“{text.rstrip('。')}”经研究取消，原因：{sentence(measure.cancellation_reason)}"
    if measure.status == Measure.Status.PLANNED:
        return f"{text.rstrip('。')}（尚未启动）。"
    return _with(text, f"目前进展：{report}") if report else f"{text.rstrip('。')}（正在推进）。"


def _with(text: str, addition: str) -> str:
    addition = sentence(addition)
    return addition if addition.startswith(text.rstrip("。")) else text + addition
