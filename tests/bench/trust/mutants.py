"""G22: one permission check or scope filter is taken away at a time; the tests nearest to it must notice.

A copy of the tree bears a switch at every check, so that the program and its tests are read in once. Every check then
has a child of its own, in which it is off, and in which tests run until one fails: those of its module and of what is
built on it, then those that ask everything of everybody. A test counts only when it passes by itself in a child in
which nothing is off.
"""

import ast
import importlib
import os
import random
import re
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, TextIO

import pytest

from tests.bench.trust.apart import ROOT, begun, code_of, copy

SERVICES = ROOT / "db" / "services"
MATRIX = "tests/trust/test_access_matrix.py"
UNHEARD = "tests/trust/test_unheard.py"
NARROWER = "tests/trust/test_narrower_rights.py"
SWITCHES = '__import__("tests.bench.switches").bench.switches'
# Conditions that say what a record is, not who may see it.
NO_WALL = {"likely", "matching"}
MOST_FILES = 7
# Checks whose absence nothing shows, because another one stands in front of or behind them by design, and the test that
# shows the other one is there: `path function check`.
TWICE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Mutant:
    """One check taken away: the file, where it stands, and what stands there instead (nothing: a door)."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    instead: str
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column} {self.name}"

    @property
    def key(self) -> str:
        """What it is called, wherever it stands in its file."""
        return f"{self.path} {self.name}"


def every() -> list[Mutant]:
    """All of them: doors, `must`, `may`, and every call of a condition that takes the actor."""
    walls = _walls()
    return [mutant for path in sorted(SERVICES.rglob("*.py")) for mutant in _of_module(path, walls)]


def switched(text: str, mutants: Mapping[int, Mutant]) -> str:
    """The module with a switch at each of these checks."""
    lines = text.encode().splitlines(keepends=True)
    put: list[tuple[int, int, str]] = []
    for number, one in mutants.items():
        before = f"({one.instead} if {SWITCHES}.off({number}) else " if one.instead else f"{SWITCHES}.door({number}, "
        put += [(one.line, one.column, before), (one.end_line, one.end_column, ")")]
    for line, column, words in sorted(put, reverse=True):
        whole = lines[line - 1]
        lines[line - 1] = whole[:column] + words.encode() + whole[column:]
    return b"".join(lines).decode()


@cache
def _walls() -> frozenset[tuple[str, str]]:
    """Functions that take an actor and answer a condition, each as its module and its name."""
    found = set()
    for path in SERVICES.rglob("*.py"):
        for node in ast.parse(_text(path)).body:
            if (
                isinstance(node, ast.FunctionDef)
                and node.returns
                and "ColumnElement[bool]" in ast.unparse(node.returns)
            ):
                taken = [argument.arg for argument in node.args.args]
                if "actor" in taken and node.name not in NO_WALL:
                    found.add((_module(path), node.name))
    return frozenset(found)


@cache
def _modules() -> frozenset[str]:
    return frozenset(_module(path) for path in SERVICES.rglob("*.py"))


def _module(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


def _of_module(path: Path, walls: frozenset[tuple[str, str]]) -> Iterator[Mutant]:
    file, tree = path.relative_to(ROOT).as_posix(), ast.parse(_text(path))
    known = {name: (_module(path), name) for module, name in walls if module == _module(path)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            known |= {one.asname or one.name: (node.module or "", one.name) for one in node.names}
    for function, call in _calls(tree, ""):
        instead = _instead(call, _is_wall(call.func, known, walls))
        if instead is not None:
            name = f"{function} {ast.unparse(call)}".strip()
            yield Mutant(
                file, call.lineno, call.col_offset, call.end_lineno or 0, call.end_col_offset or 0, instead, name
            )


def _is_wall(function: ast.expr, known: Mapping[str, tuple[str, str]], walls: frozenset[tuple[str, str]]) -> bool:
    """Whether a condition is asked for: by its name, by its module's, or of an object that holds one."""
    if isinstance(function, ast.Name):
        return known.get(function.id) in walls
    if not isinstance(function, ast.Attribute):
        return False
    whole = ".".join(known.get(getattr(function.value, "id", ""), ()))
    if whole in _modules():
        return (whole, function.attr) in walls
    return function.attr in {name for _, name in walls}


def _calls(node: ast.AST, function: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the name of the function it stands in or above."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield function, child
        yield from _calls(child, child.name if isinstance(child, ast.FunctionDef) else function)


def _instead(call: ast.Call, is_wall: bool) -> str | None:
    said = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    of_actor = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "actor"
    takes_actor = any(isinstance(argument, ast.Name) and argument.id == "actor" for argument in call.args)
    if said == "guarded" and "ACCOUNT_OWN" not in ast.unparse(call):
        return ""
    if of_actor and said == "may":
        return "True"
    if of_actor and said in ("must", "scope"):
        return '__import__("db.rules.permissions").rules.permissions.Scope.ALL'
    if takes_actor and is_wall:
        return '__import__("sqlalchemy").true()'
    return None


@cache
def tests_for(path: str) -> list[str]:
    """The test files called alike, those that use the module most, what is built on it, and the rest of its job."""
    module = _module(ROOT / path)
    job = module.split(".")[2]
    same = [f for f in sorted(ROOT.glob(f"tests/db/services/test_{job[:7]}*.py")) if not f.stem.endswith("_machine")]
    chosen = [*_naming([module]), *_naming(_users(module)), *same]
    alike = [found for found in chosen if module.rpartition(".")[2] in found.stem]
    return [found.relative_to(ROOT).as_posix() for found in dict.fromkeys([*alike, *chosen])][:MOST_FILES]


def _naming(modules: Collection[str]) -> list[Path]:
    """Test files by how often they use what they import of these modules or of the package that holds them."""
    found = []
    for file in sorted((ROOT / "tests/db/services").glob("test_*.py")):
        times = sum(_uses(file, module) for module in modules)
        if times and not file.stem.endswith("_machine"):
            found.append((times, file))
    return [file for _, file in sorted(found, key=lambda pair: -pair[0])]


@cache
def _uses(file: Path, module: str) -> int:
    text = _text(file)
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
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


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
    return frozenset(_module(path) for path in SERVICES.rglob("*.py") if wanted.search(_text(path)))


@dataclass
class Result:
    """What was tried: how many mutants, which of them lived, and which stand twice by design."""

    population: int
    tried: int = 0
    survived: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    by_matrix: int = 0

    @property
    def killed(self) -> float:
        """The share found, in percent, of those that do not stand twice."""
        asked = self.tried - len(self.twice)
        return 100 * (asked - len(self.survived)) / max(asked, 1)

    def __str__(self) -> str:
        asked = self.tried - len(self.twice)
        said = f"{asked - len(self.survived)} of {asked} killed, {len(self.twice)} standing twice named"
        return f"{said}; {self.tried} tried of {self.population}"


def run(how_many: int, *, seed: int = 22, only: str = "", say: bool = True) -> Result:
    """Try a seeded sample of `how_many` mutants, all of them when there are no more; answers what was found."""
    population = dict(enumerate(every()))
    chosen = [number for number in _sample(how_many, seed) if only in population[number].key]
    found = Result(len(population), len(chosen))
    with tempfile.TemporaryDirectory(prefix="linli-mutants-") as folder:
        tree = Path(folder)
        copy(tree)
        for path in {one.path for one in population.values()}:
            theirs = {number: one for number, one in population.items() if one.path == path}
            file = tree / path
            file.write_text(switched(file.read_text(encoding="utf-8"), theirs), encoding="utf-8")
        judge = _Judge(population, chosen, os.fdopen(os.dup(1), "w") if say else None)
        named = {test for number in chosen for test in tests_for(population[number].path)}
        words = [f"--basetemp={tree / 'tmp'}", MATRIX, UNHEARD, NARROWER, *sorted(named)]
        os.environ["UNHEARD_EVERY"] = "1"
        killers = begun(lambda: _told_by(judge, code_of(tree, words, [judge])))()
    for number, killer in killers:
        name = population[number].key
        if killer:
            found.by_matrix += killer.startswith((MATRIX, UNHEARD, NARROWER))
        elif name in TWICE:
            found.twice.append(name)
        else:
            found.survived.append(str(population[number]))
    return found


def _told_by(judge: "_Judge", _code: int) -> list[tuple[int, str]]:
    return judge.killers


def _sample(how_many: int, seed: int) -> list[int]:
    """Two doors for every three checks behind doors: there are many more doors, and all are made alike."""
    dice = random.Random(seed)  # noqa: S311 - which ones, repeatably
    population = every()
    if how_many >= len(population):
        return dice.sample(range(len(population)), len(population))
    doors = [number for number, mutant in enumerate(population) if not mutant.instead]
    inside = [number for number, mutant in enumerate(population) if mutant.instead]
    outer = how_many * 2 // 5
    chosen = [*dice.sample(inside, how_many - outer), *dice.sample(doors, outer)]
    return dice.sample(chosen, how_many)


Items = Mapping[str, pytest.Item]


def _spread(work: Callable[[Sequence[Any]], list[Any]], over: Sequence[Any]) -> list[Any]:
    """This done to every part of something at once, a part for each processor."""
    share = max(1, -(-len(over) // (os.cpu_count() or 1)))
    waiting = [begun(partial(work, over[start : start + share])) for start in range(0, len(over), share)]
    return [one for wait in waiting for one in wait()]


@dataclass
class _Judge:
    """Stands in for the loop of pytest, which has collected the tests."""

    population: Mapping[int, Mutant]
    chosen: Sequence[int]
    shown: TextIO | None
    killers: list[tuple[int, str]] = field(default_factory=list)
    failed: bool = False
    _alone: dict[str, bool] = field(default_factory=dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        self._warm(session)
        self.killers = _spread(partial(self._judged, session, items), self.chosen)
        return True

    def _warm(self, session: pytest.Session) -> None:
        """Make here what all tests share, so that no child has to."""
        first = next(item for item in session.items if "database" in getattr(item, "fixturenames", ()))
        apart = next(item for item in session.items if item.path.parent != first.path.parent)
        session.config.hook.pytest_runtest_protocol(item=first, nextitem=apart)

    def _judged(self, session: pytest.Session, items: Items, part: Sequence[int]) -> list[tuple[int, str]]:
        found = []
        for number in part:
            start = time.perf_counter()
            killer = self._killer(session, items, self._tests(number, items), number)
            found.append((number, killer))
            taken = f"{time.perf_counter() - start:5.1f} s"
            self._say(f"{'killed by ' + killer if killer else 'SURVIVED':70} {taken} {self.population[number]}")
        return found

    def _killer(self, session: pytest.Session, items: Items, names: list[str], number: int) -> str:
        while killer := begun(lambda: self._first_failing(session, [items[name] for name in names], number))():
            if killer not in self._alone:
                self._alone[killer] = not begun(lambda: self._first_failing(session, [items[killer]], None))()
            if self._alone[killer]:
                return str(killer)
            names.remove(killer)
        return ""

    def _tests(self, number: int, items: Items) -> list[str]:
        """The tests to try, in their order: at a door those of the matrix first, elsewhere the slow ones last."""
        mutant = self.population[number]
        near = tests_for(mutant.path)
        files = [*near[:2], NARROWER, *near[2:], UNHEARD, MATRIX] if mutant.instead else [MATRIX, *near[:2]]
        return [name for file in files for name in items if name.startswith(f"{file}::")]

    def _first_failing(self, session: pytest.Session, items: Sequence[pytest.Item], number: int | None) -> str:
        if number is not None:
            importlib.import_module("tests.bench.switches").take_away(number)
        for item, after in zip(items, [*items[1:], None], strict=True):
            self.failed = False
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if self.failed:
                return item.nodeid
        return ""

    def _say(self, words: str) -> None:
        if self.shown:
            print(words, file=self.shown, flush=True)
