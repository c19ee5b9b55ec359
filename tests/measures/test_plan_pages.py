"""The plan of a measure by its form, milestones and all; and the history, which tells who changed what when."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from issues.verbs import IssueVerb
from measures.models import Measure
from measures.verbs import MeasureVerb
from signoffs.verbs import SignoffVerb
from supervision.verbs import SupervisionVerb
from tests.factories import NOW, TODAY, Cast
from tests.html_pages import Page, followed
from tests.measures.trail_checks import REASON, rows

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
Stages = list[tuple[str, Any]]
SOON, LATE = TODAY + timedelta(days=10), TODAY + timedelta(days=50)
CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture
def page(cast: Cast, page_of: PageOf) -> Client:
    return page_of(cast.office)


def staged(cast: Cast, *stages: tuple[str, Any], known: int = 0, **values: Any) -> dict[str, Any]:
    """What the browser sends of the form; the first `known` milestones are those that stood in it."""
    typed = {"text": "Renew the lamps", "mode": "staged", "leader": cast.leader.pk, "lead_unit": cast.roads.pk}
    typed |= {"deadline": LATE, "stages-TOTAL_FORMS": len(stages) + 2, "stages-INITIAL_FORMS": known}
    for number, (title, due_on) in enumerate([*stages, ("", ""), ("", "")]):
        typed |= {f"stages-{number}-title": title, f"stages-{number}-due_on": due_on}
    return {**typed, **values}


def stages_of(measure: Measure) -> Stages:
    return list(measure.milestones.values_list("title", "due_on"))


def test_a_staged_measure_is_planned_with_its_milestones(cast: Cast, page: Client) -> None:
    issue = cast.issue()
    typed = staged(cast, ("Lamps ordered", SOON), ("Lamps hung", LATE), kinds=["campaign", "major"])
    typed["supporting_units"] = [cast.parks.pk]
    timeline = followed(page, reverse("plan_measure", args=[issue.pk]), typed)
    measure = issue.measures.get()
    assert timeline.texts("//div[contains(@class, 'measure-card')]/p[1]/a") == [f"{measure.code} Renew the lamps"]
    assert (measure.mode, measure.kinds, measure.deadline) == ("staged", ["campaign", "major"], LATE)
    assert list(measure.supporting_units.all()) == [cast.parks]
    assert stages_of(measure) == [("Lamps ordered", SOON), ("Lamps hung", LATE)]
    tab = Page(page.get(f"{reverse('measure', args=[measure.pk])}?tab=milestones"))
    assert [(row[0], row[2]) for row in tab.table("What is to be reached")] == [
        ("Lamps ordered", "not yet"),
        ("Lamps hung", "not yet"),
    ]


@pytest.mark.parametrize(
    ("stages", "errors"),
    [
        ([], {"": "A staged measure needs at least one milestone."}),
        ([("Hung", LATE + timedelta(days=1))], {"": "A milestone cannot be due after the deadline."}),
        ([("Hung", "")], {"stages-0-due_on": "This field is required."}),
        ([("", SOON)], {"stages-0-title": "This field is required."}),
        ([("Hung", "2026-02-31")], {"stages-0-due_on": "Enter a valid date."}),
    ],
)
def test_a_wrong_milestone_is_told_and_nothing_typed_is_lost(
    cast: Cast, page: Client, stages: Stages, errors: dict[str, str]
) -> None:
    issue = cast.issue()
    before, typed = rows(), staged(cast, *stages)
    answer = Page(page.post(reverse("plan_measure", args=[issue.pk]), typed))
    assert (answer.status, answer.errors()) == (422, errors)
    expected = {name: str(value) for name, value in typed.items() if "FORMS" not in name}
    assert {name: answer.typed(name) for name in expected} == expected
    assert rows() == before


def test_without_a_milestone_in_the_concentrated_period_it_is_refused(cast: Cast, page: Client) -> None:
    until = cast.inspection.concentrated_until
    assert until is not None
    after = until + timedelta(days=1)
    typed = staged(cast, ("Hung", after), deadline=after)
    answer = Page(page.post(reverse("plan_measure", args=[cast.issue().pk]), typed))
    assert (answer.status, "within the concentrated period" in answer.errors()[""]) == (422, True)
    assert not Measure.objects.exists()


def test_milestones_are_added_changed_and_taken_away_by_the_form(cast: Cast, page: Client) -> None:
    expected: Stages = [("Ordered", SOON), ("Hung", LATE)]
    measure = cast.measure(mode="staged", deadline=LATE, stages=expected)
    address = reverse("edit_measure", args=[measure.pk])
    form = Page(page.get(address))
    assert [form.typed(f"stages-{number}-title") for number in range(4)] == ["Ordered", "Hung", "", ""]
    assert form.typed("stages-1-due_on") == str(LATE)
    followed(page, address, staged(cast, *expected, ("Tested", LATE), known=2))
    assert stages_of(measure) == [*expected, ("Tested", LATE)]
    changed: Stages = [("Ordered from two makers", SOON), ("Hung", LATE), ("Tested", LATE)]
    typed = staged(cast, *changed, known=3) | {"stages-1-DELETE": "on"}
    followed(page, address, typed)
    assert stages_of(measure) == [changed[0], changed[2]]


def test_a_milestone_that_was_reached_stays_in_the_plan(cast: Cast, page: Client) -> None:
    stages: Stages = [("Ordered", SOON), ("Hung", LATE)]
    measure = cast.measure(mode="staged", status="in_progress", deadline=LATE, stages=stages)
    measure.milestones.filter(title="Ordered").update(reached_on=TODAY)
    address, before = reverse("edit_measure", args=[measure.pk]), rows()
    typed = staged(cast, *stages, known=2) | {"stages-0-DELETE": "on"}
    answer = Page(page.post(address, typed))
    assert answer.status == 422
    assert answer.errors() == {"": "A milestone that was reached stays in the plan as it was."}
    assert rows() == before
    followed(page, address, staged(cast, *stages, ("Tested", LATE), known=2))
    assert measure.milestones.get(title="Ordered").reached_on == TODAY


def test_milestones_are_reached_by_a_report(cast: Cast, page_of: PageOf) -> None:
    measure = cast.measure(mode="staged", status="in_progress", stages=[("Ordered", SOON), ("Hung", LATE)])
    client, first = page_of(cast.roads_officer), measure.milestones.get(title="Ordered")
    address = reverse("report_progress", args=[measure.pk])
    assert len(Page(client.get(address)).tree.xpath("//input[@name='reached']")) == 2
    followed(client, address, {"text": "The lamps are ordered", "reached": [first.pk]})
    tab = Page(client.get(f"{reverse('measure', args=[measure.pk])}?tab=milestones"))
    (ordered, hung) = tab.table("What is to be reached")
    assert re.search(r"\d", ordered[2])
    assert hung[2] == "not yet"
    assert Page(client.get(address)).texts("//label[input[@name='reached']]") == ["Hung"]
    wrong = Page(client.post(address, {"text": "Again", "reached": [first.pk]}))
    assert (wrong.status, list(wrong.errors())) == (422, ["reached"])
    assert wrong.typed("text") == "Again"


def happened(cast: Cast, page_of: PageOf) -> Measure:
    """A measure that was planned, changed, started, reported on, extended and handed over, each on its own day."""
    office, roads = page_of(cast.office), page_of(cast.roads_officer)

    def on(days: int, client: Client, verb: str, key: Any, **typed: Any) -> None:
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            client.force_login(cast.office if client is office else cast.roads_officer, backend=BACKEND)
            followed(client, reverse(verb, args=[key]), typed)

    issue = cast.issue()
    plan = staged(cast, ("Ordered", SOON))
    on(0, office, "plan_measure", issue.pk, **plan)
    measure = issue.measures.get()
    changed: dict[str, Any] = {
        "mode": "long_term",
        "kinds": ["rule_making", "major"],
        "handler": "Section two",
        "remarks": "",
    }
    changed |= {"supporting_units": [cast.parks.pk], "text": "Renew all lamps"}
    on(1, office, "edit_measure", measure.pk, **staged(cast, ("Ordered", SOON), ("Hung", LATE), known=1, **changed))
    on(2, roads, "start_measure", measure.pk)
    on(3, roads, "report_progress", measure.pk, text="Forty lamps are up")
    on(4, roads, "request_extension", measure.pk, new_deadline=date(2026, 6, 1), reason=REASON)
    on(5, office, "grant_extension", measure.extensions.get().pk, note="Agreed at the meeting")
    on(6, office, "hand_over", measure.pk, leader=cast.roads_head.pk, reason="The post has changed hands")
    return measure


BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_the_history_tells_who_changed_what_when_from_old_to_new(cast: Cast, page_of: PageOf) -> None:
    measure = happened(cast, page_of)
    client = page_of(cast.inspector)
    page = Page(client.get(f"{reverse('measure', args=[measure.pk])}?tab=history"))
    office, roads = (f"{person.name} ({person.username})" for person in (cast.office, cast.roads_officer))
    lines = page.texts("//ol[@class='timeline']/li")
    assert lines == [
        f"03/08/2026 9 a.m. · {office} handed the measure over responsible leader Leader → Roads head"
        " The post has changed hands",
        f"03/07/2026 9 a.m. · {office} granted the extension deadline 2026-04-21 → 2026-06-01 Agreed at the meeting",
        f"03/06/2026 9 a.m. · {roads} requested an extension deadline 2026-04-21 → 2026-06-01 {REASON}",
        f"03/05/2026 9 a.m. · {roads} reported progress Forty lamps are up",
        f"03/04/2026 9 a.m. · {roads} started the measure",
        f"03/03/2026 9 a.m. · {office} changed the plan handler — → Section two kinds — → major, rule-making"
        " milestones Ordered, 2026-03-12 → Ordered, 2026-03-12, Hung, 2026-04-21 mode staged → long-term"
        " supporting units — → Parks text Renew the lamps → Renew all lamps",
        f"03/02/2026 9 a.m. · {office} planned the measure Renew the lamps",
    ]


def test_in_chinese_the_history_has_chinese_words(cast: Cast, page_of: PageOf) -> None:
    """No identifier and no English word of the program is left, whatever people typed."""
    measure = happened(cast, page_of)
    client = page_of(cast.inspector)
    client.cookies["django_language"] = "zh-hans"
    page = Page(client.get(f"{reverse('measure', args=[measure.pk])}?tab=history"))
    for words in page.texts("//ol[@class='timeline']//strong") + page.texts("//ol[@class='timeline']//dt"):
        assert CHINESE.search(words), words
        assert not re.search("[A-Za-z_]", words), words
    timeline = page.text("//ol[@class='timeline']")
    for identifier in ("rule_making", "long_term", "staged", "None", "lead_unit"):
        assert identifier not in timeline
    with translation.override("zh-hans"):
        enums = (IssueVerb, MeasureVerb, SignoffVerb, SupervisionVerb)
        labels = [verb.label for verbs in enums for verb in verbs]
        assert all(CHINESE.search(str(label)) for label in labels)


def test_what_an_import_brought_says_so(cast: Cast, page_of: PageOf) -> None:
    measure = cast.measure()
    page = Page(page_of(cast.leader).get(f"{reverse('measure', args=[measure.pk])}?tab=history"))
    assert [line.split("m. ")[1] for line in page.texts("//ol[@class='timeline']/li")] == [
        "came into the ledger by an import"
    ]
