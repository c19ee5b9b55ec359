from collections.abc import Callable
from typing import Any

import pytest

from files.models import StoredFile
from papers.models import Notice, PaperComment, PaperVersion
from tests.database_constraints import change, constraints_of, put, refused_by
from tests.factories import NOW, Cast

pytestmark = pytest.mark.django_db


def stored(name: str) -> StoredFile:
    return StoredFile.objects.create(name=name, size=1, sha256="0" * 64, kind="text", stored_as=name, received_at=NOW)


def notice(cast: Cast, file: StoredFile | None) -> Notice:
    return Notice.objects.create(inspection=cast.inspection, file=file, title="Notice", at=NOW)


def notice_again(cast: Cast) -> None:
    there = notice(cast, stored("a"))
    put(Notice, inspection=cast.inspection, file=there.file, title="Another title", at=NOW)


def paper(cast: Cast, **values: Any) -> PaperVersion:
    made = {"created_by": cast.office, "created_at": NOW, "edited_by": cast.office, "edited_at": NOW}
    given = {"kind": "notice", "audience": "internal", "number": 1, "title": "Notice", "content": "{}", **values}
    return PaperVersion.objects.create(inspection=cast.inspection, content_sha256="0" * 64, **made, **given)


def submitted(cast: Cast, **values: Any) -> PaperVersion:
    version = paper(cast, **values)
    change(version, status="submitted", submitted_by=cast.office, submitted_at=NOW)
    return version


def approved(cast: Cast, **values: Any) -> PaperVersion:
    version = submitted(cast, **values)
    change(version, status="approved", decided_by=cast.group, decided_at=NOW)
    return version


def number_twice(cast: Cast) -> None:
    for kind in ("notice", "plan"):
        version = approved(cast, kind=kind)
        change(version, status="issued", issued_by=cast.office, issued_at=NOW, document_number="局〔2026〕1号")


def comment(cast: Cast, **values: Any) -> PaperComment:
    version = paper(cast, kind="report")
    return PaperComment.objects.create(version=version, by=cast.inspector, at=NOW, **{"text": "Say more", **values})


def version_again(cast: Cast) -> None:
    change(paper(cast), status="discarded")
    paper(cast)


Violation = Callable[[Cast], Any]
VIOLATIONS: list[tuple[str, Violation]] = [
    ("notice_once_per_file", notice_again),
    ("paper_version_once", version_again),
    ("paper_one_in_work", lambda b: [paper(b), paper(b, number=2)]),
    ("paper_document_number_once", number_twice),
    ("paper_kind_known", lambda b: paper(b, kind="poem")),
    ("paper_for_the_public_is_a_notice", lambda b: paper(b, kind="plan", audience="public")),
    ("paper_for_the_public_is_a_notice", lambda b: paper(b, audience="press")),
    ("paper_has_content", lambda b: paper(b, content="")),
    ("paper_submitted_says_who", lambda b: change(paper(b), status="submitted")),
    ("paper_decided_says_who", lambda b: change(submitted(b), status="approved")),
    (
        "paper_not_decided_by_its_makers",
        lambda b: change(submitted(b), status="approved", decided_by=b.office, decided_at=NOW),
    ),
    ("paper_issued_says_who", lambda b: change(approved(b), status="issued")),
    ("paper_comment_has_text", lambda b: comment(b, text="")),
    ("paper_comment_answer_says_who", lambda b: change(comment(b), answer="Done")),
    (
        "paper_comment_not_answered_by_its_author",
        lambda b: change(comment(b), answer="Done", answered_by=b.inspector, answered_at=NOW),
    ),
]


@pytest.mark.parametrize(("name", "violate"), VIOLATIONS, ids=[name for name, _violate in VIOLATIONS])
def test_the_database_refuses_it_by_name(cast: Cast, name: str, violate: Violation) -> None:
    with refused_by("papers", name):
        violate(cast)


def test_every_named_constraint_is_tried() -> None:
    beyond = {"paper_status_known"}  # the guard on the steps of a paper comes first: tests of papers
    assert {name for name, _violate in VIOLATIONS} == set(constraints_of("papers")) - beyond


def test_notices_without_a_file_are_several_notices(cast: Cast) -> None:
    for _number in range(3):
        notice(cast, None)
    assert Notice.objects.count() == 3
