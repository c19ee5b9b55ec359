"""The life of a paper: who may take which step, in which state; what is frozen; what makes it out of date."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Event
from core.exceptions import Conflict, Forbidden, RuleViolation
from issues.services import Proposal, propose_disclosure
from papers.models import PaperComment, PaperVersion
from papers.permissions import abilities
from papers.services.comments import answer_comment, comment_on_paper
from papers.services.lifecycle import approve_paper, discard_paper, return_paper, revise_paper
from tests.factories import NOW
from tests.papers.paper_desk import PaperDesk, content_of

pytestmark = pytest.mark.django_db
PEOPLE = (
    "office second_office group second_group leader inspector roads_officer parks_officer auditor system_admin "
    "superuser stranger"
)
STATES = ("draft", "submitted", "approved", "returned", "issued", "discarded")
# verb → person → the states in which it is done; nobody else does it in any state. `office` made and submitted it.
DONE: dict[str, dict[str, set[str]]] = {
    "edit_paper": {"office": {"draft"}, "second_office": {"draft"}},
    "submit_paper": {"office": {"draft"}, "second_office": {"draft"}},
    "discard_paper": {"office": {"draft", "approved"}, "second_office": {"draft", "approved"}},
    "approve_paper": {"group": {"submitted"}, "second_group": {"submitted"}},
    "return_paper": {"group": {"submitted"}, "second_group": {"submitted"}},
    "issue_paper": {"office": {"approved"}, "second_office": {"approved"}},
    "comment_on_paper": {"inspector": {"draft", "submitted"}},
}
VERBS: dict[str, Callable[[PaperDesk, PaperVersion, Any], Any]] = {
    "edit_paper": lambda d, v, by: d.edit(v, by=by, title="另一个标题关于巡察整改的报告"),
    "submit_paper": lambda d, v, by: d.submit(v, by=by),
    "discard_paper": lambda d, v, by: discard_paper(version=v, by=by, at=NOW),
    "approve_paper": lambda d, v, by: d.approve(v, by=by),
    "return_paper": lambda d, v, by: return_paper(version=v, note="请补充各单位的整改数据", by=by, at=NOW),
    "issue_paper": lambda d, v, by: d.issue_it(v, by=by),
    "comment_on_paper": lambda d, v, by: comment_on_paper(version=v, text="请补充数据", by=by, at=NOW),
}


def in_state(desk: PaperDesk, state: str) -> PaperVersion:
    version = desk.make("report")
    desk.complete(version)
    if state == "discarded":
        discard_paper(version=version, by=desk.office, at=NOW)
    if state in {"draft", "discarded"}:
        return version
    desk.submit(version)
    if state == "returned":
        return_paper(version=version, note="请补充各单位的整改数据", by=desk.group, at=NOW)
    elif state != "submitted":
        desk.approve(version)
        if state == "issued":
            desk.issue_it(version)
    return version


@pytest.mark.parametrize("state", STATES)
def test_every_verb_for_every_person_in_every_state(desk: PaperDesk, state: str) -> None:
    version = in_state(desk, state)
    for verb, call in VERBS.items():
        for name in PEOPLE.split():
            person, expected = getattr(desk, name), state in DONE[verb].get(name, set())
            version.refresh_from_db()
            assert (verb in abilities(person, version)) == expected, f"{verb} {name} {state}"
            before, done = Event.objects.count(), False
            with transaction.atomic():
                with suppress(Forbidden, RuleViolation):
                    call(desk, version, person)
                    done = True
                assert (Event.objects.count() > before) == done
                transaction.set_rollback(True)
            assert done == expected, f"{verb} {name} {state}"


def test_who_had_a_hand_in_it_does_not_approve_whatever_their_roles(desk: PaperDesk) -> None:
    for name in ("office", "second_office"):
        getattr(desk, name).appointments.create(role="group", unit=desk.organisation)
    version = desk.make()
    desk.edit(version, by=desk.second_office, title="关于整改情况的通报")
    desk.complete(version)
    desk.submit(version)
    for name in ("office", "second_office"):
        with pytest.raises(Forbidden, match="worked on"):
            desk.approve(version, by=getattr(desk, name))
    desk.approve(version)
    assert version.decided_by == desk.group


def test_what_is_approved_is_the_text_that_was_read(desk: PaperDesk) -> None:
    version = desk.make()
    desk.complete(version)
    read = version.content_sha256
    desk.edit(version, title="关于整改情况的通报")
    desk.submit(version)
    with pytest.raises(Conflict):
        approve_paper(version=version, sha256=read, by=desk.group, at=NOW)


def test_two_editors_do_not_overwrite_each_other(desk: PaperDesk) -> None:
    version = desk.make()
    other = PaperVersion.objects.get(pk=version.pk)
    desk.edit(version, by=desk.second_office, title="关于整改情况的通报")
    other.revision = 1
    with pytest.raises(Conflict, match="Second office"):
        desk.edit(other, title="另一个")


def test_edited_accounts_stand_in_the_paper(desk: PaperDesk) -> None:
    version = desk.make()
    desk.edit(version, accounts={desk.closed.pk: "已经修补。\r\n\r\n 效果良好。"})
    part = next(part for part in content_of(version).parts() if part.issue == desk.closed.pk)
    assert part.account == "已经修补。\n效果良好。"
    with pytest.raises(RuleViolation):
        desk.edit(version, accounts={999999: "没有的问题"})
    with pytest.raises(RuleViolation) as caught:
        desk.edit(version, title=" ")
    assert caught.value.field == "title"


def test_what_is_left_open_is_not_submitted(desk: PaperDesk) -> None:
    version = desk.make()
    with pytest.raises(RuleViolation, match="请填写"):
        desk.submit(version)


def test_one_version_is_in_work_and_the_next_one_begins_from_the_last(desk: PaperDesk) -> None:
    first = desk.issued(number="城管党[2026]3号")
    assert first.document_number == "城管党〔2026〕3号"
    second = revise_paper(version=first, by=desk.office, at=NOW)
    assert (second.number, second.content) == (2, first.content)
    with pytest.raises(RuleViolation, match="already in progress"):
        desk.make()
    desk.make("plan")
    desk.submit(second)
    desk.approve(second)
    with pytest.raises(RuleViolation, match="already has this number"):
        desk.issue_it(second, "城管党〔2026〕3号")
    with pytest.raises(RuleViolation, match="Write the number"):
        desk.issue_it(second, "三号文")
    assert Event.objects.filter(verb="issue_paper").count() == 1


def test_a_change_of_what_is_shown_makes_a_paper_out_of_date(desk: PaperDesk) -> None:
    for issue in (desk.closed, desk.in_work):
        desk.show(issue, "full")
    version = desk.make(audience="public")
    desk.complete(version)
    withheld = Proposal("withheld", reason="涉及案件线索")
    propose_disclosure(issue=desk.closed, audience="public", proposal=withheld, by=desk.office, at=NOW)
    with pytest.raises(RuleViolation, match="changed"):
        desk.submit(version)
    discard_paper(version=version, by=desk.office, at=NOW)
    anew = desk.make(audience="public")
    assert [part.issue for part in content_of(anew).parts()] == [desk.in_work.pk]
    assert content_of(anew).counts["issues"] == 3, "what is withheld counts in the totals"


def test_nothing_to_show_is_refused(desk: PaperDesk) -> None:
    with pytest.raises(RuleViolation, match="shown to this audience"):
        desk.make(audience="public")


def test_comments_are_worked_in_before_the_report_is_submitted(desk: PaperDesk) -> None:
    version = desk.make("report")
    desk.complete(version)
    comment = comment_on_paper(version=version, text="请补充问责情况", by=desk.inspector, at=NOW)
    with pytest.raises(RuleViolation, match="1 comments"):
        desk.submit(version)
    with pytest.raises(Forbidden):
        answer_comment(comment=comment, answer="已补充", by=desk.group, at=NOW)
    answer_comment(comment=comment, answer="已在第三部分补充", by=desk.office, at=NOW)
    with pytest.raises(RuleViolation):
        answer_comment(comment=comment, answer="再次补充内容", by=desk.office, at=NOW)
    desk.submit(version)
    assert [(c.text, c.answer) for c in content_of(version).comments] == [("请补充问责情况", "已在第三部分补充")]
    with pytest.raises(Forbidden):
        comment_on_paper(version=desk.make("plan"), text="请补充", by=desk.inspector, at=NOW)


NEVER = {
    "issued": ["title = 'Another'", "content = '{}'", "document_number = ''", "status = 'draft'", "note = 'x'"],
    "submitted": [
        "title = 'Another'",
        "content = '{}'",
        "content_sha256 = '0'",
        "status = 'issued'",
        "status = 'draft'",
    ],
    "approved": ["content = '{}'", "revision = 9", "status = 'submitted'"],
    "draft": ["kind = 'plan'", "number = 7", "status = 'approved'", "status = 'issued'", "status = 'lost'"],
    "returned": ["status = 'submitted'"],
    "discarded": ["status = 'draft'"],
}


@pytest.mark.parametrize("state", list(NEVER))
def test_the_database_keeps_a_paper(desk: PaperDesk, state: str) -> None:
    version = in_state(desk, state)
    for change in [*NEVER[state], ""]:
        statement = f"UPDATE papers_paperversion SET {change} WHERE id = %s"
        if not change:
            statement = "DELETE FROM papers_paperversion WHERE id = %s"
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [version.pk])


def test_the_database_keeps_a_comment_and_begins_a_paper_as_a_draft(desk: PaperDesk) -> None:
    version = desk.make("report")
    comment = comment_on_paper(version=version, text="请补充问责情况", by=desk.inspector, at=NOW)
    for statement in ("UPDATE papers_papercomment SET text = 'x'", "DELETE FROM papers_papercomment"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    answer_comment(comment=comment, answer="已在第三部分补充", by=desk.office, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperComment.objects.filter(pk=comment.pk).update(answer="Another")
    version.pk, version.number, version.kind, version.status = None, 9, "plan", "issued"
    with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
        version.save(force_insert=True)
