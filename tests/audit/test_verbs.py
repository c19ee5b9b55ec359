"""The registry of verbs: whatever is recorded is in an enum, with a label in both languages and a kind that exists."""

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from django.apps import apps
from django.utils import translation

from audit.services import open_trail
from audit.verbs import Verb
from notifications.services.event_handlers import HANDLERS, NOTIFIES_ACTOR
from tests.audit.verbs import TrialVerb
from tests.factories import NOW, Cast
from tests.test_architecture import APPS, python_files

CHINESE = re.compile(r"[\u4e00-\u9fff]")
HOMES = (*APPS, "tools")


@cache
def enums() -> dict[str, type[Verb]]:
    """The enums of the program by their names; each app has one at most, in its module `verbs`."""
    homes = [name.removesuffix(".py").replace("/", ".") for name in python_files() if name.endswith("/verbs.py")]
    for home in homes:
        importlib.import_module(home)
    found = [enum for enum in Verb.__subclasses__() if enum.__module__.split(".")[0] in HOMES]
    assert len({enum.__module__ for enum in found}) == len(found), "one enum per app"
    return {enum.__name__: enum for enum in found}


def verbs() -> list[Verb]:
    return [verb for enum in enums().values() for verb in enum]


def recorded() -> Iterator[tuple[str, ast.Module, ast.expr]]:
    """Where something is recorded, and what stands in the place of the verb."""
    for name, tree in python_files().items():
        if name.split("/")[0] not in HOMES or name.startswith("audit/"):
            continue
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if called in {"record", "EventDraft"} and call.args:
                yield f"{name}:{call.lineno}", tree, call.args[0]


def is_verb(expression: ast.expr, tree: ast.Module) -> bool:
    """Whether the expression is a member of an enum, one of several, or a name that is annotated or set as such."""
    if isinstance(expression, ast.IfExp):
        return is_verb(expression.body, tree) and is_verb(expression.orelse, tree)
    if isinstance(expression, ast.Attribute) and isinstance(expression.value, ast.Name):
        return expression.attr in enums().get(expression.value.id, Verb).__members__
    if isinstance(expression, ast.Subscript) and isinstance(expression.value, ast.Name):
        return expression.value.id in enums()  # looked up by its name: what is no member fails
    if not isinstance(expression, ast.Name):
        return False
    typed = [node for node in ast.walk(tree) if isinstance(node, ast.arg) and node.arg == expression.id]
    typed = [node for node in typed if node.annotation is not None and ast.unparse(node.annotation) in enums()]
    assigned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) if is_target(node, expression.id)]
    return bool(typed or assigned) and all(is_verb(value, tree) for value in assigned)


def is_target(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)


def test_every_verb_that_is_recorded_is_in_an_enum() -> None:
    places = list(recorded())
    assert len(places) > 50, "the walk finds the calls"
    assert [place for place, tree, verb in places if not is_verb(verb, tree)] == []


def test_every_verb_of_an_enum_is_recorded_somewhere() -> None:
    """By its member; the titles of upper levels are one service, which builds the name from the kind."""
    sources = "\n".join(ast.unparse(tree) for name, tree in python_files().items() if not name.startswith("tests/"))
    by_kind = {f"{verb.kind}" for verb in verbs() if verb.name == f"EDIT_{verb.kind.upper()}"}
    unused = [verb for verb in verbs() if f"{type(verb).__name__}.{verb.name}" not in sources]
    assert {verb.value for verb in unused} <= {f"edit_{kind}" for kind in by_kind & {"area", "category", "problem"}}


def test_a_name_is_that_of_one_verb() -> None:
    assert [name for name, count in Counter(verb.value for verb in verbs()).items() if count > 1] == []
    assert all(verb.value == verb.name.lower() for verb in verbs())


def test_every_verb_has_a_label_in_both_languages() -> None:
    for verb in verbs():
        with translation.override("en"):
            english = str(verb.label)
        with translation.override("zh-hans"):
            chinese = str(verb.label)
        assert english, verb
        assert not CHINESE.search(english), verb
        assert CHINESE.search(chinese), verb


def test_every_kind_is_that_of_one_model() -> None:
    kinds = Counter(model.KIND for model in apps.get_models() if hasattr(model, "KIND"))
    assert [kind for kind, count in kinds.items() if count > 1] == []
    assert {verb.kind for verb in verbs() if verb.kind} <= set(kinds)


def test_every_handler_of_notifications_names_a_verb() -> None:
    names = {verb.value for verb in verbs()}
    assert set(HANDLERS) <= names
    assert set(NOTIFIES_ACTOR) <= set(HANDLERS)


@pytest.mark.django_db
def test_a_verb_that_is_in_no_enum_is_not_recorded() -> None:
    with pytest.raises(TypeError, match="'invented' is in no enum of verbs"), open_trail("test", at=NOW) as trail:
        trail.record("invented", by=None, kind="test")


@pytest.mark.django_db
def test_a_verb_is_recorded_of_its_own_kind_alone(cast: Cast) -> None:
    create_unit = enums()["AccountVerb"]("create_unit")
    with pytest.raises(ValueError, match="create_unit is an event of unit, not of user"):  # noqa: SIM117
        with open_trail("test", at=NOW) as trail:
            trail.record(create_unit, by=None, obj=cast.office)
    with open_trail("test", at=NOW) as trail:
        assert trail.record(create_unit, by=None, obj=cast.roads).kind == "unit"
        assert trail.record(TrialVerb.HAPPENED, by=None, kind="weather", object_id=7).object_id == 7
