"""Where the title of a paper breaks: between words, before 关于, after 的; lines of much the same length, none torn."""

import re
from functools import cache

from documents.document_model import POINTS, TEXT_WIDTH, TITLE_SIZE
from documents.text_fit import width_of
from documents.wording import lines_of

ROOM = TEXT_WIDTH * POINTS / TITLE_SIZE
"""Characters of a title in a line."""
_WORDS = """
关于 有关 对于 根据 按照 以及 情况 通报 报告 通知 意见 方案 计划 总结 公告 公示 决定 决议 批复 函复 请示 纪要
办法 规定 细则 制度 清单 台账 措施 周报 简报 月报 快报 专报 汇报 说明 建议书 通知书 审批表 申请表 责任书 印发
转发 报送 公布 发布 下发 巡察 巡视 整改 落实 反馈 问题 进展 进度 工作 任务 目标 责任 重点 集中 长期 专项 治理
整治 检查 督查 督办 督导 督促 监督 考核 评估 验收 销号 回头看 反馈意见 整改方案 整改情况 落实情况 进展情况
完成情况 有关问题 主体责任 监督责任 立行立改 建章立制 举一反三 党组 党委 党总支 党支部 纪委 监委 纪检 监察
纪检监察组 领导小组 工作组 巡察组 巡视组 督导组 专班 办公室 委员会 人民政府 人民代表大会 政治协商会议 常务委员会
省委 市委 县委 区委 工委 省直 市直 县直 区直 机关 单位 部门 直属 所属 下属 中共 中国共产党 城市 管理 综合 行政
执法 财政 税务 教育 卫生 健康 水务 水利 交通 运输 住房 城乡 建设 自然 资源 规划 生态 环境 农业 农村 文化 旅游
民政 公安 司法 人力 社会 保障 市场 应急 退役 军人 事务 审计 统计 医疗 信访 发展 改革 工业 信息化 科技 商务 林业
气象 园林 管理局 执法局 财政局 教育局 水务局 水利局 交通局 住建局 环境局 农业局 民政局 公安局 司法局 审计局
统计局 管委会 有限公司 集团 第一 第二 第三 第四 第五 第六 第七 第八 第九 第十 一轮 二轮 三轮 四轮 五轮 常规 提级
交叉 期间 年度 上半年 下半年 季度 阶段 全市 全县 全区 全省 全局 本级 基层 干部 人员 队伍 组织 人事 财务 项目
资金 资产 安全 生产 作风 廉政 党风 党建 党的 建设 学习 教育 贯彻 执行 推进 加强 进一步 开展 做好 完善 规范 提高
强化 深化 实施 召开 会议 活动 民主 生活会 征求 公开 接受 社会 群众 监督
"""
"""Words of titles, as a dictionary would have them; names are found by how they end."""
KNOWN = frozenset(_WORDS.split())
LONGEST_WORD = max(map(len, KNOWN))
WHOLE = re.compile(
    r"[0-9０-９]+(?:年(?:[0-9]+月(?:[0-9]+日)?)?|月|日|号|期|届|次|轮|级|个|项|条|周|%)?"
    r"|[!-~]+|第[一二三四五六七八九十百0-9]+(?:期|届|次|轮|批|周|号|组)?"
)
PLACES = frozenset("省市区县州盟旗镇乡村局厅委办院校处科部组会司所站队庭馆")
"""A name that no list holds ends with one of these, more likely than anywhere else."""
CLOSING = frozenset("、，。；：！？）》」』”’〕】…·)]},.;:!?%")
OPENING = frozenset("（《「『“‘〔【([{")
FORBIDDEN, TORN, POOR, FAIR, GOOD, BEST = 1e6, 400.0, 60.0, 20.0, 6.0, 0.0


def title_lines(text: str, *, room: float = ROOM) -> list[str]:
    """Return the lines of a title. Its own line ends are kept; a line that is too long is broken between words."""
    return [line for own in lines_of(text) for line in _broken(own, room)]


def _broken(text: str, room: float) -> list[str]:
    """Break one line at the places that cost least: the cost of each place, and how far each line is from the mean."""
    widths = [width_of(character) for character in text]
    if sum(widths) <= room:
        return [text]
    mean = sum(widths) / -(-sum(widths) // room)
    costs = _costs(text)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(float("inf"), 0)] * len(text)
    for end in range(1, len(text) + 1):
        wide = 0.0
        for start in range(end - 1, -1, -1):
            wide += widths[start]
            if wide > room and end - start > 1:
                break
            cost = best[start][0] + costs.get(end, 0.0) + (wide - mean) ** 2
            best[end] = min(best[end], (cost, start))
    lines, end = [], len(text)
    while end:
        start = best[end][1]
        lines.append(text[start:end].strip())
        end = start
    return lines[::-1]


def _costs(text: str) -> dict[int, float]:
    """Return what a break before each place costs."""
    words = _words(text)
    costs, place = {}, 0
    for word, following in zip(words, words[1:], strict=False):
        costs.update({place + inner: _inner(word, inner) for inner in range(1, len(word))})
        place += len(word)
        costs[place] = _between(word, following)
    if words:
        costs.update({place + inner: _inner(words[-1], inner) for inner in range(1, len(words[-1]))})
    return costs


def _inner(word: str, place: int) -> float:
    """Return what it costs to tear a word: a known one, a number or Latin most; a name least after a likely end."""
    if word in KNOWN or WHOLE.fullmatch(word):
        return TORN
    return POOR if word[place - 1] in PLACES and len(word) - place > 1 else TORN / 2


def _between(word: str, following: str) -> float:
    if following[0] in CLOSING or word[-1] in OPENING:
        return FORBIDDEN
    if following == "关于":
        return BEST
    if word[0] == "第":
        return TORN / 2  # 第三 stays with 巡察组, and 市委 rather with both
    if following[0] == "第":
        return POOR
    if word == "关于" or following in {"的", "和", "与", "及", "等"}:
        return POOR
    if word[-1] in CLOSING or word == "的":
        return GOOD
    if following[0] in OPENING:
        return GOOD * 2
    return FAIR if len(word) > 1 and len(following) > 1 else POOR


@cache
def _words(text: str) -> tuple[str, ...]:
    """Cut a text into known words, numbers, marks, and the runs between them."""
    words: list[str] = []
    run, place = "", 0
    while place < len(text):
        word = _word_at(text, place)
        if word:
            words += [run, word]
            run, place = "", place + len(word)
        else:
            run, place = run + text[place], place + 1
    return tuple(word for word in [*words, run] if word)


def _word_at(text: str, place: int) -> str:
    whole = WHOLE.match(text, place)
    if whole:
        return whole[0]
    if text[place] in CLOSING | OPENING or text[place] in "的和与及":
        return text[place]
    return next((word for size in range(LONGEST_WORD, 1, -1) if (word := text[place : place + size]) in KNOWN), "")
