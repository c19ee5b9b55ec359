"""Counts names in production code that carry no meaning, and class names that stand for two things.

    count_words.py [--max N]             names of variables, parameters, functions and classes with a word of WORDS in
                                         them: each with its place, the totals at the end
    count_words.py --classes [--max N]   names of public classes that more than one module defines

With --max the exit code is 1 where there are more than N. A name counts once in each scope that binds it (module,
class, function, lambda, comprehension). Names of keyword arguments in calls do not count: the callee has chosen them.
"""

import argparse
import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORDS = ("told", "found", "shown", "made", "kept", "asked", "held", "seen")
NOT_PRODUCTION = re.compile(r"(^|/)(tests|tools|migrations)/")
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
NAMED_BY_DJANGO = {"Command", "Migration"}  # every module of its kind has a class of this name
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
SCOPE = FUNCTION | ast.ClassDef | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True)
class Binding:
    """A name that gets its meaning at this place."""

    file: str
    line: int
    name: str

    @property
    def words(self) -> list[str]:
        """The words of WORDS that are parts of the name."""
        parts = {part.lower() for part in WORD.findall(self.name)}
        return [word for word in WORDS if word in parts]


def production_files() -> list[str]:
    """Python files of the repository that belong to the program, new ones included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.py"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return sorted(name for name in set(listed) if name and not NOT_PRODUCTION.search(name) and (ROOT / name).is_file())


def parse(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(encoding="utf-8"), name)


def bound_name(node: ast.AST) -> str | None:
    """Return the name that this node binds, if it does."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
            return name
        case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name) | ast.alias(asname=name):
            return name
        case ast.MatchMapping(rest=name):
            return name
    return None


def bindings(scope: ast.AST, file: str) -> Iterator[Binding]:
    """Yield the names that a scope binds, each once, then those of the scopes inside it."""
    first: dict[str, int] = {}
    inner: list[ast.AST] = []
    nodes = list(ast.iter_child_nodes(scope))
    for node in nodes:  # grows as it goes
        if name := bound_name(node):
            first.setdefault(name, getattr(node, "lineno", 0))
        if isinstance(node, SCOPE):
            inner.append(node)
        else:
            nodes.extend(ast.iter_child_nodes(node))
    yield from (Binding(file, line, name) for name, line in first.items())
    for node in inner:
        yield from bindings(node, file)


def empty_names() -> list[Binding]:
    return [each for name in production_files() for each in bindings(parse(name), name) if each.words]


def classes_of_two_things() -> dict[str, list[str]]:
    """Return the public classes that share their name; a nested class is known by its owner and does not count."""
    places: dict[str, list[str]] = defaultdict(list)
    for file in production_files():
        for node in parse(file).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and node.name not in NAMED_BY_DJANGO:
                places[node.name].append(f"{file}:{node.lineno}")
    return {name: where for name, where in sorted(places.items()) if len(where) > 1}


def print_names() -> int:
    names = empty_names()
    for each in sorted(names, key=lambda each: (each.file, each.line)):
        print(f"{each.file}:{each.line} {each.name}")
    totals = Counter(word for each in names for word in each.words)
    print(*(f"{totals[word]:5} {word}" for word in sorted(WORDS, key=lambda word: -totals[word])), sep="\n")
    print(f"{len(names):5} names in all")
    return len(names)


def print_classes() -> int:
    classes = classes_of_two_things()
    for name, places in classes.items():
        print(f"{name}: {', '.join(places)}")
    print(f"{len(classes):5} class names for more than one thing")
    return len(classes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classes", action="store_true", help="class names instead of words")
    parser.add_argument("--max", type=int, metavar="N", help="exit with 1 where there are more")
    options = parser.parse_args()
    count = print_classes() if options.classes else print_names()
    if options.max is not None and count > options.max:
        print(f"Stopped: at most {options.max} are allowed.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
