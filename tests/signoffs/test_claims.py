"""What imported sources say: an application that nobody made; old claims are carried over."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from issues.models import Issue
from signoffs.models import Application
from signoffs.services import Claimed, Source, keep_claims, verify_manifest
from tests.factories import NOW
from tests.signoffs.scenes import Review

BEFORE = [("ledger", "0002_workbook"), ("signoffs", "0001_initial")]
SOURCE = Source("Notice of results", "f" * 64)


@pytest.mark.django_db
def test_a_claim_keeps_words_line_and_hash_and_decides_nothing(review: Review) -> None:
    issue = review.issue()
    (made,) = keep_claims(
        claims=[Claimed(issue=issue, words="Put right.", line=41, completion="done", is_sustained=True)],
        source=SOURCE,
        at=NOW,
    )
    made.refresh_from_db()
    assert (made.origin, made.status, made.round, made.applicant, made.review_steps) == (
        "imported",
        "claimed",
        0,
        None,
        [],
    )
    assert (made.statement, made.completion, made.is_sustained) == ("Put right.", "done", True)
    assert (made.source_title, made.source_line, made.source_sha256) == ("Notice of results", 41, "f" * 64)
    assert json.loads(made.manifest)["source"] == {"title": "Notice of results", "line": 41, "sha256": "f" * 64}
    assert verify_manifest(made)
    assert not made.decisions.exists()
    issue.refresh_from_db()
    assert (issue.status, issue.completion) == ("open", "")


@pytest.mark.django_db
def test_a_claim_of_a_measure_leaves_the_measure_as_it_is(review: Review) -> None:
    measure = review.measure()
    claim = Claimed(
        issue=measure.issue, measure=measure, words="Signed off.", line=9, more={"signed_off_on": "2026-01-05"}
    )
    (made,) = keep_claims(claims=[claim], source=SOURCE, at=NOW)
    measure.refresh_from_db()
    assert (made.measure, measure.status) == (measure, "planned")
    assert json.loads(made.manifest)["claim"]["signed_off_on"] == "2026-01-05"


@pytest.mark.django_db
def test_what_is_applied_for_here_begins_with_round_one(review: Review) -> None:
    issue = review.signed_off().issue
    keep_claims(claims=[Claimed(issue=issue, words="Done.", line=1, completion="done")], source=SOURCE, at=NOW)
    made = review.closing(Issue.objects.get(pk=issue.pk))
    assert made.round == 1
    assert list(Application.objects.claims().values_list("round", flat=True)) == [0]


@pytest.mark.django_db
def test_a_hundred_claims_cost_as_much_as_one(review: Review, queries: Any) -> None:
    issues = [review.issue() for _number in range(21)]

    def keep(some: list[Issue]) -> int:
        claims = [Claimed(issue=issue, words="Done.", line=1, completion="done") for issue in some]
        return queries(lambda: keep_claims(claims=claims, source=SOURCE, at=NOW))

    assert keep(issues[:1]) == keep(issues[1:])


def migrated(targets: list[tuple[str, str]]) -> Any:
    """Go to these migrations by the command, which lifts and installs the guards; return the models of then."""
    for app, name in targets:
        call_command("migrate", app, name, verbosity=0)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.mark.django_db(transaction=True)
def test_old_claims_become_applications_and_nothing_of_them_is_lost() -> None:
    review = Review()
    issues = [review.issue(text="The first one"), review.issue()]
    try:
        then = migrated(BEFORE)
        notice = then.get_model("ledger", "Notice").objects.create(
            inspection_id=review.inspection.pk, title="Notice of results", at=NOW
        )
        for number, issue in enumerate(issues, 1):
            then.get_model("ledger", "Claim").objects.create(
                issue_id=issue.pk,
                notice=notice,
                completion=("done", "basically_done")[number - 1],
                is_sustained=number == 1,
                status_line=f"Words {number}",
                line=40 + number,
                file_sha256="e" * 64,
            )
    finally:
        call_command("migrate", verbosity=0)
    made = list(Application.objects.claims().order_by("source_line"))
    assert [each.issue for each in made] == issues
    assert [(each.completion, each.is_sustained, each.statement, each.source_line) for each in made] == [
        ("done", True, "Words 1", 41),
        ("basically_done", False, "Words 2", 42),
    ]
    assert {(e.source_title, e.source_sha256, e.applied_at, e.status, e.round) for e in made} == {
        ("Notice of results", "e" * 64, NOW, "claimed", 0)
    }
    assert all(verify_manifest(each) for each in made)
    assert json.loads(made[0].manifest)["issue"]["text"] == "The first one"
