"""The sample inspection: its plan, its bureau, its history, and the command that loads it."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Unit, User
from audit.models import Event
from issues.models import Inspection, Issue
from issues.queries import working_calendar
from measures.models import Measure, ProgressReport
from readers.notice.summary import issues_of
from readers.tree import IssueNode, MeasureNode
from rectify.demo import sample
from rectify.demo.history import read_history
from rectify.demo.organisation import read_organisation
from rectify.demo.plan import read_plan
from rectify.demo.sample import HERE, first_monday, load_sample
from tests.factories import unit

NOTICE = Path(django_settings.BASE_DIR).parent / "shared/notices/xuchang-2021.txt"
WEDNESDAY = date(2025, 6, 11)
MONDAY = date(2026, 9, 21)
pytestmark = pytest.mark.once
SMALL = """\
# 方面
## 类
### 问题
(1) [长期] 水箱没有人清洗。
    目标：有人清洗。
    责任：局长 | 供水管理处 | 专班
  - 每季度清洗一次。
    D+4 | 分阶段 | 建章立制、举一反三 | 配合 财务科、人事科 | 责任人 处长 | 领导 副局长
    * D+2 订出办法
"""


def test_a_plan_is_read_as_it_was_written() -> None:
    issue = read_plan(SMALL, start=MONDAY).areas[0].categories[0].problems[0].issues[0]
    assert (issue.code, issue.number, issue.is_sustained, issue.goal) == ("1-1-1-01", "(1)", True, "有人清洗。")
    (measure,) = issue.measures
    assert (measure.leader, measure.lead_unit, measure.values["handler"]) == ("副局长", "供水管理处", "处长")
    assert measure.supporting_units == ["财务科", "人事科"]
    assert (measure.mode, measure.values["kinds"]) == ("staged", ["rule_making", "extension"])
    assert (measure.deadline, measure.milestones[0].due_on) == (date(2026, 9, 25), date(2026, 9, 23))


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("## 类", "** 类", "line 2: not a line of a plan"),
        ("(1) ", "(2) ", "line 4: issue \\(1\\) was expected here"),
        ("### 问题\n", "", "line 3: no problem heading above"),
        ("目标：有人清洗。", "", "line 4: the issue lacks its goal"),
        ("局长 | 供水管理处 | 专班", "局长 | 供水管理处", "line 6: expected leader"),
        ("  - 每季度清洗一次。\n", "", "line 7: no measure above"),
        ("D+4 |", "D+5 |", "line 8: D\\+5 falls on a weekend"),
        ("举一反三", "举一反五", "line 8: unknown word: '举一反五'"),
        ("| 分阶段 ", "", "line 7: the measure lacks its mode"),
        ("    * D+2 订出办法\n", "", "line 7: the measure is staged and has no milestone"),
    ],
)
def test_a_wrong_line_of_a_plan_is_named(right: str, wrong: str, told: str) -> None:
    assert right in SMALL
    with pytest.raises(ValueError, match=told):
        read_plan(SMALL.replace(right, wrong), start=MONDAY)


def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _issues() -> list[IssueNode]:
    return list(issues_of(read_plan(_text("plan.txt"), start=MONDAY)))


def _measures() -> Iterator[MeasureNode]:
    return (measure for issue in _issues() for measure in issue.measures)


def test_the_plan_has_the_figures_of_the_notice_that_the_program_was_made_for() -> None:
    areas = read_plan(_text("plan.txt"), start=MONDAY).areas
    categories = [category for area in areas for category in area.categories]
    problems = [problem for category in categories for problem in category.problems]
    issues = _issues()
    assert (len(areas), len(categories), len(problems), len(issues)) == (3, 10, 29, 79)
    assert sum(issue.is_sustained for issue in issues) == 50
    assert len(list(_measures())) == 242
    assert len({issue.task_force for issue in issues}) == 4


def test_no_text_of_the_plan_and_no_report_is_said_twice() -> None:
    texts = [issue.text for issue in _issues()] + [issue.goal for issue in _issues()]
    texts += [measure.text for measure in _measures()]
    said = [entry for entry in read_history(_text("history.txt")) if entry.verb != "accept_application"]
    texts += [entry.words for entry in said if entry.words]  # an office accepts with the same words
    assert [text for text, count in Counter(texts).items() if count > 1] == []
    assert [text for measure in _measures() if not 24 <= len(text := measure.text) <= 95] == []


def test_staged_work_shows_results_within_the_concentrated_period() -> None:
    end = MONDAY + timedelta(days=sample.PERIOD)
    staged = [measure for measure in _measures() if measure.mode == "staged"]
    assert len(staged) >= 40
    assert [m.line for m in staged if not any(MONDAY <= stage.due_on <= end for stage in m.milestones)] == []
    assert [m.line for m in staged if any(stage.due_on > (m.deadline or end) for stage in m.milestones)] == []


def test_the_sample_names_nobody_of_a_real_notice_and_borrows_no_sentence() -> None:
    text = "".join(_text(name) for name in ("plan.txt", "organisation.txt", "history.txt"))
    assert re.findall("许昌|河南|城管|城市管理局|绣花|刘静|第十巡察组", text) == []
    if not NOTICE.exists():
        pytest.skip("the real notice is not beside the project (../shared/notices)")

    def runs(words: str) -> set[str]:
        letters = "".join(re.findall("[\u4e00-\u9fff]", words))
        return {letters[at : at + 14] for at in range(len(letters) - 13)}

    assert runs(text) & runs(NOTICE.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("D+1 | start_measures | 1-1-1-01-01", "expected D\\+day"),
        ("1 | start_measure | 1-1-1-01-01", "expected D\\+day"),
        ("D+1 | start_measure | all", "expected D\\+day"),
        ("D+5 | start_measure | 1-1-1-01-01", "D\\+5 falls on a weekend"),
        ("D+1 | report_progress | 1-1-1-01-01 |", "report_progress needs words"),
        ("D+1 | report_progress | 1-1-1-01-01 | done | reach=1", "no such option: reach=1"),
        ("D+1 | report_progress | 1-1-1-01-01 | done | reached=x", "no such option: reached=x"),
        ("D+1 | request_extension | 1-1-1-01-01 | why", "needs the option days"),
        ("D+1 | return_application | 1-1-1-01-01 | why", "needs the option ground"),
        ("D+1 | return_application | 1-1-1-01-01 | why | ground=mood", "no such option: ground=mood"),
        ("D+1 | apply_for_sign_off | 1-1-1-01-01", "needs words"),
    ],
)
def test_a_wrong_line_of_a_history_is_named(line: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"line 3: .*{told}"):
        read_history(f"# a remark\n\n{line}\n")


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("# 人员", "# 人", "unknown name '# 人'"),
        ("# 单位", "// 单位", "line 2: no heading above"),
        ("甲 | jia | 科 | 经办人", "甲 | jia | 处 | 经办人", "line 5: unknown name '处'"),
        ("甲 | jia | 科 | 经办人", "甲 | jia | 科 | 主任", "line 5: unknown name '主任'"),
        ("科 | 经办人 | 登录", "科", "line 5: expected 4 to 5 fields"),
        ("| 登录", "| 是", "line 5: expected '登录'"),
        ("专班 | 甲 | 甲", "专班 | 甲 | 乙", "line 7: unknown name '乙'"),
        ("局 | 甲", "局 | 乙", "the leader of 局 is not among the people"),
    ],
)
def test_a_wrong_line_of_a_bureau_is_named(right: str, wrong: str, told: str) -> None:
    text = "# 单位\n局 | 甲\n  科\n# 人员\n甲 | jia | 科 | 经办人 | 登录\n# 专班\n专班 | 甲 | 甲\n"
    assert right in text
    assert [person.logs_in for person in read_organisation(text).people] == [True]
    with pytest.raises(ValueError, match=told):
        read_organisation(text.replace(right, wrong))


@pytest.mark.django_db
def test_the_command_tells_how_the_sample_stands_and_a_second_time_nothing_changes() -> None:
    first, second = StringIO(), StringIO()
    call_command("demo", "--as-of", str(WEDNESDAY), stdout=first)
    states = "planned 56, in progress 74, under review 18, signed off 92, cancelled 2"
    assert f"2025-06-11: 79 issues, 242 measures ({states}); 12 overdue, " in first.getvalue()
    kept = django_settings.DATA_DIR / "sample-logins.json"
    before, events = kept.read_text(encoding="utf-8"), Event.objects.count()
    call_command("demo", "--as-of", str(WEDNESDAY + timedelta(days=30)), stdout=second)
    assert "nothing was changed" in second.getvalue()
    assert (Event.objects.count(), Measure.objects.count()) == (events, 242)
    assert kept.read_text(encoding="utf-8") == before, "the passwords stay"


# Days of several years and weekdays; the first lies behind the Spring Festival, the second behind a week of holidays.
@pytest.mark.django_db
@pytest.mark.parametrize("as_of", [date(2025, 2, 9), date(2025, 10, 10), date(2019, 12, 30)], ids=str)
def test_the_figures_are_those_of_the_tenth_week_whatever_the_date(as_of: date) -> None:
    load_sample(as_of=as_of)
    states = Counter(Measure.objects.values_list("status", flat=True))
    assert states == {"planned": 56, "in_progress": 74, "submitted": 18, "signed_off": 92, "cancelled": 2}
    assert 8 <= Measure.objects.overdue(as_of).count() <= 16
    assert Measure.objects.overdue(as_of).values("lead_unit").distinct().count() >= 8
    assert 15 <= Measure.objects.due_within(as_of, 10).count() <= 45
    assert Issue.objects.filter(status="rectified").count() == 5
    assert Issue.objects.filter(status="awaiting_closure").count() == 3
    calendar = working_calendar()
    days = {timezone.localdate(at) for at in ProgressReport.objects.values_list("at", flat=True)}
    assert [day for day in days if not calendar.is_working_day(day)] == []
    assert max(days) < as_of


def test_every_day_of_a_week_has_the_same_first_monday() -> None:
    assert {first_monday(MONDAY + timedelta(days=day)) for day in range(7)} == {MONDAY - timedelta(weeks=9)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        ("history.txt", "D+1 | start_measure | 9-9-9-99-99", "start_measure 9-9-9-99-99: Measure matching"),
        ("history.txt", "D+1 | start_measure | 1-1-1-01-01", "This step is not possible"),
        ("history.txt", "D+1 | report_progress | 1-1-1-01-01 | 已办 | reached=7", "Milestone matching"),
        (
            "history.txt",
            "D+60 | return_application | 1-1-1-01-02 | 已经审定过了，不能再退回 | ground=other",
            "no application",
        ),
        ("history.txt", "D+60 | add_evidence | 1-1-1-01-03 | 材料.exe", "材料.exe"),
        ("plan.txt", "  - 没有人认识这个单位。\n    D+84 | 限期 | 单位 无名处", "无名处"),
    ],
)
def test_what_does_not_fit_leaves_nothing_behind(file: str, line: str, told: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(sample, "_text", lambda name: _text(name) + (f"\n{line}\n" if name == file else ""))
    with pytest.raises(ValueError, match=told):
        load_sample(as_of=WEDNESDAY)
    assert [model.objects.count() for model in (Inspection, Unit, User, Measure, Event)] == [0, 0, 0, 0, 0]
    assert not (django_settings.DATA_DIR / "sample-logins.json").exists()
    assert [path for path in (django_settings.DATA_DIR / "files").rglob("*") if path.is_file()] == []


@pytest.mark.django_db
def test_where_the_passwords_cannot_be_kept_nothing_is_loaded(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "a-file"
    settings.DATA_DIR.write_text("in the way")
    with pytest.raises(OSError, match="a-file"):
        load_sample(as_of=WEDNESDAY)
    assert (Inspection.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_real_unit_of_the_same_name_is_left_alone() -> None:
    unit("青沅市水务局")
    errors = StringIO()
    with pytest.raises(SystemExit) as refused:
        call_command("demo", "--as-of", str(WEDNESDAY), stderr=errors)
    assert refused.value.code == 1
    assert "already taken: 青沅市水务局" in errors.getvalue()
    assert Inspection.objects.count() == 0


@pytest.mark.django_db
def test_a_day_that_has_not_come_is_refused() -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    errors = StringIO()
    with pytest.raises(SystemExit) as refused:
        call_command("demo", "--as-of", str(tomorrow), stderr=errors)
    assert refused.value.code == 1
    assert "has not come yet" in errors.getvalue()


@pytest.mark.parametrize("wrong", ["tomorrow", "2025-02-30", "0001-01-01", ""])
def test_what_is_no_date_is_told_and_ends_with_2(wrong: str, tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "demo", f"--as-of={wrong}"]
    environment = {"DATA_DIR": str(tmp_path), "LANGUAGE_CODE": "en", "PATH": "/usr/bin:/bin"}
    told = subprocess.run(command, cwd=django_settings.BASE_DIR, env=environment, capture_output=True, text=True)
    assert told.returncode == 2, told.stderr
    assert "is not a date" in told.stderr
    assert list(tmp_path.glob("*.sqlite3")) == []
