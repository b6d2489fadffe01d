"""The catalogue's upkeep: `python -m tests.catalogue` writes every message of the code into the .po file."""

import ast
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
PO = ROOT / "locale" / "zh" / "LC_MESSAGES" / "linli.po"
# What marks a message, and which of its arguments (from 0) it is.
MARKS = {"t": 0, "N_": 0, "translate": 0, "Problem": 1, "that": 2}
PYTHON = ("app.py", "components/**/*.py", "pages/**/*.py", "db/**/*.py")
TEMPLATES = "db/documents/**/*.html"
PRESETS = ROOT / "db" / "presets" / "limits.toml"
PERIODS = ROOT / "db" / "presets" / "retention.toml"
CODES = ROOT / "db" / "presets" / "codes.toml"
BEGUN = datetime(2026, 11, 21, tzinfo=UTC)


def messages() -> Iterator[tuple[str, str]]:
    """Every message, with the file it stands in."""
    for path in sorted(path for pattern in PYTHON for path in ROOT.glob(pattern)):
        for text in _of_python(ast.parse(path.read_text("utf-8"))):
            yield text, path.relative_to(ROOT).as_posix()
    for path in sorted(ROOT.glob(TEMPLATES)):
        for _, message, _, _ in extract_from_file("jinja2.ext:babel_extract", path, keywords={"t": None}):
            if isinstance(message, str):
                yield message, path.relative_to(ROOT).as_posix()
    for text in _of_limits():
        yield text, PRESETS.relative_to(ROOT).as_posix()
    for name, file in (("rule", PERIODS), ("list", CODES)):
        for part in tomllib.loads(file.read_text("utf-8"))[name]:
            yield part["source"], file.relative_to(ROOT).as_posix()


def _of_python(tree: ast.AST) -> Iterator[str]:
    """The messages of a module, also those inside f-strings, which Babel's own reader passes over."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        place = MARKS.get(getattr(node.func, "id", getattr(node.func, "attr", "")))
        if place is not None and len(node.args) > place:
            yield from _texts(node.args[place])


def _texts(argument: ast.expr) -> Iterator[str]:
    """A literal, or each branch of a choice between literals."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from _texts(argument.body)
        yield from _texts(argument.orelse)


def _of_limits() -> Iterator[str]:
    """Names and bases of the preset limit sets, which the screens translate."""
    for limit_set in tomllib.loads(PRESETS.read_text("utf-8"))["set"]:
        yield from (limit_set["name"], limit_set["source"])
        yield from (rule["basis"] for rule in limit_set["rules"])


def known() -> dict[str, str]:
    """What the Chinese catalogue holds."""
    if not PO.exists():
        return {}
    with PO.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="zh_Hans_CN") if m.id}


def update() -> list[str]:
    """Add what is missing, drop what is gone, keep what is translated; answers the messages still to translate."""
    translated, found = known(), sorted(set(messages()))
    made = Catalog(
        locale="zh_Hans_CN",
        project="Linli",
        header_comment="# Linli in Simplified Chinese.",
        creation_date=BEGUN,
        revision_date=BEGUN,
        fuzzy=False,
    )
    for message, path in found:
        made.add(message, translated.get(message, ""), locations=[(path, 0)])
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, made, sort_output=True, include_lineno=False, width=0)
    return sorted({message for message, _ in found if not translated.get(message)})


if __name__ == "__main__":
    missing = update()
    for message in missing:
        print(message)  # noqa: T201 - a tool of the command line
    print(f"{len(missing)} to translate")  # noqa: T201 - a tool of the command line
