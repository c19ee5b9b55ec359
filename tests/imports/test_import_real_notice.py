"""The published notice that the program was made for, read and imported whole."""

from pathlib import Path

import pytest
from django.conf import settings

from audit.models import Event
from audit.services import verify
from imports.services import apply_import
from issues.models import Area, Category, Inspection, Issue, Problem
from measures.models import Measure, MeasureSpan
from papers.models import Notice
from readers.notice import read, summary
from readers.notice.summary import issues_of
from signoffs.models import Application
from tests.factories import NOW

NOTICE = Path(settings.BASE_DIR).parent / "shared/notices/xuchang-2021.txt"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not NOTICE.exists(), reason="the real notice is not beside the project (../shared/notices)"),
]


def test_its_figures_are_read_and_no_line_is_left_over() -> None:
    told = summary(read(NOTICE.read_bytes(), name=NOTICE.name))
    counts = [told[name] for name in ("areas", "categories", "problems", "issues", "measures")]
    assert counts == [3, 10, 29, 79, 232]
    assert told["completion"] == {"done": 79, "basically_done": 0, "not_done": 0}
    assert told["sustained"] == 50
    assert told["claimed"]["measures"] == 242
    assert told["unread"] == []


def test_the_other_encodings_of_offices_give_the_same_tree() -> None:
    text = NOTICE.read_text(encoding="utf-8")
    expected = summary(read(text.encode(), name="a.txt"))["tree"]
    encoded = [text.encode(name) for name in ("gb18030", "utf-16", "utf-8-sig")]
    for data in (*encoded, text.replace("\n", "\r\n").encode()):
        assert summary(read(data, name="a.txt"))["tree"] == expected
    page = "<html><head><meta charset='gbk'><style>p {}</style></head><body>" + "".join(
        f"<p>{line}</p>" for line in text.splitlines()
    )
    assert summary(read(page.encode("gb18030"), name="a.html"))["tree"] == expected


def test_the_database_holds_the_same_tree_and_reports_and_a_second_import_changes_nothing() -> None:
    reading = read(NOTICE.read_bytes(), name=NOTICE.name)
    outcome = apply_import(reading, code="xuchang", by=None, at=NOW, create_missing=True)
    assert (outcome["applied"], outcome["created"], outcome["changed"], outcome["unchanged"]) == (True, 232, 0, 0)
    inspection = Inspection.objects.get(code="xuchang")
    levels = (Area, Category, Problem, Issue, Measure)
    counts = [model.objects.filter(inspection=inspection).count() for model in levels]
    assert counts == [3, 10, 29, 79, 232]
    in_order = Issue.objects.order_by("sort_key").prefetch_related("measures")
    stored = [(i.code, i.number, i.text, i.outcome_before, [m.text for m in i.measures.all()]) for i in in_order]
    assert stored == [
        (i.code, i.number, i.text, i.outcome_before, [m.text for m in i.measures]) for i in issues_of(reading)
    ]
    assert Application.objects.claims().filter(completion="done", measure=None).count() == 79
    assert Issue.objects.filter(is_sustained=True).count() == 50
    assert not Issue.objects.exclude(completion="").exists()
    assert Measure.objects.incomplete().count() == 232
    assert MeasureSpan.objects.count() == 232

    events = Event.objects.count()
    again = apply_import(reading, code="xuchang", by=None, at=NOW, create_missing=True)
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 232)
    assert again["absent"] == []
    assert (Event.objects.count(), Notice.objects.count()) == (events, 1)
    assert verify()[2] == []
