"""What `abilities` of a row names is what answers: every action of every kind of row, tried as each role."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.parsers import MultiPartParser

from audit.models import Event
from audit.verbs import all_verbs
from core.api import AbilitiesField, ReadOnlyViewSet
from measures.models import Measure
from rectify.api.router import LISTS
from tests.api.client import ApiClient
from tests.api.scene import PEOPLE, Scene
from tests.api.test_matrix import tried
from tests.factories import NOW
from tests.signoffs.review_setup import Review

pytestmark = pytest.mark.django_db
NOT_THERE = {403, 404, 405}
REFUSED = {403, 404, 409, 422}
METHODS = {"update": "PATCH", "delete": "DELETE"}


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def has_abilities(viewset: type[ReadOnlyViewSet]) -> bool:
    serializer = viewset(action="retrieve", request=None, kwargs={}, format_kwarg=None).get_serializer_class()
    return any(isinstance(field, AbilitiesField) for field in serializer._declared_fields.values())


WITH_ABILITIES = {name: viewset for name, viewset in LISTS.items() if has_abilities(viewset)}


def do(caller: ApiClient, name: str, key: Any, action: str) -> Any:
    """Use an action of a row with nothing in it."""
    viewset, address = WITH_ABILITIES[name], f"/api/v1/{name}/{key}/"
    if action in METHODS:
        return caller.client.generic(METHODS[action], address, b"{}", content_type="application/json")
    method = getattr(viewset, viewset.row_actions()[action].method)
    as_form = MultiPartParser in method.kwargs.get("parser_classes", [])
    kind = {} if as_form else {"content_type": "application/json"}
    return caller.client.post(f"{address}{action}/", {}, **kind)


def test_the_kinds_of_rows_that_say_what_can_be_done() -> None:
    assert set(WITH_ABILITIES) == {
        *("applications", "bulletins", "disclosures", "feedback", "imports", "measures", "paper-comments", "papers"),
    }
    assert set(WITH_ABILITIES["measures"].row_actions()) == {
        *("add-evidence", "apply", "cancel", "hand-over", "report-progress", "request-extension", "start", "update"),
        "urge",
    }


@pytest.mark.parametrize("name", list(WITH_ABILITIES))
def test_what_is_offered_answers_and_what_is_not_is_refused(db: None, name: str) -> None:
    scene, actions = Scene(), set(WITH_ABILITIES[name].row_actions())
    rows = WITH_ABILITIES[name].queryset.model.objects.values_list("pk", flat=True)
    offered: set[str] = set()
    for who in PEOPLE:
        caller = ApiClient(getattr(scene, who))
        visible = caller.ids(name)
        hidden = [key for key in rows if key not in visible][:1]  # one stands for all that are not seen
        for key in [*sorted(visible), *hidden]:
            answer = caller.get(f"{name}/{key}/")
            abilities = set(answer.json()["abilities"]) if answer.status_code == 200 else set()
            assert (answer.status_code == 200) == (key in visible)
            offered |= abilities
            statuses = {action: tried(lambda a=action, k=key, c=caller: do(c, name, k, a)) for action in actions}
            assert abilities <= actions
            wrong = {action for action in abilities if statuses[action] in NOT_THERE or statuses[action] >= 500}
            assert wrong == set(), (who, key, statuses)
            refusals = {action: statuses[action] for action in actions - abilities}
            assert set(refusals.values()) <= REFUSED, (who, key, refusals)
    assert offered == actions, "each is offered to somebody on some row, else nothing was tried"


def test_the_verbs_of_the_trail_know_the_same_words() -> None:
    """The address part of a verb is written with the verb and with the action of the API; they are one."""
    verbs = all_verbs()
    actions = [(name, each) for viewset in LISTS.values() for name, each in viewset.row_actions().items()]
    wrong = {
        each.service: (name, verbs[each.service].action)
        for name, each in actions
        if each.service in verbs and verbs[each.service].action != name
    }
    assert wrong == {}


def test_a_batch_takes_the_same_words(review: Review) -> None:
    measures, caller = [review.measure(), review.measure()], ApiClient(review.office)
    rows: list[dict[str, Any]] = [{"id": measure.pk} for measure in measures]
    assert "update" in caller.get(f"measures/{measures[0].pk}/").json()["abilities"]
    told = caller.post("measures/batch/", verb="update", rows=rows, all={"remarks": "By the school"}).json()
    assert (told["done"], told["skipped"]) == (2, 0)
    assert set(Measure.objects.values_list("remarks", flat=True)) == {"By the school"}
    assert Event.objects.filter(verb="edit_measure").count() == 2
    for name in ("measures", "applications", "disclosures"):
        for action in WITH_ABILITIES[name].row_actions():
            (row,) = caller.post(f"{name}/batch/", verb=action, rows=[{"id": 999999}]).json()["rows"]
            assert row["status"] == 404, (name, action)
