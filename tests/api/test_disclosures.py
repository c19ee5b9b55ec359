"""What is shown to whom through the API: told of each issue, proposed and decided one by one or several at once."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from audit.models import Event
from issues.models import Disclosure, Issue
from issues.queries import STATES, disclosed_to, in_state
from tests.api.client import ApiClient, problem_of
from tests.factories import NOW
from tests.papers.paper_desk import PaperDesk

pytestmark = pytest.mark.django_db
HIDDEN = {"extent": "withheld", "reason": "Persons are named"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(db: None) -> PaperDesk:
    return PaperDesk()


def shown_of(caller: ApiClient, issue: Issue, audience: str = "public") -> dict[str, Any]:
    told: dict[str, Any] = caller.get(f"disclosure-overview/{issue.pk}/", audience=audience).json()
    return told


def test_what_is_shown_of_an_issue(desk: PaperDesk) -> None:
    caller = ApiClient(desk.office)
    told = shown_of(caller, desk.closed)
    assert (told["state"], told["extent"], told["disclosed_text"]) == ("undecided", "withheld", "")
    assert told["text"] == desk.closed.text
    assert "修补道路十二处" in told["account"]
    inside = shown_of(caller, desk.closed, "internal")
    assert (inside["state"], inside["extent"], inside["disclosed_text"]) == ("undecided", "full", desk.closed.text)
    desk.show(desk.closed, "redacted", text="道路修补不及时。", account="已修补。")
    told = shown_of(caller, desk.closed)
    disclosed = (told["state"], told["disclosed_text"], told["disclosed_account"])
    assert disclosed == ("redacted", "道路修补不及时。", "已修补。")
    assert told["decision"] == Disclosure.objects.get().pk
    caller.post(f"issues/{desk.closed.pk}/propose-disclosure/", audience="public", **HIDDEN)
    told = shown_of(caller, desk.closed)
    assert (told["state"], told["extent"], told["disclosed_text"]) == ("waiting", "withheld", "")
    assert told["waiting"] == Disclosure.objects.latest("pk").pk
    assert problem_of(caller.get("disclosure-overview/", audience="press"))["status"] == 400
    assert problem_of(caller.get(f"disclosure-overview/{desk.closed.pk}/", audience="press"))["status"] == 400


@pytest.mark.parametrize("audience", ["public", "internal"])
def test_the_state_that_is_asked_for_is_the_state_that_is_told(desk: PaperDesk, audience: str) -> None:
    """What the database filters by and what is told of a row are one rule."""
    extra = [desk.issue(text=f"Issue {number}") for number in range(3)]
    desk.show(desk.closed, "full", audience)
    desk.show(desk.in_work, "redacted", audience, text="Less")
    desk.show(extra[0], "withheld", audience)
    desk.show(extra[1], "full", audience)
    caller = ApiClient(desk.office)
    for issue in (extra[1], extra[2]):
        caller.post(f"issues/{issue.pk}/propose-disclosure/", audience=audience, **HIDDEN)
    shown, rows = disclosed_to(audience, desk.inspection), caller.rows("disclosure-overview", audience=audience)
    assert {row["id"]: row["state"] for row in rows} == {key: each.state for key, each in shown.issues.items()}
    assert {row["state"] for row in rows} == set(STATES)
    for state in STATES:
        keys = {key for key, each in shown.issues.items() if each.state == state}
        assert caller.ids("disclosure-overview", audience=audience, state=state) == keys
        assert {issue.pk for issue in in_state(desk.inspection.issues.all(), audience, state)} == keys


def test_several_at_once_are_proposed_and_approved_each_by_itself(desk: PaperDesk) -> None:
    desk.show(desk.closed, "redacted", text="Less")
    rows = [{"id": issue.pk} for issue in (desk.closed, desk.in_work, desk.open)] + [{"id": 999999}]
    sent = {"verb": "propose-in-full", "rows": rows, "all": {"audience": "public"}}
    events = Event.objects.count()
    told = ApiClient(desk.office).post("issues/batch/", **sent).json()
    assert [(row["done"], row["status"]) for row in told["rows"]] == [
        (False, 422),
        (True, 200),
        (True, 200),
        (False, 404),
    ]
    assert told["rows"][0]["why"] == "It has already been decided or is waiting for a decision."
    assert Event.objects.count() == events + 2
    own = ApiClient(desk.second_office).post(f"issues/{desk.issue().pk}/propose-in-full/", audience="public").json()
    waiting = ApiClient(desk.group).rows("disclosures", status="proposed")
    assert {row["id"] for row in waiting} == {row.pk for row in Disclosure.objects.pending()}
    assert {tuple(row["abilities"]) for row in waiting} == {("approve", "refuse")}
    rows = [{"id": row["id"]} for row in waiting]
    told = ApiClient(desk.office).post("disclosures/batch/", verb="approve", rows=rows).json()
    assert {row["status"] for row in told["rows"]} == {403}
    told = ApiClient(desk.group).post("disclosures/batch/", verb="approve", rows=rows).json()
    assert (told["done"], told["skipped"]) == (3, 0)
    assert Disclosure.objects.get(pk=own["id"]).status == "approved"
    told = ApiClient(desk.group).post("disclosures/batch/", verb="refuse", rows=rows, all={"note": "Too late"}).json()
    assert {row["status"] for row in told["rows"]} == {422}


REFUSED = [
    ({"audience": "press", "extent": "full"}, "audience"),
    ({"audience": "public", "extent": "half"}, "extent"),
    ({"audience": "public", "extent": "redacted", "reason": "Persons are named"}, "text"),
    ({"audience": "public", "extent": "withheld"}, "reason"),
]


@pytest.mark.parametrize(("sent", "field"), REFUSED)
def test_a_proposal_that_is_none(desk: PaperDesk, sent: dict[str, Any], field: str) -> None:
    told = problem_of(ApiClient(desk.office).post(f"issues/{desk.closed.pk}/propose-disclosure/", **sent))
    assert (told["status"], list(told["errors"])) == (422, [field])
    assert not Disclosure.objects.exists()
