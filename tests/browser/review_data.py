"""Sign-off on the ground: evidence, applications at each step, rounds, a closing, workbooks to import.

Everything is made by the services, in the language of the page.
"""

import io
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Chain
from files.services import store_upload
from imports.services.imports import upload_import
from measures.models import Evidence, Measure
from measures.services import add_evidence, upload_version, withdraw_evidence
from rectify.demo.paper import make_file
from signoffs.models import Application
from signoffs.services import (
    accept_application,
    apply_for_closure,
    apply_for_sign_off,
    return_application,
    set_review_steps,
    withdraw_application,
)
from tests.imports.workbook.workbook_files import workbook

WORDS = {
    "Applicant": "管网科申请人",
    "Review by the office": "整改办审核",
    "Decision of the group": "党组审定",
    "Two streets are missing": "东关街、清溪路两处尚未更换，与申请所述不符。",
    "report.txt": "关于城东片区二十六个老旧小区供水管网改造情况的整改报告（终稿）.txt",
    "picture.png": "现场照片.png",
    "All the work was done": "城东片区二十六个小区的管网已全部更换，漏损率降到百分之八点六，监测制度已经印发执行。",
    "Files and figures agree": "材料齐全，数据与现场一致。",
    "Looked at every month": "每月通报漏损率，每季度抽查一次。",
    "ledger.xlsx": "整改台账.xlsx",
    "rows.xlsx": "新一轮整改台账.xlsx",
}
ROWS = [
    ["问题", "具体问题", "整改措施", "责任领导", "牵头单位", "整改时限"],
    ["工程管理不严", "河堤巡查记录不全", "补齐巡查记录，实行电子巡查", "王副局长", "河道管护中心", "2027年6月30日"],
    ["工程管理不严", "河堤巡查记录不全", "修订河堤巡查办法", "王副局长", "河道管护中心", "2027年3月底"],
]
WRONG = [*ROWS, ["工程管理不严", "设备闲置", "盘活闲置设备", "", "河道管护中心", "尽快"]]
DATA = " ".join(word for row in WRONG for word in row)


def add_reviews(ground: Any) -> None:
    """Put applications in every state on the ground; `ground.applications` names them."""
    inspection, say = ground.inspection, ground.say
    User.objects.filter(name="Applicant").update(name=say("Applicant"))
    steps = [(say("Review by the office"), "office"), (say("Decision of the group"), "group")]
    set_review_steps(inspection=inspection, steps=steps, by=ground.office, at=timezone.now())
    ground.applications = {
        "first step": _second_round(ground),
        "second step": _accepted(ground, _applied(ground, _work(ground)), ground.office),
        "accepted": _accepted(ground, _applied(ground, _work(ground)), ground.office, ground.group),
        "withdrawn": _withdrawn(ground),
    }
    done = ground.applications["accepted"].measure
    ground.closing = apply_for_closure(
        issue=done.issue,
        statement=say("All the work was done"),
        completion="basically_done",
        is_sustained=True,
        upkeep=say("Looked at every month"),
        by=ground.roads_officer,
        at=timezone.now(),
    )
    ready = _accepted(ground, _applied(ground, _work(ground)), ground.office, ground.group)
    ground.closable = ready.issue
    ground.work = _work(ground)
    ground.proof = ground.work.evidence.first()
    ground.withdrawn_proof = _piece(ground, ground.work, "picture.png")
    withdraw_evidence(
        evidence=ground.withdrawn_proof,
        reason=say("Two streets are missing"),
        by=ground.roads_officer,
        at=timezone.now(),
    )
    _workbooks(ground)


def _work(ground: Any) -> Measure:
    """A measure of an issue of its own, under way and proved by a text and a picture."""
    issue = ground._issue(2, status="in_rectification")
    measure: Measure = ground.measure(issue=issue, text=ground.say("Measure"), status="in_progress")
    for name in ("report.txt", "picture.png"):
        _piece(ground, measure, name)
    return measure


def _piece(ground: Any, measure: Measure, name: str) -> Evidence:
    sent = {"stream": _content(ground, name), "name": ground.say(name), "by": ground.roads_officer}
    file = store_upload(at=timezone.now(), **sent)
    return add_evidence(
        measure=measure, file=file, about_on=timezone.localdate(), by=ground.roads_officer, at=timezone.now()
    )


def _content(ground: Any, name: str) -> io.BytesIO:
    title = ground.say("All the work was done")
    return io.BytesIO(make_file(name, title=title, words=[title], on=timezone.localdate()))


def _applied(ground: Any, measure: Measure) -> Application:
    by, at = ground.roads_officer, timezone.now()
    return apply_for_sign_off(measure=measure, statement=ground.say("All the work was done"), by=by, at=at)


def _accepted(ground: Any, application: Application, *people: Any) -> Application:
    for person in people:
        meeting: dict[str, Any] = {"note": ground.say("Files and figures agree")}
        accept_application(application=application, step=application.step, by=person, at=timezone.now(), **meeting)
    return application


def _second_round(ground: Any) -> Application:
    """Returned once, a file replaced, applied for anew: it waits for the office."""
    measure = _work(ground)
    first = _applied(ground, measure)
    said = {"ground": "poor_quality", "reason": ground.say("Two streets are missing")}
    return_application(application=first, step=1, by=ground.office, at=timezone.now(), **said)
    measure.refresh_from_db()
    again = {"stream": io.BytesIO(ground.say("Files and figures agree").encode()), "name": ground.say("report.txt")}
    upload_version(evidence=measure.evidence.first(), by=ground.roads_officer, at=timezone.now(), **again)
    return _applied(ground, measure)


def _withdrawn(ground: Any) -> Application:
    application = _applied(ground, _work(ground))
    at = timezone.now()
    withdraw_application(
        application=application, reason=ground.say("Two streets are missing"), by=ground.roads_officer, at=at
    )
    return application


def _workbooks(ground: Any) -> None:
    """One that can be confirmed once its names are mapped, and one with wrong cells."""
    sent: dict[str, Any] = {"by": ground.office, "at": timezone.now(), "inspection": ground.inspection}
    ground.workbook = upload_import(data=workbook(ROWS), name=ground.say("rows.xlsx"), **sent)
    ground.wrong_workbook = upload_import(data=workbook(WRONG), name=ground.say("ledger.xlsx"), **sent)


def pages_of_reviews(ground: Any, role: str) -> list[str]:
    """The addresses of sign-off, evidence and imports that a role opens."""
    if role == "auditor":
        return _audit_pages(ground)
    shown = [reverse("application", args=[each.pk]) for each in (*ground.applications.values(), ground.closing)]
    if role in {"leader", "inspector"}:
        return ["/signoffs/", *shown[:1]]
    if role == "group":
        chosen = "&".join(f"application={each.pk}" for each in (ground.applications["second step"],))
        return ["/signoffs/", shown[1], f"{reverse('decide_batch')}?{chosen}", reverse("decide_batch")]
    if role == "office":
        books = [reverse("import_detail", args=[each.pk]) for each in (ground.workbook, ground.wrong_workbook)]
        proofs = [reverse("evidence", args=[each.pk]) for each in (ground.proof, ground.withdrawn_proof)]
        return [
            "/signoffs/",
            "/signoffs/?tab=all",
            "/signoffs/?tab=decided",
            *shown,
            *proofs,
            reverse("set_review_steps", args=[ground.inspection.code]),
            *books,
            reverse("correct_reading", args=[ground.source.pk]),
        ]
    return _unit_pages(ground) if role == "roads_officer" else ["/signoffs/", shown[0]]


def _unit_pages(ground: Any) -> list[str]:
    work, proof = ground.work.pk, ground.proof.pk
    return [
        "/signoffs/",
        reverse("application", args=[ground.applications["first step"].pk]),
        *(
            f"{reverse('measure', args=[ground.applications['first step'].measure_id])}?tab={tab}"
            for tab in ("applications",)
        ),
        f"{reverse('measure', args=[work])}?tab=evidence",
        reverse("add_evidence", args=[work]),
        reverse("add_issue_evidence", args=[ground.work.issue_id]),
        *(reverse(verb, args=[proof]) for verb in ("evidence", "add_version", "withdraw_evidence")),
        reverse("apply_for_sign_off", args=[work]),
        reverse("apply_for_sign_off", args=[ground.measures["in_progress"].pk]),
        reverse("apply_for_closure", args=[ground.closable.pk]),
        reverse("withdraw_application", args=[ground.applications["first step"].pk]),
    ]


def _audit_pages(ground: Any) -> list[str]:
    """The chains, a paper that agrees with one, and one that does not."""
    chain = Chain.objects.get(key=ground.inspection.chain)
    paper = f"/audit/?chain={chain.key}&seq={chain.head_seq}&hash="
    return ["/audit/", f"{paper}{chain.head_hash[:8]}", f"{paper}{'0' * 8}"]
