"""Measures by the words of their remarks: the page, the API and a saved filter list the same ones."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from measures.models import Measure
from tests.api.client import ApiClient
from tests.factories import Cast
from tests.ledger.test_ledger_page import codes, listed

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamps(cast: Cast) -> Measure:
    cast.measure(remarks="By the school")
    cast.measure()
    return cast.measure(remarks="Ten LAMPS are ordered")


def test_the_ledger_lists_what_is_asked_for(lamps: Measure, cast: Cast, page_of: Callable[[Any], Client]) -> None:
    client = page_of(cast.office)
    assert len(codes(listed(client, cast))) == 3
    assert codes(listed(client, cast, "?remarks=lamps")) == [lamps.code]
    assert codes(listed(client, cast, "?remarks=trees")) == []


def test_the_bar_asks_for_it_in_chinese(lamps: Measure, cast: Cast, page_of: Callable[[Any], Client]) -> None:
    client = page_of(cast.office)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    bar = listed(client, cast, "?remarks=lamps").partition('class="filter-bar"')[2].partition("</form>")[0]
    assert 'name="remarks" value="lamps"' in bar
    assert "备注包含</label>" in bar


def test_a_program_lists_the_same(lamps: Measure, cast: Cast) -> None:
    assert ApiClient(cast.office).ids("measures", remarks="lamps") == {lamps.pk}
    assert ApiClient(cast.office).ids("measures", remarks="trees") == set()
