"""A reading as plain figures and a plain tree: the object that `read_notice --json` prints."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from readers.notice.warnings import sentence
from readers.tree import AreaNode, CategoryNode, IssueNode, ProblemNode, Reading


def issues_of(reading: Reading) -> Iterator[IssueNode]:
    """Walk the issues in the order of the source."""
    for area in reading.areas:
        for category in area.categories:
            for problem in category.problems:
                yield from problem.issues


def summary(reading: Reading, say: Callable[[str], str] = str) -> dict[str, Any]:
    """Return counts, tree and what was not understood; levels without a title are not counted. `say` translates."""
    categories = [category for area in reading.areas for category in area.categories]
    problems = [problem for category in categories for problem in category.problems]
    issues = list(issues_of(reading))
    completion = Counter(issue.completion for issue in issues)
    return {
        "title": reading.title,
        "organisation": reading.organisation,
        "layout": reading.layout,
        "areas": sum(1 for area in reading.areas if area.title),
        "categories": sum(1 for category in categories if category.title),
        "problems": sum(1 for problem in problems if problem.title),
        "issues": len(issues),
        "measures": sum(len(issue.measures) for issue in issues),
        "completion": {code: completion[code] for code in ("done", "basically_done", "not_done")},
        "sustained": sum(issue.is_sustained for issue in issues),
        "claimed": reading.claimed,
        "tree": [_area(area) for area in reading.areas],
        "preamble": reading.preamble,
        "closing": reading.closing,
        "furniture": [asdict(line) for line in reading.furniture],
        "unread": [asdict(line) for line in reading.unread],
        "warnings": [{"line": doubt.line, "message": sentence(doubt, say)} for doubt in reading.warnings],
    }


def _area(area: AreaNode) -> dict[str, Any]:
    return {"number": area.number, "title": area.title, "categories": [_category(c) for c in area.categories]}


def _category(category: CategoryNode) -> dict[str, Any]:
    problems = [_problem(problem) for problem in category.problems]
    return {"number": category.number, "title": category.title, "problems": problems}


def _problem(problem: ProblemNode) -> dict[str, Any]:
    return {"number": problem.number, "title": problem.title, "issues": [_issue(issue) for issue in problem.issues]}


def _issue(issue: IssueNode) -> dict[str, Any]:
    return {
        "number": issue.number,
        "code": issue.code,
        "text": issue.text,
        "completion": issue.completion,
        "is_sustained": issue.is_sustained,
        "outcome_before": issue.outcome_before,
        "outcome_after": issue.outcome_after,
        "reports": [measure.text for measure in issue.measures],
    }
