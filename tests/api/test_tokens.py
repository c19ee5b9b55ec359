"""Programs that come with a token: what it opens, what it does not, and that nobody can read it again."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken
from accounts.services import make_token, revoke_token
from audit.models import Event
from core.exceptions import Forbidden, RuleViolation
from measures.models import Measure
from tests.api.client import ApiClient, problem_of
from tests.factories import NOW
from tests.html_pages import Page
from tests.signoffs.review_setup import Review

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Any:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def made(review: Review, scope: str = "write", **extra: Any) -> tuple[ApiToken, str]:
    return make_token(**{"name": "Screen", "scope": scope, "days": 30, "by": review.office, "at": NOW, **extra})


class Program:
    """Calls the API with a token and nothing else; forged requests are checked for, as outside of tests."""

    def __init__(self, secret: str) -> None:
        self.client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})

    def get(self, address: str) -> Any:
        return self.client.get(f"/api/v1/{address}")

    def post(self, address: str, **data: Any) -> Any:
        return self.client.post(f"/api/v1/{address}", data, content_type="application/json")


def test_a_program_sees_what_its_person_sees(review: Review) -> None:
    mine = review.measure()
    program = Program(made(review)[1])
    assert [row["id"] for row in program.get("measures/").json()["results"]] == [mine.pk]
    stranger = Program(made(review, by=review.stranger)[1])
    assert stranger.get("measures/").json()["count"] == 0
    assert stranger.get(f"measures/{mine.pk}/").status_code == 404


def test_what_a_program_does_stands_in_the_trail_under_its_persons_name(review: Review) -> None:
    measure = review.measure()
    answer = Program(made(review)[1]).post(f"measures/{measure.pk}/start/")
    assert answer.status_code == 200, answer.content
    event = Event.objects.get(verb="start_measure")
    assert (event.actor_id, event.object_id) == (review.office.pk, measure.pk)


def test_a_token_that_reads_does_not_write(review: Review) -> None:
    measure = review.measure()
    program = Program(made(review, "read")[1])
    assert program.get(f"measures/{measure.pk}/").status_code == 200
    told = problem_of(program.post(f"measures/{measure.pk}/start/"))
    assert (told["status"], told["code"], told["detail"]) == (403, "token_only_reads", "This token is read-only.")
    assert problem_of(program.post("exports/", list="measures"))["status"] == 403
    assert Measure.objects.get().status == "planned"


@pytest.mark.parametrize("end", ["revoked", "expired", "left", "wrong", "shown part", "empty", "not ascii"])
def test_a_token_that_does_not_hold_is_refused(review: Review, end: str) -> None:
    token, secret = made(review)
    if end == "revoked":
        revoke_token(token=token, by=review.office, at=NOW)
    if end == "expired":
        ApiToken.objects.update(expires_at=NOW + timedelta(minutes=1))
    if end == "left":
        type(review.office).objects.filter(pk=review.office.pk).update(is_active=False)
    said = {"wrong": f"{secret[:-1]}!", "shown part": token.prefix, "empty": "", "not ascii": "rct_äé"}
    answer = Program(said.get(end, secret)).get("measures/")
    assert problem_of(answer)["status"] == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_that_does_not_hold_is_refused_also_to_who_is_logged_in(review: Review) -> None:
    client = ApiClient(review.office).client
    assert client.get("/api/v1/measures/", headers={"Authorization": "Bearer rct_x"}).status_code == 401


def test_a_token_opens_no_page(review: Review) -> None:
    program = Program(made(review)[1])
    assert program.client.get("/account/").status_code == 302
    assert program.client.get("/account/tokens/").status_code == 302


def test_the_secret_is_kept_nowhere(review: Review) -> None:
    token, secret = made(review)
    kept = str(ApiToken.objects.values().get()) + "".join(Event.objects.values_list("text", flat=True))
    assert secret not in kept
    assert secret.startswith(token.prefix)
    assert len(secret) > len(token.prefix) + 30
    assert made(review)[1] != secret


def test_making_and_revoking_leave_events_in_the_chain_of_accounts(review: Review) -> None:
    token, _secret = made(review)
    for _twice in range(2):
        revoke_token(token=token, by=review.office, at=NOW)
    events = Event.objects.filter(chain__key="accounts", kind="token").order_by("seq")
    assert [(event.verb, event.actor_id) for event in events] == [
        ("make_token", review.office.pk),
        ("revoke_token", review.office.pk),
    ]


def test_nobody_revokes_the_token_of_another(review: Review, page_of: Any) -> None:
    token, _secret = made(review)
    for person in (review.group, review.system_admin, review.superuser):
        with pytest.raises(Forbidden):
            revoke_token(token=token, by=person, at=NOW)
        assert page_of(person).post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


@pytest.mark.parametrize(("wrong", "field"), [({"name": "  "}, "name"), ({"days": 0}, "days"), ({"days": 367}, "days")])
def test_a_token_without_a_name_or_an_end_is_refused(review: Review, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        made(review, **wrong)
    assert refusal.value.field == field
    assert not ApiToken.objects.exists()


def test_a_person_has_twenty_tokens_at_most(review: Review) -> None:
    tokens = [made(review)[0] for _number in range(20)]
    with pytest.raises(RuleViolation):
        made(review)
    revoke_token(token=tokens[3], by=review.office, at=NOW)
    made(review)
    made(review, by=review.group)


def test_the_last_use_is_told_without_a_write_at_every_request(review: Review, queries: Any) -> None:
    token, secret = made(review)
    program = Program(secret)
    first = queries(lambda: program.get("units/"))
    token.refresh_from_db()
    assert token.last_used_at == NOW + timedelta(minutes=1)
    assert queries(lambda: program.get("units/")) == first - 1


def test_the_page_shows_a_secret_once(review: Review, page_of: Any) -> None:
    client = page_of(review.office)
    sent = {"name": "Wall <b>", "scope": "read", "days": 30}
    answer = client.post("/account/tokens/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/account/tokens/")
    page = client.get("/account/tokens/")
    secret = Page(page).one("//input[@id='secret']/@value")
    assert "no-store" in page["Cache-Control"]
    assert Program(secret).get("measures/").status_code == 200
    again = Page(client.get("/account/tokens/"))
    assert secret not in again.html
    ((name, beginning, scope, _until, used, state, _button),) = again.table("What it is for")
    assert (name, scope, state) == ("Wall <b>", "reads", "valid")
    assert secret.startswith(beginning.rstrip("…"))
    assert used != "—"


def test_the_page_lists_ones_own_tokens_and_revokes_them(review: Review, page_of: Any) -> None:
    token, secret = made(review, name="Mine")
    made(review, name="Theirs", by=review.group)
    client = page_of(review.office)
    assert [row[0] for row in Page(client.get("/account/tokens/")).table("What it is for")] == ["Mine"]
    assert client.post(f"/account/tokens/{token.pk}/revoke/").status_code == 302
    ((*_cells, state, button),) = Page(client.get("/account/tokens/")).table("What it is for")
    assert (state, button) == ("revoked", "")
    assert Program(secret).get("measures/").status_code == 401


def test_a_form_that_is_not_right_makes_no_token(review: Review, page_of: Any) -> None:
    answer = page_of(review.office).post("/account/tokens/", {"name": "", "scope": "all", "days": 9999})
    assert set(Page(answer).errors()) == {"name", "scope", "days"}
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()
