"""An office of hostile texts: a copy of one that is open, in which every free text has another in its place.

Which columns hold free texts, how long and of how many lines, is in `free_texts.csv`; `tests.bench trust hostile` adds
to it what hostile texts were seen to reach when every service was given them (tests/trust/swapping.py).
"""

import csv
import dataclasses
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

import docx
import openpyxl
from icalendar import Calendar
from sqlalchemy import Connection, Engine, bindparam, event, func, select, update
from sqlalchemy.engine import make_url

from db import engine, identity
from db.base import Base
from db.engine import Database
from db.rules import text as rules
from tests.trust.swapping import SEALED

LIST = Path(__file__).with_name("free_texts.csv")
SEALED_LONGEST = 60
# The sum a superior's own sheet has below its rows (`a_sheet` of the layouts).
SUM = re.compile(r"=COUNTA\([A-Z]\d+:[A-Z]\d+\)")
# Rows of one table that are written over, the newest first.
MOST_ROWS = 40


@dataclasses.dataclass(frozen=True)
class Fits:
    """What a column holds: so many characters, on one line or several."""

    longest: int
    lines: bool


def free_texts() -> dict[str, Fits]:
    """Columns by table and name."""
    with LIST.open(encoding="utf-8", newline="") as rows:
        return {row["column"]: Fits(int(row["longest"]), row["lines"] == "yes") for row in csv.DictReader(rows)}


def write_over(database: Database, texts: Sequence[str]) -> int:
    """Every free text becomes one of these that fits; answers how many. The journal is told nothing of it."""
    columns = free_texts()
    turns = {fits: cycle(_fitting(texts, fits)) for fits in {*columns.values(), Fits(SEALED_LONGEST, False)}}
    written = 0
    with database.maintenance() as connection, _without_triggers(connection):
        for table in Base.metadata.sorted_tables:
            keys = list(table.primary_key.columns)
            for column in table.columns:
                name = f"{table.name}.{column.name}"
                fits = Fits(SEALED_LONGEST, False) if name in SEALED else columns.get(name)
                if fits is None or column in keys:
                    continue
                newest = select(*keys).where(func.length(column) > 0).order_by(*(key.desc() for key in keys))
                rows = connection.execute(newest.limit(MOST_ROWS)).all()
                told = [next(turns[fits]) for _ in rows]
                new = [identity.encrypt(database, name, text) for text in told] if name in SEALED else told
                # What a rule of the table forbids (the same name twice) stays as it was.
                here = [key == bindparam(f"key_{key.name}") for key in keys]
                change = update(table).prefix_with("OR IGNORE").where(*here).values({column.name: bindparam("new")})
                named = [{f"key_{k.name}": v for k, v in zip(keys, row, strict=True)} for row in rows]
                if rows:
                    connection.execute(change, [{"new": v} | at for v, at in zip(new, named, strict=True)])
                written += len(rows)
    return written


@contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, written in triggers:
        connection.exec_driver_sql(written)


def _fitting(texts: Sequence[str], fits: Fits) -> list[str]:
    fit = rules.is_fit if fits.lines else rules.is_fit_line
    return [t for t in dict.fromkeys(text.strip() for text in texts) if t and len(t) <= fits.longest and fit(t)]


# --- a copy ---


class Copies:
    """Copies of whatever office is open, through one engine, which compiles each question once."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._where = ""

    @contextmanager
    def of_the_open_one(self) -> Iterator[Database]:
        """A copy, open as the current database until the block ends. Nobody may be writing."""
        here = engine.current()
        source = Path(str(make_url(here.settings.url).database))
        with tempfile.TemporaryDirectory(prefix="linli-copy-") as folder:
            target = Path(folder) / "copy.db"
            for end in ("", "-wal"):
                if Path(f"{source}{end}").exists():
                    shutil.copy2(f"{source}{end}", f"{target}{end}")
            settings = dataclasses.replace(here.settings, database_url=f"sqlite:///{target.as_posix()}")
            self._where = str(target)
            if self._engine is None:
                self._engine = self._made(here, settings)
            with closing(Database(settings, here.keys, self._engine)) as copy, engine.using(copy):
                yield copy

    def _made(self, here: Database, settings: Any) -> Engine:
        made = engine._engine(settings, here.keys)

        @event.listens_for(made, "do_connect")
        def to_the_present_copy(_dialect: object, _record: object, where: list[str], _options: object) -> None:
            where[0] = self._where

        return made


# --- what leaves ---


def wrong_in(value: Any) -> list[str]:
    """What is wrong with the files inside of an answer: formulas, links made of texts, files nobody can open."""
    return [fault for content in _files(value) for fault in _faults(content)]


def files_in(value: Any) -> int:
    """How many files an answer holds."""
    return sum(1 for _ in _files(value))


def _files(value: Any) -> Iterator[bytes]:
    if isinstance(value, bytes) and len(value) > 100:
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _files(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _files(inner)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for one in dataclasses.fields(value):
            yield from _files(getattr(value, one.name))


def _faults(content: bytes) -> Iterator[str]:
    try:
        if content.startswith(b"PK"):
            yield from _of_archive(content)
        elif content.startswith(b"BEGIN:VCALENDAR"):
            Calendar.from_ical(content)
    except Exception as error:
        yield f"can't be opened: {type(error).__name__} {error!s:.120}"


def _of_archive(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        inner = [archive.read(name) for name in names if name.endswith((".xlsx", ".docx", ".csv"))]
    if "xl/workbook.xml" in names:
        book = openpyxl.load_workbook(BytesIO(content))
        cells = [cell for page in book for row in page for cell in row]
        formulas = (str(cell.value) for cell in cells if cell.data_type == "f")
        yield from (f"a formula: {one!r:.80}" for one in formulas if not SUM.fullmatch(one))
        yield from (f"a link: {cell.value!r:.80}" for cell in cells if cell.hyperlink)
    elif "word/document.xml" in names:
        links = docx.Document(BytesIO(content)).part.rels.values()
        yield from (f"a link: {one.target_ref!r:.80}" for one in links if one.is_external)
    for one in inner:
        yield from _faults(one)
