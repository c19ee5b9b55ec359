"""What imported sources say: an application that no one filed here."""

import json
from typing import Any

import pytest

from issues.models import Issue
from signoffs.models import Application
from signoffs.services import Claimed, ClaimSource, keep_claims, verify_manifest
from tests.factories import NOW
from tests.signoffs.review_setup import Review

SOURCE = ClaimSource("Notice of results", "f" * 64)


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
