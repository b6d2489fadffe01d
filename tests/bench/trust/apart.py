"""A copy of the tree, and children in which it is tried: what stands in the working folder is never changed."""

import importlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
KEPT = ("app.py", "manage.py", "pyproject.toml", "components", "db", "docs", "locale", "pages", "static", "tests")
OURS = ("tests", "db", "components", "pages", "app", "manage")
# What takes longest to begin, and is the same for every child.
LIBRARIES = ("alembic", "altair", "babel", "hypothesis.stateful", "openpyxl", "ortools.sat.python.cp_model", "pandas",
             "psycopg", "pypinyin", "sqlalchemy.orm", "sqlcipher3", "streamlit.testing.v1", "xlsxwriter")  # fmt: skip
WORDS = ("-q", "-p", "no:cacheprovider", "-m", "not postgres and not slow", "-W", "ignore")


def copy(tree: Path) -> None:
    """Everything the tests need, and the libraries for every child."""
    for library in LIBRARIES:
        importlib.import_module(library)
    for name in KEPT:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
        else:
            shutil.copy2(ROOT / name, tree / name)


def begun(work: Callable[[], Any]) -> Callable[[], Any]:
    """Begin this in a child, which has all we have and changes nothing of it; answers how to wait for its answer."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            answer = json.dumps(work()).encode()
            with os.fdopen(writing, "wb") as told:
                told.write(answer)
        finally:
            os._exit(0)
    os.close(writing)

    def wait() -> Any:
        with os.fdopen(reading, "rb") as told:
            answer = told.read()
        os.waitpid(child, 0)
        if not answer:
            raise RuntimeError("a child ended without an answer")
        return json.loads(answer)

    return wait


def passes(tree: Path, group: Sequence[str]) -> bool:
    """Whether these tests of the tree pass."""
    return bool(begun(lambda: code_of(tree, ["-x", *group]) in (0, pytest.ExitCode.NO_TESTS_COLLECTED))())


def code_of(tree: Path, words: Sequence[str], plugins: Sequence[object] = ()) -> int:
    """Run tests here, with the libraries that are there already and nothing of ours."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    os.chdir(tree)
    sys.path[:] = [str(tree), *(path for path in sys.path if path not in ("", str(ROOT)))]
    sys.dont_write_bytecode = True
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    code = int(pytest.main([*WORDS, *words], plugins=list(plugins)))
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED,
                    pytest.ExitCode.INTERRUPTED):  # fmt: skip
        raise RuntimeError(f"pytest could not run {words}: {code}")
    return code
