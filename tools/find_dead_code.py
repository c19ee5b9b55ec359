"""Finds code that nothing uses (`python -m tools.find_dead_code`); exits with 1 where there is any. Tests are no use.

Vulture reads Python alone and knows names, not objects. So here these count as used too: names in templates; parts of
paths, look-ups and lists of fields in strings; methods of a field (`get_state`, `clean_parent`); fields that a
serializer, a form or a filter declares; members of enums. Attributes count only where they are set on `self`: others
are a library's. The decorators that register something are in `[tool.vulture]` of pyproject.toml, the names that
frameworks call in tools/dead_code_allowlist.py.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from vulture import Vulture

from tools.dead_code_allowlist import CALLED_FROM_OUTSIDE

ROOT = Path(__file__).resolve().parent.parent
# Read for what they use; what they define is for pytest, for a database of the past, or for Django's settings.
ONLY_USERS = re.compile(r"^conftest\.py$|/migrations/|^rectify/settings\.py$")
NOT_READ = re.compile(r"^tests/|^tools/dead_code_allowlist\.py$")
NAME = re.compile(r"[A-Za-z_]\w*")
TEMPLATE_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
PATH_OR_LOOKUP = re.compile(r"[-+]?[A-Za-z_][\w.:]*(\s+[a-z_]\w*)*")  # one path, or several words for `split`
METHOD_OF_A_FIELD = re.compile(r"(?:get|clean|validate)_(\w+)")
DECLARES_A_FIELD = re.compile(r"(?:serializers|forms|django_filters)\.\w+|\w+(?:Field|Filter)")


def tracked(pattern: str) -> list[str]:
    """Return the files of the repository that match, new ones included; paths relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", pattern]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return sorted(name for name in set(listed) if name and (ROOT / name).is_file())


class Uses:
    """The names that vulture does not see used."""

    def __init__(self, trees: dict[str, ast.Module]) -> None:
        self.nodes = [node for tree in trees.values() for node in ast.walk(tree)]

    @cached_property
    def in_strings(self) -> set[str]:
        """Parts of dotted paths and of look-ups."""
        texts = [node.value for node in self.nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        return {name for text in texts if PATH_OR_LOOKUP.fullmatch(text) for name in _parts(text)}

    @cached_property
    def in_arguments(self) -> set[str]:
        """Parts of the names of arguments in calls: look-ups, values of a new row."""
        names = [node.arg for node in self.nodes if isinstance(node, ast.keyword) and node.arg]
        return {part for name in names for part in _parts(name)}

    @cached_property
    def in_templates(self) -> set[str]:
        texts = [(ROOT / name).read_text(encoding="utf-8") for name in tracked("*.html")]
        return {name for text in texts for code in TEMPLATE_CODE.findall(text) for name in NAME.findall(code)}

    @cached_property
    def fields(self) -> dict[str, bool]:
        """Names that are bound in the bodies of classes, and whether a framework reads the value from there."""
        bound: dict[str, bool] = {}
        for owner in (node for node in self.nodes if isinstance(node, ast.ClassDef)):
            is_enum = any(ast.unparse(base).endswith(("Choices", "Enum")) for base in owner.bases)
            for statement in (each for each in owner.body if isinstance(each, ast.Assign)):
                for target in (each for each in statement.targets if isinstance(each, ast.Name)):
                    is_declared = is_enum or _declares_field(statement.value)
                    bound[target.id] = bound.get(target.id, False) or is_declared
        return bound

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """Beginnings of names that are put together: `getattr(self, f"_open_{level}")`."""
        return tuple(
            str(part.value)
            for call in self.nodes
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "getattr" and len(call.args) > 1
            if isinstance(call.args[1], ast.JoinedStr)
            for part in call.args[1].values[:1]
            if isinstance(part, ast.Constant)
        )

    def know(self, item: Any) -> bool:
        """Return whether one of them is this name; templates and arguments name no functions and no classes."""
        if item.name in self.in_strings:
            return True
        if item.typ in {"function", "class"}:
            return False
        method = METHOD_OF_A_FIELD.fullmatch(item.name)
        is_declared = self.fields.get(item.name, False) or (method is not None and method[1] in self.fields)
        is_named = item.name in self.in_arguments or item.name in self.in_templates
        return is_declared or is_named or item.name.startswith(self.prefixes)


def _parts(text: str) -> Iterator[str]:
    for name in NAME.findall(text):
        yield name
        yield from name.split("__")


def _declares_field(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and DECLARES_A_FIELD.fullmatch(ast.unparse(value.func)) is not None


def is_own_attribute(item: Any, tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and (node.lineno, node.attr) == (item.first_lineno, item.name)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        for node in ast.walk(tree)
    )


def dead_code() -> list[str]:
    """Return place, kind and name of what nothing uses."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["vulture"]
    trees = {
        name: ast.parse((ROOT / name).read_text(encoding="utf-8"), name)
        for name in tracked("*.py")
        if not NOT_READ.search(name)
    }
    called = [name for names in CALLED_FROM_OUTSIDE.values() for name in names.split()]
    finder = Vulture(ignore_names=called, ignore_decorators=settings["ignore_decorators"])
    finder.scavenge([ROOT / name for name in trees])
    uses = Uses(trees)
    reported = []
    for item in finder.get_unused_code(min_confidence=settings["min_confidence"]):
        name = Path(item.filename).relative_to(ROOT).as_posix()
        if ONLY_USERS.search(name) or uses.know(item):
            continue
        if item.typ != "attribute" or is_own_attribute(item, trees[name]):
            reported.append(f"{name}:{item.first_lineno} {item.typ} {item.name}")
    return sorted(reported)


def main() -> int:
    lines = dead_code()
    print(*lines, f"-- {len(lines)} names that nothing uses", sep="\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
