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
from tests.factories import NOW, Cast, user

pytestmark = pytest.mark.django_db
REDACTED = Proposal("redacted", text="某单位存在违规", account="已经整改到位。", reason="涉及个人信息")
WITHHELD = Proposal("withheld", reason="涉及案件线索")
FULL = Proposal("full")


def propose(cast: Cast, issue: Issue, proposal: Proposal, audience: str = "public", by: Any = None) -> Disclosure:
    return propose_disclosure(issue=issue, audience=audience, proposal=proposal, by=by or cast.office, at=NOW)


def decide(cast: Cast, issue: Issue, proposal: Proposal, audience: str = "public") -> Disclosure:
    row = propose(cast, issue, proposal, audience)
    approve_disclosure(disclosure=row, by=cast.group, at=NOW)
    return row


def extent(cast: Cast, issue: Issue, audience: str = "public") -> str:
    return disclosed_to(audience, cast.inspection).of(issue.pk).extent


def test_without_any_decision_the_party_reads_all_and_the_public_nothing(cast: Cast) -> None:
    issue = cast.issue()
    assert (extent(cast, issue, "internal"), extent(cast, issue)) == ("full", "withheld")


def test_what_is_approved_counts_and_replaces_what_counted(cast: Cast) -> None:
    issue = cast.issue()
    propose(cast, issue, FULL)
    assert extent(cast, issue) == "withheld", "more is shown once it is approved"
    decide(cast, issue, FULL)
    assert extent(cast, issue) == "full"
    second = decide(cast, issue, REDACTED)
    disclosed = disclosed_to("public", cast.inspection)
    assert disclosed.text_of(issue) == "某单位存在违规"
    assert (len(disclosed.full), list(disclosed.redacted)) == (0, [issue.pk])
    assert extent(cast, issue, "internal") == "full"
    states = Disclosure.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == ["replaced", "replaced", "approved"]
    assert disclosed.of(issue.pk).decision == second.pk
    verbs = Event.objects.about(issue).values_list("verb", flat=True)
    assert list(verbs).count("approve_disclosure") == 2


def test_while_less_is_proposed_nothing_is_shown(cast: Cast) -> None:
    issue = cast.issue()
    decide(cast, issue, FULL)
    row = propose(cast, issue, REDACTED)
    assert extent(cast, issue) == "withheld"
    refuse_disclosure(disclosure=row, note="没有必要", by=cast.group, at=NOW)
    assert extent(cast, issue) == "full"
    propose(cast, issue, WITHHELD, "internal")
    assert extent(cast, issue, "internal") == "withheld"


def test_who_may_propose_and_who_may_decide(cast: Cast) -> None:
    issue = cast.issue()
    for name in ("group", "leader", "inspector", "roads_officer", "system_admin", "superuser", "stranger"):
        with pytest.raises(Forbidden):
            propose(cast, issue, FULL, by=getattr(cast, name))
    row = propose(cast, issue, FULL)
    for name in ("office", "leader", "inspector", "roads_officer", "system_admin", "superuser", "stranger"):
        with pytest.raises(Forbidden):
            approve_disclosure(disclosure=row, by=getattr(cast, name), at=NOW)
        with pytest.raises(Forbidden):
            refuse_disclosure(disclosure=row, note="没有必要", by=getattr(cast, name), at=NOW)
    both = user("Both", role="office", over=cast.organisation)
    both.appointments.create(role="group", unit=cast.organisation)
    own = propose(cast, cast.issue(), FULL, by=both)
    with pytest.raises(Forbidden, match="proposal"):
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
def test_what_is_missing_is_said_at_its_field(cast: Cast, proposal: Proposal, field: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        propose(cast, cast.issue(), proposal)
    assert caught.value.field == field


def test_the_same_again_and_a_second_decision_are_refused(cast: Cast) -> None:
    issue = cast.issue()
    row = decide(cast, issue, FULL)
    with pytest.raises(RuleViolation):
        propose(cast, issue, FULL)
    with pytest.raises(RuleViolation):
        approve_disclosure(disclosure=row, by=cast.group, at=NOW)


def test_several_at_once_leave_out_what_is_decided_and_say_so(cast: Cast) -> None:
    first, second, third = (cast.issue() for _each in range(3))
    decide(cast, first, WITHHELD)
    issues = [first, second, third]
    done = propose_in_full(inspection=cast.inspection, issues=issues, audience="public", by=cast.office, at=NOW)
    assert (done.done, [issue for issue, _why in done.skipped]) == ([second, third], [first])
    rows = list(Disclosure.objects.pending().select_related("issue__inspection"))
    approved = approve_disclosures(disclosures=rows, by=cast.group, at=NOW)
    assert len(approved.done) == 2
    assert not approve_disclosures(disclosures=rows, by=cast.group, at=NOW).done, "twice is once"
    assert disclosed_to("public", cast.inspection).full == {second.pk, third.pk}
    assert Event.objects.filter(verb="approve_disclosure").count() == 3
    with pytest.raises(Forbidden):
        propose_in_full(inspection=cast.inspection, issues=issues, audience="public", by=cast.group, at=NOW)


def test_two_queries_whatever_the_number_of_issues(cast: Cast, queries: Any) -> None:
    for _each in range(5):
        decide(cast, cast.issue(), FULL)
    assert queries(lambda: disclosed_to("public", cast.inspection)) == 2


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
def test_the_database_keeps_a_decision(cast: Cast, statement: str) -> None:
    decide(cast, cast.issue(), REDACTED)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_takes_no_decision_that_was_not_proposed(cast: Cast) -> None:
    values = {"issue": cast.issue(), "audience": "public", "extent": "full", "proposed_by": cast.office}
    with pytest.raises(IntegrityError, match="begins as a proposal"), transaction.atomic():
        Disclosure.objects.create(status="approved", proposed_at=NOW, decided_by=cast.group, decided_at=NOW, **values)


def test_names_in_free_text_are_marked() -> None:
    text = "局长刘静同志带队，王某某未到，欧阳明科长说明。城管局组织整治。"
    assert names_in(text, ["城管局"]) == ["刘静", "王某某", "欧阳明", "城管局"]
    assert "".join(piece for piece, _is_name in marked_names(text, [])) == text
    assert [piece for piece, is_name in marked_names(text, ["刘静同志"]) if is_name][0] == "刘静同志"
    assert marked_names("", ["刘静"]) == []
