"""G22: one permission check or scope filter is taken away at a time; the quickest sufficient tests must notice.

The tree is copied first; what stands in the working folder is never changed.
"""

import ast
import importlib
import os
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SERVICES = ROOT / "db" / "services"
MATRIX = "tests/trust/test_access_matrix.py"
UNHEARD = "tests/trust/test_unheard.py"
KEPT = ("app.py", "manage.py", "pyproject.toml", "components", "db", "docs", "locale", "pages", "static", "tests")
OURS = ("tests", "db", "components", "pages", "app", "manage")
# What takes longest to begin, and is the same for every child.
LIBRARIES = ("alembic", "altair", "babel", "hypothesis.stateful", "openpyxl", "ortools.sat.python.cp_model", "pandas",
             "psycopg", "pypinyin", "sqlalchemy.orm", "sqlcipher3", "streamlit.testing.v1", "xlsxwriter")  # fmt: skip
# Conditions that say what a record is, not who may see it.
NO_WALL = {"likely", "matching"}


@dataclass(frozen=True)
class Mutant:
    """One check taken away: the file, where it stands, and what stands there instead."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    instead: str

    def of(self, text: str) -> str:
        """The module without its check."""
        lines = text.encode().splitlines(keepends=True)
        before = b"".join(lines[: self.line - 1]) + lines[self.line - 1][: self.column]
        after = lines[self.end_line - 1][self.end_column :] + b"".join(lines[self.end_line :])
        return (before + self.instead.encode() + after).decode()

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column} -> {self.instead}"


def every() -> list[Mutant]:
    """All of them: doors, `must`, `may`, and every call of a condition that takes the actor."""
    walls = _walls()
    return [mutant for path in sorted(SERVICES.rglob("*.py")) for mutant in _of_module(path, walls)]


@cache
def _walls() -> frozenset[str]:
    """Names of public functions that take an actor and answer a condition."""
    found = set()
    for path in SERVICES.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if (
                isinstance(node, ast.FunctionDef)
                and node.returns
                and "ColumnElement[bool]" in ast.unparse(node.returns)
            ):
                taken = [argument.arg for argument in node.args.args]
                if "actor" in taken and node.name not in NO_WALL:
                    found.add(node.name)
    return frozenset(found)


def _of_module(path: Path, walls: frozenset[str]) -> Iterator[Mutant]:
    name = path.relative_to(ROOT).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and (instead := _instead(node, walls)):
            yield Mutant(name, node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0, instead)


def _instead(call: ast.Call, walls: frozenset[str]) -> str:
    said = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    of_actor = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "actor"
    takes_actor = any(isinstance(argument, ast.Name) and argument.id == "actor" for argument in call.args)
    if said == "guarded" and "ACCOUNT_OWN" not in ast.unparse(call):
        return "guarded(Permission.ACCOUNT_OWN)"
    if of_actor and said == "may":
        return "True"
    if of_actor and said in ("must", "scope"):
        return '__import__("db.rules.permissions").rules.permissions.Scope.ALL'
    if takes_actor and said in walls:
        return '__import__("sqlalchemy").true()'
    return ""


def tests_for(path: str) -> list[str]:
    """The test files called alike, those that use the module most, what is built on it, and the rest of its job."""
    module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    job = module.split(".")[2]
    same = [f for f in sorted(ROOT.glob(f"tests/db/services/test_{job[:7]}*.py")) if not f.stem.endswith("_machine")]
    chosen = [*_naming([module]), *_naming(_users(module)), *same]
    alike = [found for found in chosen if module.rpartition(".")[2] in found.stem]
    return [found.relative_to(ROOT).as_posix() for found in dict.fromkeys([*alike, *chosen])][:7]


def _naming(modules: Collection[str]) -> list[Path]:
    """Test files by how often they use what they import of these modules or of the package that holds them."""
    found = []
    for file in sorted((ROOT / "tests/db/services").glob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        times = sum(_uses(text, module) for module in modules)
        if times and not file.stem.endswith("_machine"):
            found.append((times, file))
    return [file for _, file in sorted(found, key=lambda pair: -pair[0])]


def _uses(text: str, module: str) -> int:
    package, _, last = module.rpartition(".")
    if re.search(
        rf"from {re.escape(package)} import [^()\n]*\b{last}\b|from {re.escape(package)} import \([^)]*\b{last}\b", text
    ):
        return len(re.findall(rf"\b{last}\.\w", text)) + 1
    if re.search(rf"from {re.escape(module)} import ", text):
        return 3
    public = _defined(module) if re.search(rf"\b{package.rpartition('.')[2]}\b", text) else frozenset()
    return sum(len(re.findall(rf"\b{package.rpartition('.')[2]}\.{name}\(", text)) for name in public)


@cache
def _defined(module: str) -> frozenset[str]:
    """Names of the public functions of a module."""
    path = ROOT / f"{module.replace('.', '/')}.py"
    path = path if path.exists() else path.with_suffix("") / "__init__.py"
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef) and node.name[0] != "_")


@cache
def _users(module: str) -> frozenset[str]:
    """The services that import a module."""
    package, _, last = module.rpartition(".")
    wanted = re.compile(rf"from {re.escape(module)} import|from {re.escape(package)} import .*\b{last}\b")
    return frozenset(
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        for path in SERVICES.rglob("*.py")
        if wanted.search(path.read_text(encoding="utf-8"))
    )


@dataclass
class Result:
    """What was tried: how many mutants, and which of them lived."""

    tried: int
    survived: list[str]
    by_matrix: int

    @property
    def killed(self) -> float:
        """The share found, in percent."""
        return 100 * (self.tried - len(self.survived)) / max(self.tried, 1)


def run(how_many: int, *, seed: int = 22, say: bool = True) -> Result:
    """Try a seeded sample of `how_many` mutants; answers what was found."""
    chosen = _sample(how_many, seed)
    survived: list[str] = []
    by_matrix = 0
    for library in LIBRARIES:
        importlib.import_module(library)
    with tempfile.TemporaryDirectory(prefix="linli-mutants-") as folder:
        tree = Path(folder)
        for name in KEPT:
            copied(ROOT / name, tree / name)
        if not passes(tree, [MATRIX]):
            raise RuntimeError("the matrix fails before anything is taken away")
        for mutant in chosen:
            killer = _killer(tree, mutant)
            by_matrix += killer in (MATRIX, UNHEARD)
            if not killer:
                survived.append(str(mutant))
            if say:
                print(f"{'killed by ' + killer if killer else 'SURVIVED':60} {mutant}", flush=True)
    return Result(how_many, survived, by_matrix)


def _sample(how_many: int, seed: int) -> list[Mutant]:
    """Two doors for every three checks behind doors: there are many more doors, and all are made alike."""
    dice = random.Random(seed)  # noqa: S311 - which ones, repeatably
    doors = [mutant for mutant in every() if mutant.instead.startswith("guarded")]
    inside = [mutant for mutant in every() if not mutant.instead.startswith("guarded")]
    outer = how_many * 2 // 5
    return [*dice.sample(inside, how_many - outer), *dice.sample(doors, outer)]


def copied(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
    else:
        shutil.copy2(source, target)


def _killer(tree: Path, mutant: Mutant) -> str:
    """The first group of tests that fails without the check, or nothing."""
    file = tree / mutant.path
    whole = file.read_text(encoding="utf-8")
    file.write_text(mutant.of(whole), encoding="utf-8")
    try:
        named = tests_for(mutant.path)
        at_a_door = mutant.instead.startswith("guarded")
        for group in ([MATRIX], named) if at_a_door else (named[:2], [UNHEARD], named[2:], [MATRIX]):
            if group and not passes(tree, group):
                return group[0]
        return ""
    finally:
        file.write_text(whole, encoding="utf-8")


def passes(tree: Path, group: list[str]) -> bool:
    """Run the tests in a child that has the libraries already, and nothing of ours."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            code = _in_the_tree(tree, group)
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED,
                    pytest.ExitCode.INTERRUPTED):  # fmt: skip
        raise RuntimeError(f"pytest could not run {group}: {code}")
    return code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


def _in_the_tree(tree: Path, group: list[str]) -> int:
    quiet = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    os.chdir(tree)
    sys.path[:] = [str(tree), *(path for path in sys.path if path not in ("", str(ROOT)))]
    sys.dont_write_bytecode = True
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    os.environ["UNHEARD_EVERY"] = "1"
    words = ["-q", "-x", "-p", "no:cacheprovider", "-m", "not postgres and not slow", "-W", "ignore"]
    return int(pytest.main([*words, *group]))
