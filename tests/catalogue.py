"""The catalogue's upkeep: `python -m tests.catalogue` writes every message of the code into the .po file."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
PO = ROOT / "locale" / "zh" / "LC_MESSAGES" / "linli.po"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "t": None,
    "N_": None,
    "translate": None,
    "Problem": (2,),
    "that": (3,),
}
SOURCES = (("python", "app.py"), ("python", "components/**/*.py"), ("python", "pages/**/*.py"), ("python", "db/**/*.py"))
TEMPLATES = "db/documents/**/*.html"


def messages() -> Iterator[tuple[str, str, int]]:
    """Every message, with the file and line it stands in."""
    found = [(method, path) for method, pattern in SOURCES for path in ROOT.glob(pattern)]
    found += [("jinja2.ext:babel_extract", path) for path in ROOT.glob(TEMPLATES)]
    for method, path in sorted(found, key=lambda pair: pair[1]):
        for line, message, _, _ in extract_from_file(method, str(path), keywords=KEYWORDS):
            if isinstance(message, str):
                yield message, path.relative_to(ROOT).as_posix(), line


def known() -> dict[str, str]:
    """What the Chinese catalogue holds."""
    if not PO.exists():
        return {}
    with PO.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="zh_Hans_CN") if m.id}


def update() -> list[str]:
    """Add what is missing, drop what is gone, keep what is translated; answers the messages still to translate."""
    translated = known()
    made = Catalog(locale="zh_Hans_CN", project="Linli", header_comment="# Linli in Simplified Chinese.", fuzzy=False)
    for message, path, _ in messages():
        made.add(message, translated.get(message, ""), locations=[(path, 0)])
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, made, sort_output=True, include_lineno=False, width=0)
    return [message for message in sorted({m for m, _, _ in messages()}) if not translated.get(message)]


if __name__ == "__main__":
    missing = update()
    for message in missing:
        print(message)  # noqa: T201 - a tool of the command line
    print(f"{len(missing)} to translate")  # noqa: T201 - a tool of the command line
