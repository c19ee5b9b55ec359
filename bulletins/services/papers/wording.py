"""The words of the bulletin. Official papers are Chinese, whatever the language of the page."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from bulletins.models import Bulletin
from documents import chinese_date, chinese_moment
from issues.models import OFFICIAL_WORDS, Issue, Light
from signoffs.models import Decision

GROUNDS = {
    Decision.Ground.UNFINISHED: "任务完不成",
    Decision.Ground.WEAK_MEASURE: "措施不过硬",
    Decision.Ground.POOR_QUALITY: "质量上不去",
    Decision.Ground.OTHER: "其他",
}
CONCLUSIONS = {
    Issue.Completion.NOT_DONE: "未完成",
    Issue.Completion.BASICALLY_DONE: "基本完成",
    Issue.Completion.DONE: "已完成",
}
NO_RATE = "—"
SAME = "持平"
FIRST = "首期"
MASTHEAD = "巡察整改周报"
NOT_YET_PUBLISHED = "草稿　尚未发布，不作为正式文件使用"
NO_REQUEST = "本期无专项工作要求。"
SHEETS = {
    "overall_issues": "问题整改进展",
    "overall_measures": "措施整改进展",
    "units": "单位排名",
    "signed_off": "本周措施销号",
    "closed": "本周问题销号",
    "overdue": "逾期措施",
    "returned": "本周退回",
    "due": "下周到期",
    "course": "历周进展",
}
WORDS = "文字说明"
TIE_RULE = (
    "排名按措施完成率由高到低；完成率相同的，逾期少者在前；两项均相同的名次并列，其后名次顺延。"
    "完成率＝已销号÷（全部措施－已取消）。没有整改任务的单位不参加排名。"
)
LIGHT_RULE = (
    "亮灯：有逾期措施亮“{overdue}”；无逾期但有{days}日内到期措施亮“{due_soon}”；"
    "全部销号亮“{signed_off}”；其余亮“{on_course}”。"
)


def party_of(organisation: str) -> str:
    """Return the party group of an organisation as papers name it; one that is a party organisation stays as it is."""
    return organisation if organisation.endswith(("党组", "党委", "党总支", "党支部")) else f"{organisation}党组"


def office_of(organisation: str) -> str:
    """Return the office that edits the bulletin, short enough to share its line with the date."""
    return f"{organisation}巡察整改办公室"


def week_name(year: int, week: int) -> str:
    return f"{year}年第{week}周"


def title_of(content: Mapping[str, Any]) -> str:
    """Return the title of the paper."""
    organisation = content["inspection"]["organisation"]
    return f"{party_of(organisation)}巡察整改进展情况通报（{week_name(content['year'], content['week'])}）"


def number_name(number: int | None) -> str:
    """Return `第3期`; with room to write for a draft."""
    return f"第{number}期" if number else "第　期"


def rate_words(done: int, of: int) -> str:
    """Return a rate as the dashboard writes it: at most one decimal; a dash where nothing counts."""
    return f"{done / of * 100:.1f}".removesuffix(".0") + "%" if of else NO_RATE


def points_words(now: tuple[int, int], before: tuple[int, int] | None) -> str:
    """Return how a rate changed in percentage points; each rate is (done, of)."""
    if before is None:
        return FIRST
    if not now[1] or not before[1]:
        return NO_RATE
    change = f"{now[0] / now[1] * 100 - before[0] / before[1] * 100:+.1f}"
    return SAME if float(change) == 0 else change.removesuffix(".0")


def course_words(change: str) -> str:
    """Return a change in percentage points as a part of a sentence; nothing where there is none to tell."""
    if change in {FIRST, NO_RATE}:
        return ""
    if change == SAME:
        return "，与上周持平"
    return f"，较上周{'上升' if change.startswith('+') else '下降'}{change[1:]}个百分点"


def change_words(now: int | None, before: int | None) -> str:
    """Return how a count changed against last week."""
    if now is None or before is None:
        return NO_RATE
    return f"{now - before:+d}" if now != before else SAME


def rank_words(rank: int | None, before: int | None) -> str:
    """Return how a rank changed, in words: a smaller number is a rise."""
    if rank is None:
        return NO_RATE
    if before is None:
        return "新列入"
    if rank == before:
        return SAME
    return f"上升{before - rank}位" if rank < before else f"下降{rank - before}位"


def light_words(light: str, names: Mapping[str, str]) -> str:
    """Return a light as its colour's name in the inspection with the word beside it."""
    return f"{names.get(light, '')} {OFFICIAL_WORDS[Light(light)]}".strip() if light else NO_RATE


def day_words(day: str, near: str) -> str:
    """Return `11月6日` for an ISO day in the year of `near`, with its year in another one, a dash for none."""
    if not day:
        return NO_RATE
    written = date.fromisoformat(day)
    return chinese_date(written) if day[:4] != near[:4] else f"{written.month}月{written.day}日"


def end_of(text: str) -> str:
    """Return a text that ends as a sentence does."""
    return text if text.endswith(("。", "！", "？", ".", "!", "?")) else f"{text}。"


def span_words(begins_at: str, ends_at: str) -> str:
    """Return from when to when the week ran."""
    return f"{moment_words(begins_at)}至{moment_words(ends_at)}"


def moment_words(moment: str) -> str:
    return chinese_moment(datetime.fromisoformat(moment))


def date_words(moment: datetime | None) -> str:
    return chinese_date(timezone.localtime(moment).date()) if moment else ""


def next_week_words(days: tuple[str, str], near: str) -> str:
    """Return the Monday and the Sunday of the week that comes."""
    first, last = (day_words(day, near) for day in days)
    return f"{first}（周一）至{last}（周日）"


def audit_reference(chain: str, seq: int | None, digest: str) -> str:
    """Return the line in the foot that ties a paper copy to the trail."""
    return f"操作留痕链 {chain} 第{seq}号　SHA-256：{digest}"


def file_name(bulletin: Bulletin, kind: str) -> str:
    """Return the name of the file: what it is, of whom, which number, which week."""
    organisation = bulletin.content["inspection"]["organisation"]
    number = f"{bulletin.number_year}年第{bulletin.number}期" if bulletin.number else "草稿"
    return f"{MASTHEAD}（{organisation[:60]}，{number}，{week_name(bulletin.year, bulletin.week)}）.{kind}"
