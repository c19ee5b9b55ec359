"""One verb on many rows: each by itself; what was refused has its reason; an error of the program ends the batch."""

import pytest
from django.utils import translation

from core.batches import BatchResult, run_batch, run_item
from core.exceptions import Forbidden, RuleViolation

pytestmark = pytest.mark.django_db


def use(row: int) -> None:
    if row == 2:
        raise RuleViolation("Two is too many.")
    if row == 3:
        raise Forbidden
    if row == 4:
        raise ZeroDivisionError


def test_what_one_refuses_stops_none_of_the_others() -> None:
    result = run_batch([1, 2, 3, 5], "count", use)
    assert result.done == result.done_by("count") == [1, 5]
    with translation.override("en"):
        assert result.skipped == [(2, "Two is too many."), (3, "Your role does not allow this.")]
    assert [item.row for item in result.items] == [1, 2, 3, 5]


def test_an_error_of_the_program_is_no_refusal() -> None:
    with pytest.raises(ZeroDivisionError):
        run_batch([1, 4], "count", use)


def test_a_batch_of_several_verbs_tells_them_apart() -> None:
    result = BatchResult((run_item(1, "accept", lambda: None), run_item(2, "return", lambda: None)))
    assert (result.done_by("accept"), result.done_by("return"), result.done) == ([1], [2], [1, 2])
