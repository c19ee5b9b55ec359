"""Papers and what is shown to whom through the API: who may what, the whole way, and the trail that it leaves."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from audit.models import Event
from audit.services import verify
from issues.models import Disclosure, Inspection, Issue
from jobs.tasks import run_job
from papers.models import PaperComment, PaperVersion
from papers.services.content import content_from
from tests.api.client import ApiClient, problem_of
from tests.factories import NOW
from tests.html_pages import everything
from tests.papers.paper_desk import PaperDesk
from tests.papers.test_pages_matrix import FORMS, Papers
from tests.test_visibility import PEOPLE, read

pytestmark = pytest.mark.django_db
NOTE = "The figures are not complete"
HIDDEN = {"extent": "withheld", "reason": "Persons are named"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def papers(db: None) -> Papers:
    return Papers()


@pytest.fixture
def desk(db: None) -> PaperDesk:
    return PaperDesk()


def way_of(papers: Papers, row: str) -> tuple[str, dict[str, Any], int]:
    """Address, content and the answer to whoever may, for a row of the table of the pages."""
    name, _blank, what = row.partition(" ")
    papers.address(row)  # makes the paper that the row is about
    code, typed = papers.inspection.code, papers.typed(row)
    verb = {"comment_on_paper": "comment"}.get(name, name.removesuffix("_paper"))
    ways: dict[str, tuple[str, dict[str, Any], int]] = {
        "make_paper": ("papers/", {**typed, "inspection": code}, 201),
        "answer_comment": (f"paper-comments/{papers.comment.pk}/answer/", typed, 200),
        "disclosure": (
            f"issues/{papers.issues['roads'].pk}/propose-disclosure/",
            {**typed, "audience": "public"},
            201,
        ),
        "approve_disclosure": (f"disclosures/{papers.proposal.pk}/approve/", {}, 200),
        "refuse_disclosure": (f"disclosures/{papers.proposal.pk}/refuse/", typed, 200),
    }
    if name in ways:
        return ways[name]
    sent = {"format": "docx"} if verb == "export" else typed
    return (
        f"papers/{papers.papers[what].pk}/{'' if verb == 'edit' else f'{verb}/'}",
        sent,
        {"revise": 201, "comment": 201, "export": 202}.get(verb, 200),
    )


def expected(papers: Papers, row: str, who: str, cell: Any, done: int) -> int:
    """What the page does, but that an inspection or an issue that is seen in part is no secret: 403, not 404."""
    if cell == 302:
        return done
    person = getattr(papers, who)
    of = {"make_paper": (Inspection, papers.inspection), "disclosure": (Issue, papers.issues["roads"])}
    if person is not None and row.split()[0] in of:
        model, found = of[row.split()[0]]
        return 403 if model.objects.visible_to(person).filter(pk=found.pk).exists() else 404
    return 401 if person is None else int(cell)


@pytest.mark.parametrize("row", [row for row in read(FORMS) if not row.startswith("disclose_many")])
def test_every_verb_for_every_person(papers: Papers, row: str) -> None:
    address, sent, done = way_of(papers, row)
    callers = {who: ApiClient(getattr(papers, who)) for who in PEOPLE.values()}
    found, wanted, before = {}, {}, everything()
    for who, caller in callers.items():
        with transaction.atomic():
            answer = (caller.patch if row.startswith("edit_paper") else caller.post)(address, **sent)
            found[who] = answer.status_code
            if answer.status_code >= 400:
                problem_of(answer)
            assert (everything() != before) == (answer.status_code < 300), (who, answer.content)
            transaction.set_rollback(True)
        wanted[who] = expected(papers, row, who, read(FORMS)[row][who], done)
    assert found == wanted


LISTS: dict[str, Callable[[Any], Any]] = {
    "papers": PaperVersion.objects.visible_to,
    "paper-comments": lambda person: PaperComment.objects.filter(version__in=PaperVersion.objects.visible_to(person)),
    "disclosures": Disclosure.objects.visible_to,
    "disclosure-overview": lambda person: Issue.objects.visible_to(person).fully_visible_to(person),
}
SEES = {
    "papers": {"office": 3, "group": 3, "leader": 3, "inspector": 2},
    "paper-comments": dict.fromkeys(["office", "group", "leader", "inspector"], 1),
    "disclosures": dict.fromkeys(["office", "group", "leader", "inspector"], 1),
    "disclosure-overview": dict.fromkeys(["office", "group", "leader", "inspector"], 3),
}


@pytest.mark.parametrize("name", list(LISTS))
def test_who_sees_what(papers: Papers, name: str) -> None:
    keys = {row.pk for row in LISTS[name](papers.office)}
    for who in PEOPLE.values():
        if (person := getattr(papers, who)) is None:
            continue
        caller = ApiClient(person)
        seen = caller.ids(name)
        assert seen == {row.pk for row in LISTS[name](person)}
        assert len(seen) == SEES[name].get(who, 0), who
        for key in keys:
            assert caller.get(f"{name}/{key}/").status_code == (200 if key in seen else 404), (who, key)


def test_no_draft_of_a_notice_is_said_to_the_inspector(papers: Papers) -> None:
    caller, draft = ApiClient(papers.inspector), papers.papers["notice"]
    answers = [json.dumps(caller.rows(name)) for name in LISTS]
    assert draft.content_sha256 not in "".join(answers)
    assert caller.ids("papers", kind="notice") == set()
    assert caller.ids("paper-comments", paper=draft.pk) == caller.ids("paper-comments", paper=999999) == set()


def filled(version: PaperVersion) -> dict[str, str]:
    content = content_from(version.content)
    return {name: getattr(content, name).replace("（请填写）", "市委巡察办") for name in ("closing", "addressees")}


def by_the_api(desk: PaperDesk) -> None:
    """A report with a comment, a notice that is returned and revised, a decision on what the public reads."""
    office, group, inspector = ApiClient(desk.office), ApiClient(desk.group), ApiClient(desk.inspector)

    def send(caller: ApiClient, address: str, **sent: Any) -> Any:
        answer = (caller.patch if address.count("/") == 2 else caller.post)(address, **sent)
        assert answer.status_code in {200, 201}, answer.content
        return answer.json()

    code = desk.inspection.code
    made = send(office, "papers/", inspection=code, kind="report")
    version = PaperVersion.objects.get(pk=made["id"])
    send(office, f"papers/{version.pk}/", revision=1, title=made["title"], **filled(version))
    comment = send(inspector, f"papers/{version.pk}/comment/", text="请补充经费情况。")
    send(office, f"paper-comments/{comment['id']}/answer/", answer="已补充。")
    told = send(office, f"papers/{version.pk}/submit/")
    send(group, f"papers/{version.pk}/approve/", sha256=told["content_sha256"], note="同意")
    send(office, f"papers/{version.pk}/issue/", document_number="许城管党〔2026〕3号")
    plan = send(office, "papers/", inspection=code, kind="plan")
    version = PaperVersion.objects.get(pk=plan["id"])
    send(office, f"papers/{version.pk}/submit/")
    send(group, f"papers/{version.pk}/return/", note=NOTE)
    following = send(office, f"papers/{version.pk}/revise/")
    send(office, f"papers/{following['id']}/discard/")
    issue = desk.closed.pk
    proposed = send(office, f"issues/{issue}/propose-disclosure/", audience="public", **HIDDEN)
    send(group, f"disclosures/{proposed['id']}/approve/")
    other = send(office, f"issues/{desk.in_work.pk}/propose-in-full/", audience="public")
    send(group, f"disclosures/{other['id']}/refuse/", note="There is no need")


def by_the_pages(desk: PaperDesk, page_of: Any) -> None:
    """The same in browsers."""

    def send(person: Any, name: str, *args: Any, **sent: Any) -> None:
        answer = page_of(person).post(reverse(name, args=args), sent)
        assert answer.status_code == 302, answer.content.decode()[-2000:]

    def latest() -> PaperVersion:
        return PaperVersion.objects.latest("pk")

    def edited(version: PaperVersion) -> dict[str, Any]:
        content = content_from(version.content)
        same = {name: getattr(content, name) for name in ("title", "preamble", "signature", "dated")}
        return {**same, **filled(version), "revision": version.revision}

    office, group, code = desk.office, desk.group, desk.inspection.code
    send(office, "make_paper", code, kind="report", audience="internal")
    report = latest()
    send(office, "edit_paper", report.pk, **edited(report))
    send(desk.inspector, "comment_on_paper", report.pk, text="请补充经费情况。")
    send(office, "answer_comment", PaperComment.objects.get().pk, answer="已补充。")
    send(office, "submit_paper", report.pk)
    report.refresh_from_db()
    send(group, "approve_paper", report.pk, sha256=report.content_sha256, note="同意")
    send(office, "issue_paper", report.pk, document_number="许城管党〔2026〕3号")
    send(office, "make_paper", code, kind="plan", audience="internal")
    plan = latest()
    send(office, "submit_paper", plan.pk)
    send(group, "return_paper", plan.pk, note=NOTE)
    send(office, "revise_paper", plan.pk)
    send(office, "discard_paper", latest().pk)
    send(office, "disclosure", desk.closed.pk, "public", **HIDDEN)
    send(group, "approve_disclosure", Disclosure.objects.latest("pk").pk)
    send(office, "disclose_many", code, audience="public", issue=desk.in_work.pk)
    send(group, "refuse_disclosure", Disclosure.objects.latest("pk").pk, note="There is no need")


def trail_after(work: Callable[[], None]) -> list[tuple[Any, ...]]:
    """The events that some work leaves, without the numbers of rows; what was done is taken back."""
    last = Event.objects.latest("pk").pk
    with transaction.atomic():
        work()
        assert verify()[2] == []
        events = list(Event.objects.filter(pk__gt=last).order_by("seq"))
        transaction.set_rollback(True)
    numbers = ("comment", "disclosure", "sha256")
    told = [{**json.loads(event.text)["data"]} for event in events]
    plain = [{name: bool(value) if name in numbers else value for name, value in data.items()} for data in told]
    return [
        (event.verb, event.kind, event.actor_label, json.dumps(data, sort_keys=True))
        for event, data in zip(events, plain, strict=True)
    ]


def test_the_api_and_the_pages_leave_the_same_events(desk: PaperDesk, page_of: Any) -> None:
    by_programs = trail_after(lambda: by_the_api(desk))
    assert by_programs == trail_after(lambda: by_the_pages(desk, page_of))
    assert [event[0] for event in by_programs] == [
        *("make_paper", "edit_paper", "comment_on_paper", "answer_comment", "submit_paper", "approve_paper"),
        *("issue_paper", "make_paper", "submit_paper", "return_paper", "make_paper", "discard_paper"),
        *("propose_disclosure", "approve_disclosure", "propose_disclosure", "refuse_disclosure"),
    ]


def test_one_paper_tells_what_its_page_shows(desk: PaperDesk) -> None:
    desk.show(desk.issue(text="值班人员张某某同志未按时到岗。"), "full")
    version, caller = desk.make("notice", "public"), ApiClient(desk.office)
    told = caller.get(f"papers/{version.pk}/").json()
    assert told["content"] == json.loads(version.content)
    assert (told["is_out_of_date"], told["formats"], told["comments"]) == (False, ["docx", "pdf", "txt"], [])
    assert told["abilities"] == ["discard", "export", "submit", "update"]
    assert told["names"] == ["张某某"]
    assert caller.get(f"papers/{desk.make('plan').pk}/").json()["names"] == [], "nobody is marked within the party"
    desk.show(desk.in_work, "full")
    assert caller.get(f"papers/{version.pk}/").json()["is_out_of_date"] is True
    assert not [row for row in caller.rows("papers") if "content" in row]
    problem = problem_of(caller.post(f"papers/{version.pk}/submit/"))
    assert (problem["status"], problem["code"]) == (422, "refused")


def test_the_account_of_an_issue_is_edited(desk: PaperDesk) -> None:
    version, caller = desk.make("report"), ApiClient(desk.office)
    account = {"issue": desk.closed.pk, "account": "一是修补道路十二处。\n  二是建立巡查制度。"}
    told = caller.patch(f"papers/{version.pk}/", revision=1, accounts=[account], dated=None).json()
    assert told["revision"] == 2
    version.refresh_from_db()
    (part,) = [each for each in content_from(version.content).parts() if each.issue == desk.closed.pk]
    assert part.account == "一是修补道路十二处。\n二是建立巡查制度。"
    strange = {"issue": 999999, "account": "x"}
    assert problem_of(caller.patch(f"papers/{version.pk}/", revision=2, accounts=[strange]))["status"] == 422


def test_somebody_else_was_first(desk: PaperDesk) -> None:
    version, second, group = desk.make("report"), ApiClient(desk.second_office), ApiClient(desk.group)
    assert second.patch(f"papers/{version.pk}/", revision=1, title="Another").status_code == 200
    told = problem_of(ApiClient(desk.office).patch(f"papers/{version.pk}/", revision=1, title="Mine"))
    assert (told["status"], told["code"]) == (409, "conflict")
    version.refresh_from_db()
    desk.complete(version)
    desk.submit(version)
    assert problem_of(group.post(f"papers/{version.pk}/approve/", sha256="0" * 64))["status"] == 409
    short = problem_of(group.post(f"papers/{version.pk}/return/", note="No"))
    assert (short["status"], short["field"]) == (422, "note")


WRONG: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "a draft is not approved": ("group", "approve", {"sha256": "draft"}, 422),
    "a draft is not returned": ("group", "return", {"note": NOTE}, 422),
    "a draft is not issued": ("office", "issue", {}, 422),
    "no number": ("office", "issue", {"document_number": "3/2026"}, 422),
    "no revision": ("office", "edit", {"title": "Another"}, 422),
    "no such field": ("office", "edit", {"revision": 1, "content": "{}"}, 422),
    "no title": ("office", "edit", {"revision": 1, "title": ""}, 422),
    "no format": ("office", "export", {"format": "exe"}, 422),
    "a report is no text": ("office", "export", {"format": "txt"}, 422),
    "one in work already": ("office", "revise", {}, 422),
    "nothing said": ("inspector", "comment", {"text": " "}, 422),
}


@pytest.mark.parametrize("what", list(WRONG))
def test_what_cannot_be_is_said_and_changes_nothing(desk: PaperDesk, what: str) -> None:
    version = desk.make("report")
    who, verb, sent, status = WRONG[what]
    if sent.get("sha256"):
        sent = {"sha256": version.content_sha256}
    caller, before = ApiClient(getattr(desk, who)), everything()
    row = f"papers/{version.pk}/"
    told = problem_of(caller.patch(row, **sent) if verb == "edit" else caller.post(f"{row}{verb}/", **sent))
    assert told["status"] == status
    assert everything() == before


def test_papers_that_there_are_not(desk: PaperDesk) -> None:
    caller, of = ApiClient(desk.office), {"inspection": desk.inspection.code}
    before = everything()
    for sent, field in (({"kind": "plan", "audience": "public"}, "audience"), ({"kind": "poem"}, "kind"), ({}, "kind")):
        told = problem_of(caller.post("papers/", **of, **sent))
        assert (told["status"], list(told["errors"])) == (422, [field])
    assert problem_of(caller.post("papers/", kind="plan"))["errors"].keys() == {"inspection"}
    assert problem_of(caller.post("papers/", **of, kind="notice", audience="public"))["code"] == "refused"
    assert everything() == before


def test_a_paper_that_is_asked_for_twice_with_one_key_is_made_once(desk: PaperDesk) -> None:
    caller = ApiClient(desk.office)
    caller.client.defaults["HTTP_IDEMPOTENCY_KEY"] = "paper"
    plan = {"inspection": desk.inspection.code, "kind": "plan"}
    first, again = (caller.post("papers/", **plan) for _twice in range(2))
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert PaperVersion.objects.count() == 1


@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_a_paper_as_a_file(desk: PaperDesk, ending: str) -> None:
    version, caller = desk.make("report"), ApiClient(desk.leader)
    answer = caller.post(f"papers/{version.pk}/export/", format=ending)
    assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/jobs/{answer.json()['id']}/")
    run_job(answer.json()["id"])
    assert caller.post(f"papers/{version.pk}/export/", format=ending).json()["status"] == "done", "written once"
    found = caller.get(f"jobs/{answer.json()['id']}/result/")
    assert b"".join(found.streaming_content)[:4] in {b"PK\x03\x04", b"%PDF"}
    assert ApiClient(desk.office).get(f"jobs/{answer.json()['id']}/result/").status_code == 404


def test_the_ledger_as_the_official_workbook(desk: PaperDesk) -> None:
    address = f"inspections/{desk.inspection.code}/export-ledger/"
    caller = ApiClient(desk.roads_officer)
    answer = caller.post(address, query="status=in_progress")
    assert answer.status_code == 202
    run_job(answer.json()["id"])
    assert caller.get(f"jobs/{answer.json()['id']}/").json()["has_file"] is True
    for query in ("owner=1", "status=lost", "unit=x"):
        told = problem_of(caller.post(address, query=query))
        assert (told["status"], list(told["errors"])) == (422, ["query"])
    assert ApiClient(desk.stranger).post(address).status_code == 404
