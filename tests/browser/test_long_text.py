"""What offices really paste: long Chinese without a blank to break at."""

from collections.abc import Callable

import pytest

from accounts.models import Unit, User
from issues.models import Inspection, Issue
from measures.models import Measure
from tests.browser.office_data import OfficeData
from tests.browser.page_checks import Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SENTENCE = "关于进一步加强城市供水管网更新改造与日常巡查养护管理工作的落实情况"


def long(length: int) -> str:
    return (SENTENCE * (length // len(SENTENCE) + 1))[:length]


@pytest.mark.parametrize("letters", ["Chinese", "one Latin word"])
def test_long_texts_stay_within_the_page(letters: str, watched: Callable[..., Watch], ground: OfficeData) -> None:
    """2,000 characters of a measure, 300 of an issue, 60 of a unit and of a leader's post."""
    text = long if letters == "Chinese" else lambda length: "W" * length
    Measure.objects.update(text=text(2000), handler=text(60), remarks=text(300))
    Issue.objects.update(text=text(300), goal=text(300))
    for unit in Unit.objects.all():
        Unit.objects.filter(pk=unit.pk).update(name=text(58) + f"{unit.pk % 100:02}")
    User.objects.update(name=text(60))
    Inspection.objects.update(title=text(100), inspected_by=text(60))
    watch = watched(ground.office, language="zh-hans")
    code, measure = ground.inspection.code, ground.measures["in_progress"]
    issue = f"/issues/{measure.issue_id}/"
    pages = [f"/inspections/{code}/", f"/inspections/{code}/ledger/", f"/inspections/{code}/ledger/?sort=deadline"]
    pages += [issue, f"{issue}plan-measure/", f"/measures/{measure.pk}/", f"/measures/{measure.pk}/?tab=history"]
    for address in [*pages, f"/measures/{measure.pk}/edit/", "/extensions/", "/account/"]:
        watch.visit(address)
    watch.visit(f"/measures/{measure.pk}/")
    assert text(2000) in watch.words(), "the whole text is on the page of the measure"
    assert not watch.faults, watch.told()
