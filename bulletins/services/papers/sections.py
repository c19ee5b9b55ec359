"""The seven parts of a bulletin, made once of its content: page, Word, PDF and Excel show these and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bulletins.services.papers.wording import (
    CONCLUSIONS,
    FIRST,
    GROUNDS,
    LIGHT_RULE,
    NO_RATE,
    NO_REQUEST,
    TIE_RULE,
    change_words,
    course_words,
    day_words,
    end_of,
    light_words,
    next_week_words,
    points_words,
    rank_words,
    rate_words,
    span_words,
    week_name,
)
from signoffs.queries.figures import IssueCounts, MeasureCounts


@dataclass(frozen=True)
class Rate:
    """A rate with both of its numbers."""

    done: int
    of: int

    def __str__(self) -> str:
        return rate_words(self.done, self.of)


Cell = str | int | Rate
MANY_COLUMNS = 9


@dataclass(frozen=True)
class GridColumn:
    """A column of a table: its heading, its share of the width, and whether it holds figures."""

    name: str
    width: float
    is_figure: bool = False


@dataclass(frozen=True)
class Grid:
    """A table with its caption; `missing` is said in its place where it has no rows. `strong` rows are sums."""

    key: str
    caption: str
    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    missing: str = ""
    note: str = ""
    strong: frozenset[int] = frozenset()

    @property
    def is_wide(self) -> bool:
        """Whether it has so many columns that it is set in the smaller size."""
        return len(self.columns) >= MANY_COLUMNS

    @property
    def page_rows(self) -> list[tuple[bool, list[tuple[bool, str]]]]:
        """The rows for a page: whether it is a sum, and each cell with whether it is a figure."""
        return [
            (place in self.strong, [(c.is_figure, str(cell)) for c, cell in zip(self.columns, row, strict=True)])
            for place, row in enumerate(self.rows)
        ]


@dataclass(frozen=True)
class Section:
    """One part: its heading, paragraphs, tables, and paragraphs of the office behind them (field, words)."""

    key: str
    heading: str
    lines: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    missing: str = ""


LEVELS: dict[str, type[IssueCounts | MeasureCounts]] = {"issues": IssueCounts, "measures": MeasureCounts}
FIGURES = ("counted", "done", "this_week", "basically_done", "under_review", "in_progress", "planned", "overdue")
FIGURE_NAMES = ("应整改", "已销号", "其中本周", "基本完成", "待审核", "正在整改", "未启动", "逾期")
FIGURE_COLUMNS = tuple(GridColumn(name, 1.0, True) for name in FIGURE_NAMES)
RATE_COLUMNS = (GridColumn("完成率", 1.25, True), GridColumn("较上周（百分点）", 1.4, True))
NUMBER, CODE = GridColumn("序号", 1.0, True), GridColumn("编号", 2.0)
MEASURE, UNIT, LEADER = GridColumn("整改措施", 5.6), GridColumn("牵头单位", 2.1), GridColumn("责任领导", 1.9)
DEADLINE = GridColumn("整改时限", 1.7)


def sections_of(
    content: Mapping[str, Any], texts: Mapping[str, str], *, for_public: bool = False
) -> tuple[Section, ...]:
    """Return the parts of the bulletin; the public one names no people and gives no reasons."""
    lists = _Lists(content, for_public)
    return (
        Section("overall", "一、总体情况", _opening(content), _overall(content), _texts(texts, "opening")),
        Section("units", "二、各单位整改进展排名", (), (_units(content),)),
        Section("signed_off", "三、本周销号情况", (), lists.signed_off()),
        Section("overdue", "四、逾期情况", (), (lists.overdue(),)),
        Section("returned", "五、退回情况", (), (lists.returned(),)),
        Section("due", "六、下周到期情况", (), (lists.due(),)),
        Section("requirements", "七、工作要求", texts=_texts(texts, "requirements", "outlook"), missing=NO_REQUEST),
    )


def _texts(texts: Mapping[str, str], *fields: str) -> tuple[tuple[str, str], ...]:
    return tuple((field, texts[field]) for field in fields)


def _opening(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Say in one paragraph what the tables hold, and of a correction what it corrects."""
    issues, measures = (_figures_of(level, content["overall"][level]) for level in LEVELS)
    cancelled = f"（另有{measures['cancelled']}项措施已取消）" if measures["cancelled"] else ""
    summary = (
        f"本期统计时间为{span_words(content['begins_at'], content['ends_at'])}。"
        f"截至期末，应整改问题{issues['counted']}项、整改措施{measures['counted']}项{cancelled}。"
        f"{_progress('问题', issues)}；{_progress('措施', measures)}。"
    )
    corrected = content.get("corrects")
    if not corrected:
        return (summary,)
    first = (
        f"更正说明：本期更正{corrected['number_year']}年第{corrected['number']}期所载本周情况，原期数字以本期为准。"
        f"更正原因：{end_of(corrected['reason'])}"
    )
    return (first, *_differences(content), summary)


def _differences(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Say which of the totals are others than in the edition that is corrected."""
    names = dict(zip(FIGURES, FIGURE_NAMES, strict=True))
    changes = []
    for level, kind in (("issues", "问题"), ("measures", "措施")):
        old = _figures_of(level, content["corrects"]["overall"][level])
        new = _figures_of(level, content["overall"][level])
        different = [key for key in FIGURES if old[key] != new[key]]
        changes += [f"{kind}{names[key]}由{old[key]}项更正为{new[key]}项" for key in different]
    return (f"总体数字更正如下：{'；'.join(changes)}。",) if changes else ("经重新统计，总体数字与原期一致。",)


def _figures_of(level: str, line: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line of the content under the names that issues and measures share; None for a figure of the other."""
    counts = LEVELS[level].of_row(line)
    names = ("counted", "done", "basically_done", "under_review", "in_progress", "planned", "overdue", "cancelled")
    before = line.get("before")
    return {
        **{name: getattr(counts, name, None) for name in names},
        "this_week": line.get("this_week"),
        "before": _figures_of(level, before) if before else None,
    }


def _progress(kind: str, line: Mapping[str, Any]) -> str:
    rate = (line["done"], line["counted"])
    compared = course_words(points_words(rate, _rate_before(line)))
    done = f"，已销号中基本完成{line['basically_done']}项" if line["basically_done"] else ""
    return (
        f"{kind}已销号{line['done']}项（本周新增{line['this_week']}项{done}），完成率{rate_words(*rate)}{compared}，"
        f"待审核{line['under_review']}项，正在整改{line['in_progress']}项，未启动{line['planned']}项，"
        f"其中逾期{line['overdue']}项"
    )


def _rate_before(line: Mapping[str, Any]) -> tuple[int, int] | None:
    before = line["before"]
    return (before["done"], before["counted"]) if before else None


def _cells(line: Mapping[str, Any]) -> tuple[Cell, ...]:
    rate = (line["done"], line["counted"])
    counts = (NO_RATE if line[key] is None else line[key] for key in FIGURES)
    return (*counts, Rate(*rate), points_words(rate, _rate_before(line)))


def _changes(line: Mapping[str, Any]) -> tuple[Cell, ...]:
    """The row below the totals: each figure against last week; what was done this week is a change already."""
    before = line["before"] or {}
    counts = ("" if key == "this_week" else change_words(line[key], before.get(key)) for key in FIGURES)
    return (*counts, "", "")


def _overall(content: Mapping[str, Any]) -> tuple[Grid, ...]:
    first = GridColumn("方面", 2.6)
    areas = content["areas"] if len(content["areas"]) > 1 else []
    return tuple(
        Grid(
            f"overall_{level}",
            f"表{number}　{kind}整改进展（单位：项）",
            (first, *FIGURE_COLUMNS, *RATE_COLUMNS),
            (
                *((area["title"], *_cells(_figures_of(level, area[level]))) for area in areas),
                ("合计", *_cells(whole)),
                ("较上周", *_changes(whole)),
            ),
            note=note,
            strong=frozenset({len(areas)}),
        )
        for number, (level, kind, note) in enumerate(
            (
                ("issues", "问题", "逾期指有逾期措施的问题，包含在正在整改、未启动之中，不另计；较上周为完成率之差。"),
                ("measures", "措施", "逾期措施包含在正在整改、未启动之中，不另计；措施不设“基本完成”。"),
            ),
            1,
        )
        for whole in [_figures_of(level, content["overall"][level])]
    )


def _units(content: Mapping[str, Any]) -> Grid:
    columns = (
        GridColumn("名次", 1.0, True),
        GridColumn("单位", 3.6),
        GridColumn("应整改", 1.2, True),
        GridColumn("已销号", 1.2, True),
        GridColumn("完成率", 1.4, True),
        GridColumn("较上周（百分点）", 1.9, True),
        GridColumn("逾期", 1.0, True),
        GridColumn("亮灯", 2.2),
        GridColumn("名次变化", 1.8, True),
    )
    rows = tuple(
        (
            unit["rank"] or NO_RATE,
            unit["name"] or "未明确单位",
            line["counted"],
            line["done"],
            Rate(line["done"], line["counted"]),
            points_words((line["done"], line["counted"]), _rate_before(line)),
            line["overdue"],
            light_words(unit["light"], content["lights"]),
            rank_words(unit["rank"], unit["rank_before"]) if content["has_before"] else FIRST,
        )
        for unit in content["units"]
        for line in [_figures_of("measures", unit)]
    )
    rule = LIGHT_RULE.format(days=content["due_soon_days"], **content["lights"])
    return Grid("units", "表3　牵头单位措施完成情况", columns, rows, "本期没有单位承担整改措施。", f"{TIE_RULE}{rule}")


def course_of(content: Mapping[str, Any]) -> Grid:
    """Return the figures of the weeks up to this one, which a chart draws as lines."""
    names = ("问题应整改", "问题已销号", "问题完成率", "措施应整改", "措施已销号", "措施完成率")
    rows = tuple(
        (week_name(week["year"], week["week"]), *(cell for level in LEVELS for cell in _done(level, week[level])))
        for week in content["course"]
    )
    columns = (GridColumn("周次", 2.4), *(GridColumn(name, 1.8, True) for name in names))
    return Grid("course", "历周整改进展（单位：项）", columns, rows)


def _done(level: str, line: Mapping[str, Any]) -> tuple[Cell, ...]:
    counts = LEVELS[level].of_row(line)
    return counts.counted, counts.done, Rate(counts.done, counts.counted)


class _Lists:
    """The lists of single measures and issues; a public one has neither leaders nor reasons."""

    def __init__(self, content: Mapping[str, Any], for_public: bool) -> None:
        self.content, self.for_public = content, for_public

    def grid(self, key: str, caption: str, columns: tuple[GridColumn, ...], missing: str) -> Grid:
        """Return the list `key` of the content as a table, and say how many of it are not listed."""
        visible = [column for column in columns if not (self.for_public and column.name in HIDDEN)]
        rows = [
            (number, *(_cell(row, column, self.content) for column in visible))
            for number, row in enumerate(self.content[key], 1)
        ]
        hidden = self.content["unlisted"][key]
        note = f"另有{hidden}项按规定不在本通报列示，已计入总数。" if hidden else ""
        return Grid(key, caption, (NUMBER, *visible), tuple(rows), "" if hidden else missing, note)

    def signed_off(self) -> tuple[Grid, ...]:
        day = GridColumn("销号日期", 1.7)
        return (
            self.grid("signed_off", "（一）措施销号", (CODE, MEASURE, UNIT, LEADER, day), "本周没有措施销号。"),
            self.grid(
                "closed",
                "（二）问题销号",
                (CODE, GridColumn("具体问题", 5.0), UNIT, LEADER, GridColumn("结论", 1.9), day),
                "本周没有问题销号。",
            ),
        )

    def overdue(self) -> Grid:
        columns = (CODE, MEASURE, UNIT, LEADER, DEADLINE, GridColumn("逾期天数", 1.1, True))
        return self.grid("overdue", "逾期措施（以期末当日计）", columns, "期末没有逾期措施。")

    def returned(self) -> Grid:
        subject = GridColumn("措施或问题", 4.4)
        columns = (
            CODE,
            subject,
            UNIT,
            GridColumn("退回情形", 1.6),
            GridColumn("退回原因", 4.0),
            GridColumn("退回日期", 1.7),
        )
        return self.grid("returned", "本周退回的销号申请", columns, "本周没有退回的销号申请。")

    def due(self) -> Grid:
        days = next_week_words(tuple(self.content["next_days"]), self.content["day"])
        columns = (CODE, MEASURE, UNIT, LEADER, DEADLINE)
        return self.grid("due", f"{days}到期、尚未申请销号的措施", columns, f"{days}没有到期措施。")


HIDDEN = frozenset({"责任领导", "退回原因"})
"""Columns that the public does not get."""
FIELDS = {
    "编号": "code",
    "整改措施": "text",
    "具体问题": "text",
    "措施或问题": "text",
    "牵头单位": "unit",
    "责任领导": "leader",
    "逾期天数": "days",
    "退回原因": "reason",
}
"""Column → the field of a row that it shows unchanged."""


def _cell(row: Mapping[str, Any], column: GridColumn, content: Mapping[str, Any]) -> Cell:
    if column.name in FIELDS:
        value: Cell = row[FIELDS[column.name]]
        return value if value != "" else NO_RATE
    if column.name == "结论":
        words = CONCLUSIONS.get(row["completion"], NO_RATE)
        return f"{words}，需长期坚持" if row["is_sustained"] else words
    if column.name == "退回情形":
        return GROUNDS.get(row["ground"], row["ground"])
    return day_words(row["deadline"] if column is DEADLINE else row["on"], content["day"])
