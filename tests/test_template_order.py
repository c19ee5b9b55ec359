"""Templates and template tags obey the order of the apps: what a lower one shows of a higher one is a panel."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from core.panels import PANELS

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
ORDER: list[str] = LINTER["contracts"][0]["layers"]
"""The apps, the highest first."""
FRAME = {"base.html", "base_bare.html"}
"""The one exception: the frame of all pages may point up, and every page may extend it."""
FOLDERS_OF = {
    "components": "core",
    "public": "bulletins",
    "registration": "accounts",
    "admin": "rectify",
    "drf_spectacular": "rectify",
}
"""Folders of templates/ that bear no app's name: the rest of Django's names, and two kinds of pages."""
ERRORS = re.compile(r"[45]\d\d(_csrf)?\.html")  # pages of Django's error handlers
BRANCHES = re.compile(r"{%\s*(?:include|extends)\s+([\"'])(?P<name>[^\"']+)\1")
COMPUTED = re.compile(r"{%\s*(?:include|extends)\s+[^\"'\s]")
LOADS = re.compile(r"{%\s*load\s+(?P<names>[^%]+?)\s*%}")
SLOTS = re.compile(r"{%\s*panels\s+\"(?P<slot>[^\"]+)\"\s*%}")


def app_of(template: str) -> str:
    """The app that a template belongs to; that of the frame and of error pages is the lowest."""
    if template in FRAME or ERRORS.fullmatch(template):
        return "core"
    folder = template.split("/")[0]
    return FOLDERS_OF.get(folder, folder)


@cache
def templates() -> dict[str, str]:
    files = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
    return {path.relative_to(TEMPLATES).as_posix(): path.read_text(encoding="utf-8") for path in files}


@cache
def tag_libraries() -> dict[str, str]:
    """The app of each tag library of ours."""
    found = [path for app in ORDER for path in ROOT.glob(f"{app}/templatetags/*.py") if path.stem != "__init__"]
    names = [path.stem for path in found]
    assert len(set(names)) == len(names), "two libraries of one name: Django would load only one of them"
    return {path.stem: path.relative_to(ROOT).parts[0] for path in found}


def points_up(app: str, target: str) -> bool:
    return ORDER.index(target) < ORDER.index(app)


def targets(text: str) -> dict[str, str]:
    """What a template loads, includes and extends, each with its app; Django's own libraries are left out."""
    libraries = {name for load in LOADS.finditer(text) for name in load["names"].split(" from ")[-1].split()}
    ours = {f"load {name}": tag_libraries()[name] for name in libraries & set(tag_libraries())}
    return ours | {match["name"]: app_of(match["name"]) for match in BRANCHES.finditer(text)}


def test_every_template_belongs_to_an_app() -> None:
    assert {name: app_of(name) for name in templates() if app_of(name) not in ORDER} == {}


def test_no_template_loads_includes_or_extends_what_belongs_to_a_higher_app() -> None:
    wrong = [
        f"{name}: {target}"
        for name, text in templates().items()
        if name not in FRAME
        for target, app in targets(text).items()
        if points_up(app_of(name), app)
    ]
    assert wrong == []


def test_every_branch_names_its_template() -> None:
    """What is computed would escape the rule."""
    assert [name for name, text in templates().items() if COMPUTED.search(text)] == []


def test_code_renders_only_templates_of_its_own_app_or_of_a_lower_one() -> None:
    """Views, inclusion tags and panels alike: every text in the code that is the name of a template."""
    wrong = []
    for app in ORDER:
        for path in sorted((ROOT / app).rglob("*.py")):
            constants = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
            names = {node.value for node in constants if isinstance(node, ast.Constant) and isinstance(node.value, str)}
            wrong += [
                f"{path.relative_to(ROOT)}: {name}" for name in names & set(templates()) if points_up(app, app_of(name))
            ]
    assert wrong == []


def test_every_panel_has_its_slot_and_every_slot_its_panel() -> None:
    slots = {match["slot"] for text in templates().values() for match in SLOTS.finditer(text)}
    assert slots == set(PANELS)


def test_panels_come_from_above() -> None:
    for name, text in templates().items():
        for match in SLOTS.finditer(text):
            for panel in PANELS[match["slot"]]:
                assert points_up(app_of(name), app_of(panel.template)), f"{name} may include {panel.template} itself"


@pytest.mark.parametrize(
    ("text", "app"),
    [
        ("{% load i18n signoffs %}", "signoffs"),
        ('{% include "signoffs/_rounds.html" with x=1 only %}', "signoffs"),
        ("{% extends 'public/base.html' %}", "bulletins"),
        ("{% load age from signoffs %}", "signoffs"),
    ],
)
def test_a_template_that_points_up_is_noticed(text: str, app: str) -> None:
    assert list(targets(text).values()) == [app]
    assert points_up("measures", app)
