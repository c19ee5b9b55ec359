"""The shape of the program: names and sizes of modules, imports that contracts cannot say, protected addresses."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from conftest import ONE_DATABASE

ROOT = Path(settings.BASE_DIR)
APPS = [name for name in settings.INSTALLED_APPS if (ROOT / name).is_dir()]
WITHOUT_DJANGO = ["readers", "documents"]

MODULES = {"urls", "admin", "views", "api", "management", "tasks", "forms", "filters", "services", "permissions"}
MODULES |= {"queries", "models", "verbs", "apps", "migrations", "templatetags", "middleware", "context_processors"}
MODULES |= {"adapters", "responses", "channels", "storage", "requests", "fields", "panels", "breadcrumbs"}
MODULES |= {"authentication", "parsers", "throttling"}
ALSO = {
    "core": {"transitions", "workdays", "guards", "exceptions", "search", "transactions"}  # that is what core is
    | {"rules", "history", "batches", "leases", "fields", "breadcrumbs", "panels"},
    "rectify": {"settings", "celery", "wsgi", "demo", "backup", "styleguide"},  # knows all apps
    "issues": {"calendar"},  # the shipped working days, data only
}
FROM_ABOVE = {"models", "verbs", "requests", "queries", "permissions", "services", "filters", "api", "adapters"}
FROM_ABOVE |= {"breadcrumbs"}
FROM_ABOVE |= {"fields"}
# Imports from a lower app beyond FROM_ABOVE, each with its reason.
ALLOWED_IMPORTS = {
    "jobs.tasks": "an interface wakes the worker with `run_job.delay_on_commit`",
}
LOOSE = {"uuid4", "urandom", "SystemRandom", "token_hex", "token_bytes", "token_urlsafe"}
MAY_DRAW = {"tests/randomness.py": "is the one way", "tests/jobs/conftest.py": "names a database that is its own"}
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 50


@cache
def tracked() -> list[str]:
    """Every file of the repository that is there, also new ones that are not ignored; paths relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(name for name in set(listed.stdout.split("\0")) if name and (ROOT / name).is_file())


@cache
def python_files() -> dict[str, ast.Module]:
    """The syntax trees of our own Python files, without migrations."""
    names = [name for name in tracked() if name.endswith(".py") and "/migrations/" not in name]
    return {name: ast.parse((ROOT / name).read_text(encoding="utf-8"), name) for name in names}


def app_files() -> dict[str, ast.Module]:
    return {name: tree for name, tree in python_files().items() if name.split("/")[0] in APPS}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names of what is imported: `from issues import views` gives `issues.views`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        name: count
        for name in tracked()
        if re.search(r"\.(py|html|css|js|mjs|sh)$|^Makefile$", name) and not name.startswith("static/vendor/")
        if (count := len((ROOT / name).read_text(encoding="utf-8").splitlines())) > MOST_LINES_OF_A_FILE
    }
    assert long == {}


def test_no_function_is_longer_than_50_lines() -> None:
    long = {
        f"{name}:{function.lineno} {function.name}": lines
        for name, tree in python_files().items()
        for function in functions(tree)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


def test_nothing_is_imported_inside_a_function() -> None:
    hidden = [
        f"{name}:{node.lineno}"
        for name, tree in app_files().items()
        for function in functions(tree)
        if function.name != "ready"
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_the_list_of_module_names_is_closed() -> None:
    unknown = set()
    for name in app_files():
        app, module = name.split("/")[:2]
        if module.removesuffix(".py") not in MODULES | ALSO.get(app, set()) | {"__init__"}:
            unknown.add(f"{app}/{module}")
    assert unknown == set()


def test_every_app_stands_under_the_import_contracts() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = [name for layer in linter["contracts"][0]["layers"] for name in layer.strip("()").split(" | ")]
    assert linter["root_packages"] == layers
    assert sorted(linter["root_packages"]) == sorted([*APPS, *WITHOUT_DJANGO])
    assert sorted(linter["contracts"][2]["source_modules"]) == sorted(WITHOUT_DJANGO)
    assert sorted(linter["contracts"][1]["containers"]) == sorted(set(APPS) - {"rectify"})


def test_from_a_lower_app_only_what_it_offers_is_imported() -> None:
    """Never its views, addresses, tasks or forms; core is open to all, and rectify, which knows all apps, may."""
    forbidden = (MODULES | {"urls"}) - FROM_ABOVE
    wrong = []
    for name, tree in app_files().items():
        own = name.split("/")[0]
        for target in imported(tree):
            app, _, rest = target.partition(".")
            module = rest.split(".")[0]
            if own == "rectify" or app in {own, "core"} or app not in APPS or module not in forbidden:
                continue
            if f"{app}.{module}" not in ALLOWED_IMPORTS:
                wrong.append(f"{name}: {target}")
    assert wrong == []


def draws_loosely(call: ast.Call) -> bool:
    """Return whether a call gives something else in every run; `Random(seed)` does not."""
    name = ast.unparse(call.func)
    is_loose = (name.startswith("random.") and name != "random.Random") or name.rpartition(".")[2] in LOOSE
    return is_loose or (name.rpartition(".")[2] == "Random" and not call.args)


def test_tests_draw_at_random_in_one_way() -> None:
    """By `tests/randomness.py`, or from a seed that they are given; a test that asks for seeds is marked as `drawn`."""
    trees = {name: tree for name, tree in python_files().items() if name.startswith("tests/")}
    calls = [(name, node) for name, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert {name for name, call in calls if draws_loosely(call)} == {*MAY_DRAW}
    tests = [ast.unparse(each) for tree in trees.values() for each in functions(tree) if each.name.startswith("test_")]
    drawing = [text for text in tests if re.search(r"\bseeds\(", text) or "SEEDS" in text]
    assert len(drawing) > 5
    assert [text for text in drawing if "pytest.mark.drawn" not in text] == []


def test_no_model_overrides_save_or_delete() -> None:
    """Rules live in services; only the trail and the files refuse what the database refuses as well."""
    found = {
        f"{name}: {node.name}.{method.name}"
        for name, tree in app_files().items()
        if "models" in name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.endswith("QuerySet")
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name == "save"
    }
    assert found == set()


@pytest.mark.parametrize("model", [m for app in APPS for m in apps.get_app_config(app).get_models()], ids=str)
def test_every_model_says_what_it_is(model: Any) -> None:
    assert not (model.__doc__ or "").startswith(f"{model.__name__}("), "Django's own list of fields is no docstring"
    assert len(model.__doc__ or "") > 20


# Addresses that answer a visitor who is not logged in, each with its reason.
OPEN_ADDRESSES = {
    "login/": "the way in",
    "logout/": "POST only; leads to the log-in",
    "language/": "the log-in page is read in either language",
    "healthz": "asked by the machine's supervisor; says nothing but that the process answers",
    "readyz": "asked by the machine's supervisor; says nothing of the data",
    "public/": "public pages, 404 until an office switches them on; tests of the public pages search every byte",
    "public/<slug:code>/": "a public page",
    "public/<slug:code>/notices/<int:number>/": "a public page",
    "public/<slug:code>/bulletins/<int:pk>/": "a public page",
    "public/<slug:code>/feedback/": "whoever reads the public pages may write to the office, throttled",
    "admin/login/": "Django's own log-in for the admin",
    "admin/logout/": "leads to the log-in",
    "admin/jsi18n/": "words of the admin's widgets",
}


def addresses(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def example(route: str) -> str:
    """An address that the route matches: `measures/<int:pk>/` gives `/measures/1/`."""
    filled = re.sub(r"<(?:int:)?(?:\w*id|pk)>|<int:\w+>", "1", route)
    filled = re.sub(r"<path:\w+>", "a/b", filled)
    filled = re.sub(r"\(\?P<\w+>[^)]*\)", "1", filled)
    filled = re.sub(r"<(?:\w+:)?\w+>", "2026-01-01", filled)
    return "/" + re.sub(r"[\^$\\]|\.\*|\?", "", filled)


ROUTES = sorted(set(addresses(get_resolver().url_patterns)))


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in ROUTES if route not in OPEN_ADDRESSES])
def test_every_page_is_protected(route: str, client: Client) -> None:
    """A visitor is sent to the log-in or refused; 405 is an address that takes only forms."""
    response = client.get(example(route))
    assert response.status_code in {301, 302, 401, 403, 404, 405}, f"{route} answers {response.status_code}"
    if response.status_code in {301, 302}:
        assert "/login/" in response["Location"]


FOREIGN_VIEWS = {"login", "logout"}  # Django's own classes


def test_a_view_bears_the_name_of_its_address() -> None:
    """So that a name found in a template or a link leads to its view, and from there to the service of that name."""
    named = [p for p in patterns(get_resolver().url_patterns) if p.name and not p.name.startswith("api-")]
    differ = {p.name for p in named if getattr(p.callback, "__name__", "") != p.name}
    assert differ == FOREIGN_VIEWS
    assert len(named) > 100


def patterns(listed: list[Any]) -> Iterator[URLPattern]:
    """Every address that is our own: neither the admin's nor below the API's router."""
    for pattern in listed:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif not pattern.namespace and not str(pattern.pattern).startswith("api/"):
            yield from patterns(pattern.url_patterns)


def test_open_addresses_still_exist() -> None:
    assert set(OPEN_ADDRESSES) - set(ROUTES) - {"healthz", "readyz"} == set()


def forbidden_words() -> re.Pattern[str]:
    """Paths of a machine and hosts of registries; put together here so that this file does not hold them."""
    homes = ["/" + "work/", "/" + "root/", "/" + "home/", "/" + "tmp/bash"]
    hosts = [
        "pypi" + ".org",
        "pythonhosted" + ".org",
        "registry." + "npmjs",
        "npmmirror" + ".com",
        "tuna." + "tsinghua",
    ]
    return re.compile("|".join(re.escape(word) for word in homes + hosts))


def test_no_file_names_this_machine_or_a_registry() -> None:
    pattern = forbidden_words()
    found = []
    for name in tracked():
        if name.startswith("static/vendor/") or re.search(r"\.(png|jpg|ico|mo|docx|xlsx|woff2|gz)$", name):
            continue
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        found += [f"{name}:{number}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]
    assert found == []


def test_no_empty_promises() -> None:
    marks = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error"]) + r")\b")
    found = [
        f"{name}:{number}"
        for name in tracked()
        if re.search(r"\.(py|html|css|js|mjs)$", name) and not name.startswith("static/vendor/")
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert found == []


def test_what_runs_on_one_database_alone_exists() -> None:
    """A file that was renamed would run on both again, with no sign of why the tests take longer."""
    assert {place for place in ONE_DATABASE if not (ROOT / "tests" / f"{place}.py").is_file()} == set()
