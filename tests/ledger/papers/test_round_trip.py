"""What is printed is read again: tree, conclusions and reports of a notice come back as they went out."""

from pathlib import Path

import pytest
from django.conf import settings

from core.documents import write_docx
from issues.models import Inspection
from ledger.notice import read, summary
from ledger.services import apply_import
from ledger.services.papers.drafting import draw_up
from ledger.services.papers.printing import Printed, paper_of, plain_text
from tests.factories import NOW

NOTICE = Path(settings.BASE_DIR).parent / "shared/notices/xuchang-2021.txt"
pytestmark = pytest.mark.django_db
COUNTS = ("areas", "categories", "problems", "issues", "measures", "completion", "sustained", "claimed")


@pytest.mark.skipif(not NOTICE.exists(), reason="the real notice is not beside the project (../shared/notices)")
def test_the_real_notice_comes_back_from_text_and_word() -> None:
    reading = read(NOTICE.read_bytes(), name=NOTICE.name)
    apply_import(reading, code="xuchang", by=None, at=NOW, create_missing=True)
    content = draw_up(inspection=Inspection.objects.get(code="xuchang"), kind="notice", audience="internal", at=NOW)
    went_in = summary(reading)
    assert [went_in[name] for name in COUNTS[:5]] == [3, 10, 29, 79, 232]
    came_back = {
        "txt": read(plain_text(content).encode(), name="a.txt"),
        "docx": read(write_docx(paper_of(content, kind="notice", printed=Printed())), name="a.docx"),
    }
    for name, again in came_back.items():
        told = summary(again)
        assert {key: told[key] for key in COUNTS} == {key: went_in[key] for key in COUNTS}, name
        assert told["tree"] == went_in["tree"], name
        assert told["title"] == went_in["title"]
        assert (told["preamble"], told["closing"]) == (went_in["preamble"], went_in["closing"]), name
        assert told["unread"] == [], name
