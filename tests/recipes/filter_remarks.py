"""Measures by the words of their remarks: the page, the API and a saved filter list the same ones."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from measures.models import Measure
from tests.api.caller import Caller
from tests.factories import Bureau
from tests.ledger.test_ledger_page import codes, listed

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamps(bureau: Bureau) -> Measure:
    bureau.measure(remarks="By the school")
    bureau.measure()
    return bureau.measure(remarks="Ten LAMPS are ordered")


def test_the_ledger_lists_what_is_asked_for(lamps: Measure, bureau: Bureau, page_of: Callable[[Any], Client]) -> None:
    client = page_of(bureau.office)
    assert len(codes(listed(client, bureau))) == 3
    assert codes(listed(client, bureau, "?remarks=lamps")) == [lamps.code]
    assert codes(listed(client, bureau, "?remarks=trees")) == []


def test_the_bar_asks_for_it_in_chinese(lamps: Measure, bureau: Bureau, page_of: Callable[[Any], Client]) -> None:
    client = page_of(bureau.office)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    bar = listed(client, bureau, "?remarks=lamps").partition('class="filter-bar"')[2].partition("</form>")[0]
    assert 'name="remarks" value="lamps"' in bar
    assert "备注包含</label>" in bar


def test_a_program_lists_the_same(lamps: Measure, bureau: Bureau) -> None:
    assert Caller(bureau.office).ids("measures", remarks="lamps") == {lamps.pk}
    assert Caller(bureau.office).ids("measures", remarks="trees") == set()
