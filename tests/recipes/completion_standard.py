"""A measure says by what it is recognised as complete: on its page, in the API, in the workbook, in its history."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from measures.models import Measure
from signoffs.services.papers import issue_file
from tests.api.client import ApiClient
from tests.factories import Cast
from tests.imports.workbook.workbook_files import counts, export, import_json, open_book

pytestmark = pytest.mark.django_db
FIRST_ROW = 4


def standard_of(measure: Measure) -> str:
    measure.refresh_from_db()
    return str(vars(measure)["completion_standard"])


def test_the_office_types_it_and_everyone_reads_it(cast: Cast, client: Client) -> None:
    measure = cast.measure()
    page = reverse("edit_measure", args=[measure.pk])
    client.force_login(cast.office, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    form = client.get(page).content.decode()
    assert '<textarea name="completion_standard"' in form
    assert "完成标准</label>" in form
    typed = {"text": measure.text, "mode": measure.mode, "leader": measure.leader_id, "deadline": measure.deadline}
    typed |= {"lead_unit": measure.lead_unit_id, "stages-TOTAL_FORMS": 0, "stages-INITIAL_FORMS": 0}
    assert client.post(page, {**typed, "completion_standard": "Ten lamps\nTwo crossings"}).status_code == 302
    seen = client.get(reverse("measure", args=[measure.pk])).content.decode()
    assert '<dt>完成标准</dt><dd class="prose">Ten lamps\nTwo crossings</dd>' in seen
    history = client.get(f"{reverse('measure', args=[measure.pk])}?tab=history").content.decode()
    assert "完成标准" in history.partition('class="page-tabs"')[2]


def test_a_program_reads_and_writes_it(cast: Cast) -> None:
    measure, caller = cast.measure(), ApiClient(cast.office)
    assert caller.get(f"measures/{measure.pk}/").json()["completion_standard"] == ""
    answer = caller.patch(f"measures/{measure.pk}/", completion_standard="Ten lamps")
    assert (answer.status_code, answer.json()["completion_standard"]) == (200, "Ten lamps")
    planned = caller.post(
        "measures/",
        issue=measure.issue_id,
        text="Light the crossings",
        leader=cast.leader.pk,
        lead_unit=cast.roads.pk,
        deadline="2026-06-01",
        completion_standard="Two crossings",
    )
    assert (planned.status_code, planned.json()["completion_standard"]) == (201, "Two crossings")


def test_it_goes_out_in_the_workbook_and_comes_back_changed(cast: Cast, tmp_path: Path) -> None:
    measure, code = cast.measure(), cast.inspection.code
    Measure.objects.filter(pk=measure.pk).update(completion_standard="Ten lamps")
    file = export(tmp_path, code)
    assert counts(import_json(file, code)[1]) == (0, 0, 1, 0)
    book, sheet, columns = open_book(file)
    cell = sheet.cell(FIRST_ROW, columns["完成标准"])
    assert cell.value == "Ten lamps"
    cell.value = "Twelve lamps"
    book.save(file)
    assert counts(import_json(file, code)[1]) == (0, 1, 0, 0)
    assert standard_of(measure) == "Twelve lamps"
    import_json(file, "copy", "--create-missing")
    assert standard_of(Measure.objects.get(inspection__code="copy")) == "Twelve lamps"


def test_the_paper_of_the_archive_has_it(cast: Cast) -> None:
    measure = cast.measure()
    Measure.objects.filter(pk=measure.pk).update(completion_standard="Ten lamps")
    assert dict(issue_file._plan_of(Measure.objects.get(pk=measure.pk)))["完成标准"] == "Ten lamps"
