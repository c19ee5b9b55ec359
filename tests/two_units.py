"""A bureau at work in which each trace of a unit's work can be told from those of the others."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import create_post, make_token
from bulletins.models import Bulletin
from bulletins.services import draft_bulletin, publish_bulletin
from files.services import store_upload
from imports.models import Import
from imports.services.imports import upload_import
from issues.services import create_task_force
from jobs.models import Job
from jobs.services import enqueue, job_handler
from ledger.services.saved_filters import save_filter
from measures.models import Evidence, Extension, Measure
from measures.services import upload_evidence
from notifications.models import Channel, Delivery, Notification, Topic
from reporting.models import Week
from reporting.services import roll_up_week
from supervision.models import PublicFeedback
from tests.factories import NOW, TODAY, Cast, issue, problem, user
from tests.html_pages import NOTICE
from tests.imports.workbook.workbook_files import workbook

OF_THE_INSPECTION = {"inspection", "screen", "ledger", "inspection_settings", "feedback", "hand_over_duties"}
OF_THE_INSPECTION |= {
    "export_ledger",
    "set_escalation",
    "urges",
    "batch_measures",
    "batch_measures_done",
    "save_filter",
}


@job_handler("tests.visibility")
def _nothing(job: Job) -> None:
    """A kind of work for jobs whose pages are looked at."""


NEW_PASSWORD = "Tilia-7-cordata"


class TwoUnits(Cast):
    """A bureau in which each unit works alone on an issue, and both on a third one, where Parks has a measure too.

    roads: led by Roads, overdue. parks: led by Parks, due soon, for a task force. both: led by Roads, supported by
    Parks. nursery: led by Parks, overdue, under the issue of `both`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.member = user("Member", over=None)
        self.nobody = None
        force = {"inspection": self.inspection, "by": None, "at": NOW}
        self.green = create_task_force(name="Green force", members=[self.member], **force)
        self.grey = create_task_force(name="Grey force", **force)
        self.issues = {
            "roads": self._issue(1, text="Potholes are left open", task_force=self.grey),
            "parks": self._issue(2, text="Lindens are not pruned", task_force=self.green),
            "both": self._issue(3, text="The ring road has no shade"),
        }
        late, soon, later = (TODAY + timedelta(days=days) for days in (-3, 5, 30))
        self.measures = {
            "roads": self._measure("roads", "Fill the holes of Mill Lane", "in_progress", late, kinds=["campaign"]),
            "parks": self._measure("parks", "Prune the lindens in autumn", "planned", soon, lead_unit=self.parks),
            "both": self._measure(
                "both", "Plant trees along the ring road", "planned", later, supporting_units=[self.parks]
            ),
            "nursery": self._measure(
                "nursery", "Raise saplings in a nursery", "in_progress", late, under="both", lead_unit=self.parks
            ),
        }
        self.measures["verges"] = self.measure(
            issue=self.issues["parks"], text="Mow the verges", lead_unit=self.parks, leader=None, deadline=None
        )
        asked = {"roads": self.roads_head, "parks": self.parks_officer}
        self.evidence = self._prove()
        self.extensions = {name: self._ask(self.measures[name], by) for name, by in asked.items()}
        self._add_work_of_the_office()
        self.feedback = PublicFeedback.objects.create(
            inspection=self.inspection, text="The lamps are dark", sender="0" * 64, at=NOW
        )

    def _issue(self, area: int, **fields: Any) -> Any:
        return issue(self.inspection, under=problem(self.inspection, area=area), **fields)

    def _measure(self, name: str, text: str, status: str, deadline: date, under: str = "", **fields: Any) -> Measure:
        """A measure whose leader and kind are its own, so that each trace of it can be told."""
        chief = create_post(name=f"{name.title()} chief", organisation=self.organisation, by=None, at=NOW)
        values = {"text": text, "status": status, "deadline": deadline, "leader": chief, **fields}
        return self.measure(issue=self.issues[under or name], **values)

    def _prove(self) -> dict[str, Evidence]:
        """A file of each unit for its measure, one of the office for an issue as a whole."""
        roads: dict[str, Any] = {"measure": self.measures["roads"], "by": self.roads_officer}
        nursery: dict[str, Any] = {"measure": self.measures["nursery"], "by": self.parks_officer}
        issue: dict[str, Any] = {"issue": self.issues["both"], "by": self.office}
        rows = {"roads": roads, "nursery": nursery, "issue": issue}
        return {
            name: upload_evidence(stream=BytesIO(b"proof"), name=f"proof of {name}.txt", at=NOW, **where)
            for name, where in rows.items()
        }

    def _ask(self, measure: Measure, by: User) -> Extension:
        return Extension.objects.create(
            measure=measure,
            old_deadline=measure.deadline,
            new_deadline=TODAY + timedelta(days=60),
            reason=f"Reason of {measure.leader}",
            requested_by=by,
            requested_at=NOW,
        )

    def _add_work_of_the_office(self) -> None:
        """An import to confirm, a job that waits, one that failed, one with a result, a token."""
        mine: dict[str, Any] = {"by": self.office, "at": NOW}
        self.token, _secret = make_token(name="Screen", scope="read", days=30, **mine)
        self.source = upload_import(data=NOTICE.encode(), name="notice.txt", inspection=self.inspection, **mine)
        self.jobs = {
            name: enqueue(job_type="tests.visibility", arguments={}, title=f"Job {name}", **mine)
            for name in ("waiting", "failed", "done")
        }
        Job.objects.filter(pk=self.jobs["failed"].pk).update(status="failed", error="No reason")
        result = store_upload(stream=BytesIO(b"result"), name="result.txt", **mine)
        Job.objects.filter(pk=self.jobs["done"].pk).update(status="done", result_file=result)
        query = "overdue=true"
        self.saved = save_filter(inspection=self.inspection, name="Late", query=query, **mine)
        self._tell_of_roads()

    def _tell_of_roads(self) -> None:
        """A notice of the roads officer, whose mail failed."""
        about: dict[str, Any] = {"object_kind": "measure", "object_id": self.measures["roads"].pk}
        data = {"code": self.measures["roads"].code, "text": self.measures["roads"].text, "deadline": ""}
        words: dict[str, Any] = {"key": "urged", "kind": "measure_urged", "topic": Topic.URGE, "data": data, "at": NOW}
        self.notice = Notification.objects.create(person=self.roads_officer, **about, **words)
        ended: dict[str, Any] = {"status": "failed", "error": "550 no such user", "next_attempt_at": NOW}
        self.mail = Channel.objects.get(kind=Channel.Kind.MAIL)
        Delivery.objects.create(notification=self.notice, channel=self.mail, ended_at=NOW, **ended)

    @cached_property
    def workbook(self) -> Import:
        """A ledger to import, with a cell that nobody can read; the plan was changed after its preview."""
        rows = [["Crossings are unlit", "Light them", "Leader", "Roads", "soon"]]
        data = workbook([["具体问题", "整改措施", "责任领导", "牵头单位", "整改时限"], *rows])
        source = upload_import(data=data, name="ledger.xlsx", inspection=self.inspection, by=self.office, at=NOW)
        create_task_force(inspection=self.inspection, name="Lighting force", by=None, at=NOW)
        return source

    @cached_property
    def bulletins(self) -> dict[str, Bulletin]:
        """The bulletin of one week, published, and the draft of the next; both weeks are over."""
        weeks, made = {"published": Week(2026, 8), "draft": Week(2026, 9)}, {}
        for name, week in weeks.items():
            taken = roll_up_week(inspection=self.inspection, week=week, by=None, at=NOW)
            made[name] = draft_bulletin(snapshot=taken, by=None, at=NOW)
        publish_bulletin(bulletin=made["published"], version=1, by=self.office, at=NOW)
        return made

    def address(self, row: str) -> str:
        """The address that a row of a table names: `issue roads` is the page of that issue."""
        name, _blank, what = row.partition(" ")
        if name in {"marked_import", "compare_import"} or row == "import_detail workbook":
            return reverse(name, args=[self.workbook.pk])
        if what in {"chosen", "filtered"}:
            asked = {"chosen": f"measure={self.measures['roads'].pk}", "filtered": "overdue=true"}
            return f"{reverse(name, args=[self.inspection.code])}?{asked[what]}"
        if name == "manual":
            return reverse(name, args=[what])
        if what:
            more: dict[str, Any] = {"download_evidence": 1, "preview_evidence": 1, "request_bulletin_paper": "pdf"}
            return reverse(name, args=[self._rows(name)[what].pk, *([more[name]] if name in more else [])])
        if name in OF_THE_INSPECTION:
            return reverse(name, args=[self.inspection.code])
        if name in {"import_detail", "confirm_import", "correct_reading", "discard_import"}:
            return reverse(name, args=[self.source.pk])
        single = {"clear_calendar_day": "2026-10-01", "notification": self.notice.pk, "edit_channel": self.mail.pk}
        single |= {
            "revoke_token": self.token.pk,
            "delete_saved_filter": self.saved.pk,
            "answer_feedback": self.feedback.pk,
            "close_feedback": self.feedback.pk,
        }
        return reverse(name, args=[single[name]] if name in single else [])

    def _rows(self, name: str) -> dict[str, Any]:
        """The rows that a page of this name is about."""
        if name in {"issue", "edit_issue", "plan_measure", "add_issue_evidence"}:
            return self.issues
        if "evidence" in name and name != "add_evidence" or name == "add_version":
            return self.evidence
        if name in {"grant_extension", "refuse_extension"}:
            return self.extensions
        if "job" in name:
            return self.jobs
        return self.bulletins if "bulletin" in name else self.measures

    def typed(self, row: str) -> dict[str, Any]:
        """What somebody sends who fills the form of this row in well."""
        name, _blank, what = row.partition(" ")
        reason = {"reason": "The post has changed hands"}
        chief = self.measures["both"].leader_id
        plan: dict[str, Any] = {"text": "Do it", "mode": "time_limited", "leader": chief, "lead_unit": self.roads.pk}
        plan |= {"deadline": "2026-04-20", "stages-TOTAL_FORMS": 0, "stages-INITIAL_FORMS": 0}
        if name == "edit_measure":
            measure = self.measures[what]
            plan |= {"leader": measure.leader_id, "lead_unit": measure.lead_unit_id, "deadline": measure.deadline}
        forms: dict[str, dict[str, Any]] = {
            "account": {"old_password": "secret", "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD},
            "tokens": {"name": "Screen", "scope": "read", "days": 30},
            "inspection_settings": _settings(self),
            "hand_over_duties": {"from_leader": chief, "to_leader": self.leader.pk, **reason},
            "edit_issue": {"text": "Another text"},
            "plan_measure": plan,
            "edit_measure": plan,
            "add_evidence": {"uploads": SimpleUploadedFile("minutes.txt", b"minutes"), "classification": "internal"},
            "add_issue_evidence": {"uploads": SimpleUploadedFile("a.txt", b"minutes"), "classification": "public"},
            "add_version": {"uploads": SimpleUploadedFile("minutes.txt", b"signed minutes")},
            "withdraw_evidence": reason,
            "report_progress": {"text": "Half of it is done"},
            "hand_over": {"leader": self.leader.pk, **reason},
            "cancel_measure": reason,
            "request_extension": {"new_deadline": "2026-06-01", **reason},
            "grant_extension": {"note": "Agreed"},
            "refuse_extension": {"reason": "Not a good reason"},
            "import_list": {"file": SimpleUploadedFile("notice.txt", NOTICE.encode()), "code": "round-9"},
            "confirm_import": {"base_seq": 0},
            "edit_bulletin": {"version": 1, "opening": "Half of it is done"},
            "preview_bulletin": {"version": 1, "opening": "Half of it is done"},
            "publish_bulletin": {"version": 1},
            "correct_bulletin": {"reason": "A unit was mistaken for another"},
            "preferences": {"language": "en", "quiet_from": "20:00", "quiet_until": "07:00"},
            "set_escalation": _escalation(),
            "urges": {"unit": self.roads.pk},
            "batch_measures": {"measure": [self.measures["roads"].pk], "verb": "urge_measure", "confirm": "1"},
            "save_filter": {"name": "Mine", "query": "status=planned&nonsense=1"},
            "add_channel": {"kind": "wecom", "name": "Chat", "base_url": "https://gateway.example", "token": "key"},
            "edit_channel": {"kind": "mail", "name": "Post", "is_active": "on"},
            "answer_feedback": {"answer": "They are mended"},
            "calendar": {"day": "2027-01-01", "kind": "rest", "name": "New Year"},
        }
        return forms.get(name, {})


def _settings(place: TwoUnits) -> dict[str, Any]:
    lights = {f"light_{name}": name for name in ("on_course", "due_soon", "overdue", "signed_off")}
    week = {"week_ends_weekday": 5, "week_ends_at": "17:00", "due_soon_days": 10, "look_back_months": 6}
    return {"title": "A new title", **week, **lights}


def _escalation() -> dict[str, Any]:
    """One step: the officer and the head, on the first day overdue."""
    step = {"subject": "measure", "days": 1, "side": "after", "roles": ["officer", "unit_head"]}
    return {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, **{f"form-0-{name}": value for name, value in step.items()}}


def at_their_desks(place: TwoUnits, people: Iterable[str]) -> dict[str, Client]:
    """A browser for each person, logged in unless it is nobody's."""
    browsers = {who: Client() for who in people}
    for who, browser in browsers.items():
        if person := getattr(place, who):
            browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return browsers
