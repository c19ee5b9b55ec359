"""The tools that look at the code itself see what they are to see."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from django.conf import settings

from tools import count_words, find_dead_code
from tools.draw_apps import draw, layers_of

ROOT = Path(settings.BASE_DIR)
SVG = "{http://www.w3.org/2000/svg}"

EVERY_BINDING = """
import os as found_import
class ToldClass:
    kept_field = 1
    def asked_method(self, held_parameter, *seen_rest):
        self.made_attribute = shown_variable = held_parameter
        shown_variable = call(kept_argument=1)
        for found_target in [told_one for told_one in ()]:
            with open("x") as found_file:
                lambda made_of: made_of
        if (seen_walrus := 1):
            try:
                pass
            except OSError as told_error:
                pass
"""


def test_each_way_to_bind_a_name_counts_once() -> None:
    names = [each.name for each in count_words.bindings(ast.parse(EVERY_BINDING), "x.py") if each.words]
    assert sorted(names) == [
        "ToldClass",
        "asked_method",
        "found_file",
        "found_import",
        "found_target",
        "held_parameter",
        "kept_field",
        "made_attribute",
        "made_of",
        "seen_rest",
        "seen_walrus",
        "shown_variable",
        "told_error",
        "told_one",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("told", ["told"]),
        ("_told_of", ["told"]),
        ("AskedThing", ["asked"]),
        ("HTTPFound", ["found"]),
        ("MADE_UP", ["made"]),
        ("shown2", ["shown"]),
        ("foundation", []),
        ("unseen", []),
        ("Holder", []),
    ],
)
def test_a_word_counts_as_a_part_of_a_name_and_not_within_one(name: str, words: list[str]) -> None:
    assert count_words.Binding("x.py", 1, name).words == words


def test_production_code_is_neither_tests_nor_tools_nor_migrations() -> None:
    files = count_words.production_files()
    assert "rectify/settings.py" in files
    assert [name for name in files if re.search(r"(^|/)(tests|tools|migrations)/", name)] == []


@pytest.mark.parametrize("option", [[], ["--classes"]])
def test_above_the_limit_the_count_fails(option: list[str]) -> None:
    command = [sys.executable, "tools/count_words.py", *option, "--max"]
    assert subprocess.run([*command, "1000"], cwd=ROOT, capture_output=True).returncode == 0
    assert subprocess.run([*command, "-1"], cwd=ROOT, capture_output=True).returncode == 1


def test_apps_are_drawn_in_their_layers_with_the_number_of_imports(tmp_path: Path) -> None:
    file = tmp_path / "apps.svg"
    subprocess.run([sys.executable, "-m", "tools.draw_apps", str(file)], cwd=ROOT, check=True, capture_output=True)
    picture = ElementTree.parse(file).getroot()
    texts = [text.text or "" for text in picture.iter(f"{SVG}text")]
    layers = layers_of(ROOT / "pyproject.toml")
    assert [text for text in texts if not text.isdigit()] == [app for layer in layers for app in layer]
    titles = [title.text or "" for title in picture.iter(f"{SVG}title")]
    assert any(re.fullmatch(r"measures imports issues: [1-9]\d*", title) for title in titles)
    assert not [path for path in picture.iter(f"{SVG}path") if "against" in path.get("class", "")]


def test_an_import_against_the_order_of_the_layers_is_marked() -> None:
    counts = Counter({("low", "high"): 2, ("high", "beside"): 1})
    picture = ElementTree.fromstring(draw([["high"], ["low", "beside"]], counts))
    against = [path.get("class") for path in picture.iter(f"{SVG}path") if path.get("class")]
    assert sorted(against, key=str) == ["line", "line against"]


def uses(code: str) -> find_dead_code.Uses:
    return find_dead_code.Uses({"x.py": ast.parse(code)})


def test_what_strings_arguments_and_fields_name_is_no_dead_code() -> None:
    known = uses(
        'WORK = "jobs.tasks.run_job"\nrows.filter(unit__path="/")\n'
        'class Form:\n    name = forms.CharField()\n    title: str\ngetattr(self, f"_open_{level}")\n'
    )
    assert {"run_job", "tasks"} <= known.in_strings
    assert {"unit", "path"} <= known.in_arguments
    assert known.fields == {"name": True}
    assert known.prefixes == ("_open_",)
    assert "abilities" in known.in_templates or "user" in known.in_templates


def test_make_lists_every_target_with_a_line_about_it() -> None:
    listed = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [line.split(maxsplit=1) for line in listed.stdout.splitlines()]
    targets = re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert [line[0] for line in lines] == targets
    assert [line for line in lines if len(line) < 2 or len(line[1]) < 10] == []


def test_the_hooks_before_a_commit_use_what_is_here() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    hooks = {hook["id"]: hook for hook in config["repos"][0]["hooks"]}
    assert {"ruff-check", "ruff-format", "djlint", "migrations"} == hooks.keys()
    assert {hook["language"] for hook in hooks.values()} == {"system"}
    pattern = re.compile(hooks["migrations"]["files"])
    for name in ("measures/models/measure.py", "audit/models.py", "audit/migrations/0001_initial.py"):
        assert pattern.search(name), name
    assert not pattern.search("measures/services/plan.py")
