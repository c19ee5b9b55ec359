"""What which audience is shown: the office proposes, the group decides, no one on their own; less is shown at once."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Event
from core.exceptions import Forbidden, RuleViolation
from issues.models import Disclosure, Issue
from issues.queries import disclosed_to, marked_names, names_in
from issues.services import (
    Proposal,
    approve_disclosure,
    approve_disclosures,
    propose_disclosure,
    propose_in_full,
    refuse_disclosure,
)
from tests.factories import NOW, Bureau, user

pytestmark = pytest.mark.django_db
REDACTED = Proposal("redacted", text="某单位存在违规", account="已经整改到位。", reason="涉及个人信息")
WITHHELD = Proposal("withheld", reason="涉及案件线索")
FULL = Proposal("full")


def propose(bureau: Bureau, issue: Issue, proposal: Proposal, audience: str = "public", by: Any = None) -> Disclosure:
    return propose_disclosure(issue=issue, audience=audience, proposal=proposal, by=by or bureau.office, at=NOW)


def decide(bureau: Bureau, issue: Issue, proposal: Proposal, audience: str = "public") -> Disclosure:
    row = propose(bureau, issue, proposal, audience)
    approve_disclosure(disclosure=row, by=bureau.group, at=NOW)
    return row


def extent(bureau: Bureau, issue: Issue, audience: str = "public") -> str:
    return disclosed_to(audience, bureau.inspection).of(issue.pk).extent


def test_without_any_decision_the_party_reads_all_and_the_public_nothing(bureau: Bureau) -> None:
    issue = bureau.issue()
    assert (extent(bureau, issue, "internal"), extent(bureau, issue)) == ("full", "withheld")


def test_what_is_approved_counts_and_replaces_what_counted(bureau: Bureau) -> None:
    issue = bureau.issue()
    propose(bureau, issue, FULL)
    assert extent(bureau, issue) == "withheld", "more is shown once it is approved"
    decide(bureau, issue, FULL)
    assert extent(bureau, issue) == "full"
    second = decide(bureau, issue, REDACTED)
    disclosed = disclosed_to("public", bureau.inspection)
    assert disclosed.text_of(issue) == "某单位存在违规"
    assert (len(disclosed.full), list(disclosed.redacted)) == (0, [issue.pk])
    assert extent(bureau, issue, "internal") == "full"
    states = Disclosure.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == ["replaced", "replaced", "approved"]
    assert disclosed.of(issue.pk).decision == second.pk
    verbs = Event.objects.about(issue).values_list("verb", flat=True)
    assert list(verbs).count("approve_disclosure") == 2


def test_while_less_is_proposed_nothing_is_shown(bureau: Bureau) -> None:
    issue = bureau.issue()
    decide(bureau, issue, FULL)
    row = propose(bureau, issue, REDACTED)
    assert extent(bureau, issue) == "withheld"
    refuse_disclosure(disclosure=row, note="没有必要", by=bureau.group, at=NOW)
    assert extent(bureau, issue) == "full"
    propose(bureau, issue, WITHHELD, "internal")
    assert extent(bureau, issue, "internal") == "withheld"


def test_who_may_propose_and_who_may_decide(bureau: Bureau) -> None:
    issue = bureau.issue()
    for name in ("group", "leader", "inspector", "roads_officer", "system_admin", "superuser", "stranger"):
        with pytest.raises(Forbidden):
            propose(bureau, issue, FULL, by=getattr(bureau, name))
    row = propose(bureau, issue, FULL)
    for name in ("office", "leader", "inspector", "roads_officer", "system_admin", "superuser", "stranger"):
        with pytest.raises(Forbidden):
            approve_disclosure(disclosure=row, by=getattr(bureau, name), at=NOW)
        with pytest.raises(Forbidden):
            refuse_disclosure(disclosure=row, note="没有必要", by=getattr(bureau, name), at=NOW)
    both = user("Both", role="office", over=bureau.organisation)
    both.appointments.create(role="group", unit=bureau.organisation)
    own = propose(bureau, bureau.issue(), FULL, by=both)
    with pytest.raises(Forbidden, match="proposed"):
        approve_disclosure(disclosure=own, by=both, at=NOW)


@pytest.mark.parametrize(
    ("proposal", "field"),
    [
        (Proposal("redacted", reason="涉及个人信息"), "text"),
        (Proposal("redacted", text="改写"), "reason"),
        (Proposal("withheld", reason="  "), "reason"),
        (Proposal("some"), "extent"),
    ],
)
def test_what_is_missing_is_said_at_its_field(bureau: Bureau, proposal: Proposal, field: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        propose(bureau, bureau.issue(), proposal)
    assert caught.value.field == field


def test_the_same_again_and_a_second_decision_are_refused(bureau: Bureau) -> None:
    issue = bureau.issue()
    row = decide(bureau, issue, FULL)
    with pytest.raises(RuleViolation):
        propose(bureau, issue, FULL)
    with pytest.raises(RuleViolation):
        approve_disclosure(disclosure=row, by=bureau.group, at=NOW)


def test_several_at_once_leave_out_what_is_decided_and_say_so(bureau: Bureau) -> None:
    first, second, third = (bureau.issue() for _each in range(3))
    decide(bureau, first, WITHHELD)
    issues = [first, second, third]
    done = propose_in_full(inspection=bureau.inspection, issues=issues, audience="public", by=bureau.office, at=NOW)
    assert (done.done, [issue for issue, _why in done.skipped]) == ([second, third], [first])
    rows = list(Disclosure.objects.pending().select_related("issue__inspection"))
    approved = approve_disclosures(disclosures=rows, by=bureau.group, at=NOW)
    assert len(approved.done) == 2
    assert not approve_disclosures(disclosures=rows, by=bureau.group, at=NOW).done, "twice is once"
    assert disclosed_to("public", bureau.inspection).full == {second.pk, third.pk}
    assert Event.objects.filter(verb="approve_disclosure").count() == 3
    with pytest.raises(Forbidden):
        propose_in_full(inspection=bureau.inspection, issues=issues, audience="public", by=bureau.group, at=NOW)


def test_two_queries_whatever_the_number_of_issues(bureau: Bureau, queries: Any) -> None:
    for _each in range(5):
        decide(bureau, bureau.issue(), FULL)
    assert queries(lambda: disclosed_to("public", bureau.inspection)) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE issues_disclosure SET extent = 'full', text = '', account = ''",
        "UPDATE issues_disclosure SET text = 'another'",
        "UPDATE issues_disclosure SET status = 'refused'",
        "UPDATE issues_disclosure SET note = 'another'",
        "DELETE FROM issues_disclosure",
    ],
)
def test_the_database_keeps_a_decision(bureau: Bureau, statement: str) -> None:
    decide(bureau, bureau.issue(), REDACTED)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_takes_no_decision_that_was_not_proposed(bureau: Bureau) -> None:
    values = {"issue": bureau.issue(), "audience": "public", "extent": "full", "proposed_by": bureau.office}
    with pytest.raises(IntegrityError, match="begins as a proposal"), transaction.atomic():
        Disclosure.objects.create(status="approved", proposed_at=NOW, decided_by=bureau.group, decided_at=NOW, **values)


def test_names_in_free_text_are_marked() -> None:
    text = "局长刘静同志带队，王某某未到，欧阳明科长说明。城管局组织整治。"
    assert names_in(text, ["城管局"]) == ["刘静", "王某某", "欧阳明", "城管局"]
    assert "".join(piece for piece, _is_name in marked_names(text, [])) == text
    assert [piece for piece, is_name in marked_names(text, ["刘静同志"]) if is_name][0] == "刘静同志"
    assert marked_names("", ["刘静"]) == []
