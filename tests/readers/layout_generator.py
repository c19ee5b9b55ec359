"""Random notices in all layouts but `four_levels`: a tree, and the same tree printed with the noise of real papers.

Knows nothing of the reader. What an issue says, its reports and the words around them are those of the generator of
that one; how they are printed is said here from each layout alone.
"""

from dataclasses import dataclass, field

from tests.readers.notice_generator import (
    ABOVE,
    BELOW_TITLE,
    BOTTOM,
    CONCLUSIONS,
    DIGITS,
    Area,
    Category,
    Generator,
    Issue,
    Notice,
    Problem,
)

LAYOUTS = ("three_levels", "two_levels", "one_paragraph", "issue_labels", "part_labels", "task_labels")
SITUATIONS = ("整改情况", "整改进展情况", "整改完成情况")
SHORT_CONCLUSIONS = {"done": ("已完成",), "basically_done": ("基本完成",), "not_done": ("持续整改", "未完成")}
MATTERS = ("学习不深入", "以文件落实文件", "2020年前的欠账", "经费使用不规范", "窗口“中梗阻”", "潩水路工程推进缓慢")
RINGS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫"


@dataclass
class Item(Issue):
    """An issue with what further layouts print of it."""

    goal: str = ""
    marks: list[str] = field(default_factory=list)


class LayoutGenerator(Generator):
    """One random notice of a layout. The same seed gives the same notice."""

    def __init__(self, layout: str, seed: int) -> None:
        super().__init__(seed)
        self.layout = layout
        self.base = self.rng.choice(["three_levels", "two_levels"]) if layout == "one_paragraph" else layout
        self.is_silent = self.base in {"three_levels", "two_levels"}

    def notice(self) -> Notice:
        notice = super().notice()
        if not self.has_areas:
            notice.areas = [Area("", "", self._below_area())]
        if self.layout == "task_labels":
            notice.preamble = ["按照整改工作要求，现将有关情况公示如下。"]
            notice.areas = [Area("", "", [Category("", "", [Problem("", "", [self._item(1)])])])]
        return notice

    def _several(self, make, fewest, most):  # type: ignore[no-untyped-def]
        """Numbers follow one another: here one that does not is a doubt, and has tests of its own."""
        return [make(number) for number in range(1, self.rng.randint(fewest, most) + 1)]

    def _area(self, number: int) -> Area:
        title = f"在“{self._matter()}”方面" + ("。" if self.layout == "one_paragraph" else "")
        return Area(self._wide(f"({DIGITS[number - 1]})"), title, self._below_area())

    def _sentences(self, fewest: int, most: int) -> str:
        """Behind a number, `12、13两个月` would be a decimal to any reader."""
        text = super()._sentences(fewest, most)
        return "对" + text if text.startswith("12、") else text

    def _matter(self) -> str:
        return self.rng.choice(MATTERS)

    def _below_area(self) -> list[Category]:
        if self.base == "three_levels":
            return self._several(self._category, 1, 3)
        return [Category("", "", self._problems())]

    def _problems(self) -> list[Problem]:
        if self.base != "part_labels":
            return [Problem("", "", self._several(self._item, 1, 4))]
        return self._several(self._described, 1, 3)

    def _described(self, number: int) -> Problem:
        marker = f"问题{self.rng.choice([str(number), DIGITS[number - 1]])}"
        return Problem(self._wide(f"{marker}:"), self._matter(), [self._item(1)])

    def _category(self, number: int) -> Category:
        if self.base != "three_levels":
            return Category("", "", self._problems())
        title = f"关于“{self._matter()}”问题的整改{self._end()}"
        return Category(self._wide(f"{number}."), title, [Problem("", "", self._several(self._item, 1, 3))])

    def _end(self) -> str:
        """In one paragraph a title ends with a full stop; in a line of its own it need not."""
        return "。" if self.layout == "one_paragraph" else self.rng.choice(["", "。"])

    def _item(self, number: int) -> Item:
        issue = self._issue(number)
        made = Item(**vars(issue))
        made.number = {
            "three_levels": self._wide(f"({number})"),
            "two_levels": self._wide(f"{number}."),
            "issue_labels": self._wide("反馈问题:"),
            "part_labels": self._wide("问题描述:"),
            "task_labels": self._wide("整改任务:"),
        }[self.base]
        made.text = issue.text if issue.text.endswith("。") else issue.text + "。"
        if self.base == "three_levels":
            made.text = f"关于“{self._matter()}”问题{self._end()}"
        if self.is_silent and self.rng.random() < 0.5:
            made.completion, made.is_sustained = "", False
        if self.base in {"issue_labels", "part_labels", "task_labels"}:
            made.before = self.rng.choice(["", "", "采取以下措施："]) if len(made.reports) > 1 else ""
            made.marks = self._marks(len(made.reports))
        if self.base == "part_labels":
            made.after = self._sentences(1, 2) if self.rng.random() < 0.7 else ""
        elif self.layout not in {"three_levels", "two_levels"}:
            made.after = ""  # nothing would tell it from the last report
        made.goal = self._sentences(1, 2) if self.base == "task_labels" else ""
        return made

    def _marks(self, count: int) -> list[str]:
        """How the reports are counted; a single one need not be."""
        if count == 1 and self.rng.random() < 0.5:
            return [""]
        if self.base == "part_labels" and self.rng.random() < 0.6:
            return list(RINGS[:count])
        sign = {"issue_labels": "({})", "part_labels": "{}.", "task_labels": "{}、"}[self.base]
        return [self._wide(sign.format(number)) for number in range(1, count + 1)]

    def lines(self, notice: Notice) -> list[str]:
        """Print a notice; the lines are without the blank ones."""
        rng = self.rng
        above = rng.sample(ABOVE, rng.randint(0, 2)) + [notice.title] + rng.sample(BELOW_TITLE, rng.randint(0, 1))
        tree = [self._tree_of(area) for area in notice.areas]
        if self.layout == "one_paragraph":
            paragraphs = ["".join(lines) for lines in tree]
            tree = [["".join(paragraphs)] if rng.random() < 0.5 else paragraphs]
        printed = [line for lines in tree for line in lines]
        return above + notice.preamble + printed + notice.closing + rng.sample(BOTTOM, rng.randint(0, 2))

    def _tree_of(self, area: Area) -> list[str]:
        lines = [area.number + area.title] if area.title else []
        for category in area.categories:
            lines += [category.number + category.title] if category.title else []
            for problem in category.problems:
                lines += [problem.number + problem.title] if problem.title else []
                for item in problem.issues:
                    assert isinstance(item, Item)
                    lines += self._item_lines(item)
        return lines

    def _item_lines(self, item: Item) -> list[str]:
        if self.base == "part_labels":
            return self._described_lines(item)
        lines = self._heading_lines(item)
        if item.goal:
            lines += self._labelled("整改目标", item.goal)
        words = self._conclusion(item)
        paragraphs = self._told(item)
        if self.base == "three_levels" and not words and self.layout != "one_paragraph" and self.rng.random() < 0.5:
            return lines + [line for paragraph in paragraphs for line in self._maybe_broken(paragraph)]
        label = self._wide(self._label() + ":")
        is_one_line = self.base == "two_levels" or self.layout == "one_paragraph" or self.rng.random() < 0.3
        if is_one_line or not words and self.base != "task_labels":
            lines.append(f"{label}{words + '。' if words else ''}{paragraphs[0]}")
            paragraphs = paragraphs[1:]
        else:
            lines.append(label + (words + self.rng.choice(["。", ""]) if words else ""))
        return lines + [line for paragraph in paragraphs for line in self._maybe_broken(paragraph)]

    def _label(self) -> str:
        if self.base == "two_levels":
            return self.rng.choice(["整改落实情况", *SITUATIONS])
        return "整改完成情况" if self.base == "task_labels" else self.rng.choice(SITUATIONS)

    def _conclusion(self, item: Item) -> str:
        if not item.completion:
            return ""
        known = SHORT_CONCLUSIONS if self.base == "issue_labels" else CONCLUSIONS
        words = self.rng.choice(known[item.completion])
        return words + (self.rng.choice(["，", ","]) + "需长期坚持" if item.is_sustained else "")

    def _heading_lines(self, item: Item) -> list[str]:
        if self.base in {"three_levels", "two_levels"}:
            return self._maybe_broken(item.number + item.text, shortest=10)
        return self._labelled(item.number, item.text)

    def _labelled(self, label: str, text: str) -> list[str]:
        """A label with its text behind it or in the line below."""
        label = label if label[-1] in ":：" else self._wide(label + ":")
        if self.rng.random() < 0.2:
            return [label, *self._maybe_broken(text)]
        return self._maybe_broken(label + text)

    def _described_lines(self, item: Item) -> list[str]:
        lines = self._labelled(item.number, item.text)
        told = self._told(item)
        label = self._wide("整改措施:")
        if self.rng.random() < 0.4:
            lines += [label, *[line for paragraph in told for line in self._maybe_broken(paragraph)]]
        else:
            lines += self._maybe_broken(label + told[0])
            lines += [line for paragraph in told[1:] for line in self._maybe_broken(paragraph)]
        return [*lines, self._wide("整改成效:") + self._conclusion(item) + "。" + item.after]

    def _told(self, item: Item) -> list[str]:
        """The paragraphs of the reports."""
        if not item.marks:
            return self._paragraphs(item)
        marked = [mark + text for mark, text in zip(item.marks, item.reports, strict=True)]
        marked[0] = item.before + marked[0]
        paragraphs = [marked[0]]
        by_line = self.rng.random()
        for part in marked[1:]:
            if self.rng.random() < by_line:
                paragraphs.append(part)
            else:
                paragraphs[-1] += part
        return paragraphs

    def _maybe_broken(self, line: str, shortest: int = 24) -> list[str]:
        return [line] if self.layout == "one_paragraph" else self._broken(line, shortest=shortest)
