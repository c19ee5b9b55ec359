"""A bureau at work that shows every part of every page, in either language, and the addresses that each role opens."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Unit, User
from accounts.services import create_post
from files.services import store_upload
from imports.services.imports import confirm_import, discard_import, upload_import
from issues.models import Area, CalendarDay, Category, Inspection, Problem
from issues.services import create_task_force
from jobs.models import Job
from jobs.services import enqueue, job_handler
from jobs.tasks import run_job
from measures.models import Extension, Measure
from measures.services import report_progress
from signoffs.models import Application
from tests.browser.review_data import DATA, WORDS, add_reviews, pages_of_reviews
from tests.factories import NOW, Cast, issue, problem
from tests.html_pages import NOTICE

# What people type, in the language of the page: then any word in the other language is the page's own.
CHINESE = {
    "Bureau": "青川市水务局",
    "Another bureau": "青川市城市管理局",
    "Roads": "管网建设科",
    "Parks": "河道管理站",
    "Office": "整改办主任",
    "Group": "党组书记",
    "Leader": "分管管网建设的副局长",
    "Inspector": "巡察组组长",
    "Roads officer": "管网科经办人",
    "Roads head": "管网科科长",
    "Parks officer": "河道站经办人",
    "Auditor": "审计员",
    "Admin": "系统员",
    "Superuser": "总管理员",
    "Stranger": "外单位",
    "Chief": "总工程师",
    "Force": "工程项目专班",
    "Round of inspections": "青川市委第三巡察组对市水务局党组的巡察（整改期）",
    "Area": "落实党中央决策部署和供水安全责任方面",
    "Category": "供水保障有短板，工程项目管理不够严格",
    "Problem": "管网老化，日常巡查养护不到位",
    "Issue": "城东片区管网漏损率连续三年高于全市平均水平，老旧小区改造滞后，群众反映强烈。",
    "Goal": "年底前漏损率降到百分之九以下",
    "Measure": "对城东片区二十六个老旧小区的供水管网逐一排查，建立台账，分批更换，完成一处、验收一处、销号一处。",
    "Stage": "完成第一批小区的更换",
    "Report": "已更换管网12公里，涉及9个小区；监测制度于3月印发。",
    "Reason": "雨季提前，第二批小区无法按期开挖，需要顺延。",
    "Remark": "每月向党组报告一次",
    "notice.txt": "巡察整改进展情况的通报.txt",
    "result.txt": "整改台账.txt",
    "Job": "导入通报",
    "New Year": "元旦",
}
HEX = frozenset("abcdef")
CHAINS = {"inspection", "accounts", "calendar", "downloads", "verification"}
SAMPLES = {"绿", "黄", "红", "蓝", *re.findall(r"[\u3400-\u9fff]+", NOTICE)}


@job_handler("tests.browser")
def _nothing(job: Job) -> None:
    """A kind of work for jobs whose pages are looked at."""


class OfficeData(Cast):
    """Measures in every state and mode, requests, imports and jobs at every stage, two inspections."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        with translation.override(language):
            super().__init__()
            self.chief = create_post(name="Chief", organisation=self.organisation, by=None, at=NOW)
            self._name_everything()
            self._plan()
            self._requests()
            self._imports()
            self._jobs()
            add_reviews(self)
        CalendarDay.objects.all().delete()
        CalendarDay.objects.create(day=date(2026, 1, 1), kind="rest", name=self.say("New Year"))
        CalendarDay.objects.create(day=date(2026, 1, 4), kind="make_up", name="")

    def say(self, words: str) -> str:
        return {**CHINESE, **WORDS}[words] if self.language != "en" else words

    def is_data(self, found: str) -> bool:
        """Whether this is so in both languages: words of a notice or a workbook, names of lights, a hash."""
        return (
            found in SAMPLES
            or found in DATA
            or set(found) <= HEX
            or found in CHAINS
            or (len(found) > 4 and found in NOTICE)
        )

    def _name_everything(self) -> None:
        """The factories speak English; give what people typed the language of the pages."""
        for row in (*Unit.objects.all(), *User.objects.all()):
            row.name = self.say(row.name)
            if isinstance(row, User):
                row.username = f"{row.name}{row.pk}" if self.language != "en" else row.username
            row.save()
        for name in ("organisation", "roads", "parks", "office", "group", "leader", "inspector", "roads_officer"):
            getattr(self, name).refresh_from_db()
        for name in ("roads_head", "auditor", "system_admin", "chief"):
            getattr(self, name).refresh_from_db()
        lights = {light: light for light in self.inspection.lights} if self.language == "en" else self.inspection.lights
        Inspection.objects.update(title=self.say("Round of inspections"), lights=lights)
        self.inspection.refresh_from_db()

    def _plan(self) -> None:
        self.force = create_task_force(
            inspection=self.inspection, name=self.say("Force"), members=[self.parks_officer], by=None, at=NOW
        )
        self.issues = [self._issue(area) for area in (1, 1, 2)]
        self.empty_issue = self._issue(3, leader=None, lead_unit=None, task_force=None)
        for model in (Area, Category, Problem):
            model.objects.update(title=self.say(model.__name__))
        late, soon, later = (timezone.localdate() + timedelta(days=days) for days in (-9, 4, 90))
        stages = [(self.say("Stage"), late), (self.say("Stage"), later)]
        states: dict[str, dict[str, Any]] = {
            "planned": {"deadline": later},
            "in_progress": {"deadline": soon, "mode": "staged", "stages": stages, "supporting_units": [self.parks]},
            "overdue": {"deadline": late, "status": "in_progress", "kinds": ["campaign", "rule_making"]},
            "submitted": {"deadline": late},
            "signed_off": {"deadline": late},
            "cancelled": {"cancellation_reason": self.say("Reason")},
            "incomplete": {"deadline": None, "leader": None, "status": "planned"},
            "long_term": {"deadline": None, "mode": "long_term", "status": "in_progress"},
        }
        self.measures = {name: self._measure(n, name, fields) for n, (name, fields) in enumerate(states.items())}
        report_progress(
            measure=self.measures["in_progress"], text=self.say("Report"), by=self.roads_officer, at=timezone.now()
        )

    def _issue(self, area: int, **fields: Any) -> Any:
        values = {"text": self.say("Issue"), "goal": self.say("Goal"), "leader": self.leader, "lead_unit": self.roads}
        values |= {"task_force": self.force, "is_sustained": area == 2, **fields}
        return issue(self.inspection, under=problem(self.inspection, area=area), **values)

    def _measure(self, number: int, status: str, fields: dict[str, Any]) -> Measure:
        values = {"status": status, "text": self.say("Measure"), "remarks": self.say("Remark"), **fields}
        return self.measure(issue=self.issues[number % len(self.issues)], **values)

    def _requests(self) -> None:
        """A request for a later deadline that waits, and one that was refused."""
        waits, refused = self.measures["overdue"], self.measures["in_progress"]
        for measure in (waits, refused):
            assert measure.deadline is not None
            Extension.objects.create(
                measure=measure,
                old_deadline=measure.deadline,
                new_deadline=measure.deadline + timedelta(days=40),
                reason=self.say("Reason"),
                requested_by=self.roads_officer,
                requested_at=NOW,
            )
        decided = {"decided_by": self.group, "decided_at": NOW, "note": self.say("Reason")}
        Extension.objects.filter(measure=refused).update(status="refused", **decided)
        self.extension = Extension.objects.get(measure=waits)

    def _imports(self) -> None:
        """One to confirm, one that was discarded, one that was written: a second inspection, with claims."""
        sent: dict[str, Any] = {"data": NOTICE.encode(), "name": self.say("notice.txt"), "by": self.office, "at": NOW}
        self.source = upload_import(code="round-3", **sent)
        self.discarded = upload_import(code="round-4", **sent)
        discard_import(source=self.discarded, by=self.office)
        self.applied = upload_import(code="round-2", **sent)
        self.applied.organisation = self.organisation
        self.applied.save()
        job = confirm_import(source=self.applied, base_seq=0, by=self.office, at=timezone.now())
        run_job(job.pk)
        self.applied.refresh_from_db()
        assert self.applied.status == "applied", Job.objects.get(pk=job.pk).error
        self.claimed = Application.objects.claims().select_related("issue").first().issue
        Inspection.objects.filter(code="round-2").update(lights=self.inspection.lights)

    def _jobs(self) -> None:
        mine: dict[str, Any] = {"by": self.office, "at": NOW}
        names = ("waiting", "failed", "done")
        kind = {"job_type": "tests.browser", "arguments": {}, "title": self.say("Job")}
        self.jobs = {name: enqueue(**kind, **mine) for name in names}
        Job.objects.filter(pk=self.jobs["failed"].pk).update(status="failed", error=self.say("Reason"))
        result = store_upload(stream=BytesIO(b"result"), name=self.say("result.txt"), **mine)
        Job.objects.filter(pk=self.jobs["done"].pk).update(status="done", result_file=result)

    def addresses(self, role: str) -> dict[str, int]:
        """The pages that a role opens, each with its answer; 403 and 404 are pages too."""
        common = {"/account/": 200, "/issues/999999/": 404}
        if role == "auditor":
            return {"/": 200, **dict.fromkeys(pages_of_reviews(self, role), 200), **common, "/styleguide/": 403}
        if role == "system_admin":
            return {"/": 200, "/calendar/": 200, "/styleguide/": 200, **common}
        own = {"office": self._office_pages, "group": self._group_pages}.get(role, self._unit_pages)
        mine = [] if role in {"leader", "inspector"} else own()
        shown = dict.fromkeys([*self._plan_pages(), *mine, *pages_of_reviews(self, role)], 200)
        return shown | common | {"/styleguide/": 403}

    def _plan_pages(self) -> list[str]:
        """What everybody sees who sees anything of the plan; what it offers differs from role to role."""
        home = reverse("inspection", args=[self.inspection.code])
        shown = [reverse("measure", args=[self.measures[name].pk]) for name in ("in_progress", "planned", "overdue")]
        tabs = [f"{shown[0]}?tab={tab}" for tab in ("milestones", "extensions", "history")]
        boards = ["/", home, f"{home}screen/", "/search/?q=1-1"]
        return [*boards, f"{home}ledger/", reverse("issue", args=[self.issues[0].pk]), *shown, *tabs]

    def _unit_pages(self) -> list[str]:
        verbs = ("report_progress", "request_extension")
        return [reverse(name, args=[self.measures["in_progress"].pk]) for name in verbs]

    def _group_pages(self) -> list[str]:
        decide = [reverse(name, args=[self.extension.pk]) for name in ("grant_extension", "refuse_extension")]
        return [
            reverse("extensions"),
            *decide,
            f"{reverse('measure', args=[self.extension.measure_id])}?tab=extensions",
        ]

    def _office_pages(self) -> list[str]:
        code, planned = self.inspection.code, self.measures["planned"].pk
        queries = ["status=in_progress&status=planned&overdue=true", "level=area", "sort=deadline", "q=000"]
        lists = [f"{reverse('ledger', args=[code])}?{query}" for query in queries]
        verbs = [reverse(name, args=[planned]) for name in ("edit_measure", "hand_over", "cancel_measure")]
        verbs += [reverse(name, args=[self.issues[0].pk]) for name in ("plan_measure", "edit_issue")]
        states = ("signed_off", "cancelled", "incomplete", "long_term")
        shown = [reverse("measure", args=[self.measures[name].pk]) for name in states]
        shown += [reverse("issue", args=[each.pk]) for each in (self.empty_issue, self.claimed)]
        files = [reverse("import_detail", args=[each.pk]) for each in (self.source, self.discarded, self.applied)]
        waits = [reverse("job", args=[job.pk]) for job in self.jobs.values()]
        several = f"{reverse('batch_measures', args=[code])}?measure={planned}&measure={self.measures['overdue'].pk}"
        kept = [f"{several}&verb={verb}" for verb in ("urge_measure", "hand_over")]
        kept += [reverse(name, args=[code]) for name in ("inspection_settings", "hand_over_duties")]
        second = ["/inspections/round-2/", "/inspections/round-2/ledger/"]
        return [*self._group_pages(), *lists, *verbs, *shown, "/import/", *files, *waits, *kept, *second, "/calendar/"]
