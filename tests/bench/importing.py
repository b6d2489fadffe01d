"""Bringing in a large file beside a bare bulk insert of the same rows: rows a second, first and last, and memory."""

import csv
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

import psutil  # type: ignore[import-untyped]
import xlsxwriter
from sqlalchemy import Connection, text

from db import journal
from db.engine import Database
from db.journal import Writer
from db.services.importing import command, running
from tests.bench.measure import table
from tests.factories import SYSTEM, a_database

HEADINGS = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "一级标签")
TABLES = ("case_file", "case_party", "case_entry", "case_words", "submission", "case_import_row")
LENGTH = 360
"""Characters of a message: the mean of the real ones."""
_SIGNS = (
    "路灯井盖垃圾桶水管公交站牌围墙停车位排水沟健身器材绿化带坏了不见一直没人管夜里很吵堵住漏水太旧占用请尽快派人查看"
)
_MEGABYTE = 1 << 20


def a_file(folder: Path, rows: int, kind: str = "csv") -> Path:
    """A file of so many different messages, the same every time; `kind` csv or xlsx, the words as Excel keeps them."""
    path = folder / f"{rows}.{kind}"
    if kind == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows(_lines(rows))
        return path
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for place, line in enumerate(_lines(rows)):
            sheet.write_row(place, 0, line)
    return path


def _lines(rows: int) -> Iterator[tuple[object, ...]]:
    dice = Random(7)  # noqa: S311 - nothing to guess
    yield HEADINGS
    for number in range(rows):
        words = "".join(dice.choices(_SIGNS, k=LENGTH))
        day = f"2026-{dice.randint(1, 9):02d}-{dice.randint(1, 28):02d} 08:30"
        yield 100_000 + number, f"U{number:07d}", words[:18], day, f"{words}，第{number}件。", "城乡建设"


def main(sizes: Sequence[int], kind: str = "csv") -> None:
    """Print one line per size; nothing here fails for being slow."""
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="linli-import-") as folder:
            rows.append(_measured(Path(folder), size, kind))
    heads = (
        f"rows of {kind}",
        "rows/s read",
        "rows/s imported",
        "first tenth",
        "last tenth",
        "rows/s bare insert",
        "ratio",
        "pairs, ms a case",
        "peak MB more",
    )
    table("import, processor time, beside a bare bulk insert of the same rows without triggers", heads, rows)


def _measured(folder: Path, size: int, kind: str) -> tuple[object, ...]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as aside:  # so that its memory is not ours
        path = aside.submit(a_file, folder, size, kind).result()
    database, _ = a_database(folder / "linli")
    process = psutil.Process()
    peak = before = process.memory_info().rss
    times: list[tuple[int, float]] = []

    def look(done: int, _total: int) -> None:
        nonlocal peak
        peak = max(peak, process.memory_info().rss)
        times.append((done, time.process_time()))

    try:
        began = time.process_time()
        counts = command.run(database, path, dry=True, progress=look).counts
        read = time.process_time() - began
        assert counts["added"] == size, counts
        times.clear()
        began = time.process_time()
        command.run(database, path, progress=look, pairs=False)
        written = time.process_time() - began
        began = time.process_time()
        running.look_for_pairs(command.IMPORTER, 1)
        paired = (time.process_time() - began) * 1000 / size
        bare = _bare(database, folder)
    finally:
        database.close()
    more = (peak - before) / _MEGABYTE
    tenth = len(times) // 10
    first, last = _speed(times[: tenth + 1]), _speed(times[-tenth - 1 :])
    return f"{size:,}", size / read, size / written, first, last, size / bare, written / bare, paired, more


def _speed(times: Sequence[tuple[int, float]]) -> float:
    """Rows a second between the first and the last of these moments, 0 where there are not two."""
    return (times[-1][0] - times[0][0]) / (times[-1][1] - times[0][1]) if len(times) > 1 else 0.0


def _bare(database: Database, folder: Path) -> float:
    """Seconds to insert the same rows into the same tables of an office without triggers."""
    other, _ = a_database(folder / "bare")
    try:
        with other.maintenance() as connection:
            for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).fetchall():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql(
                "INSERT INTO case_import (id, version, file_name, digest, size, encoding, stored, document, state,"
                " done, total, counts, problem, asked_at) VALUES (1, 1, '', '', 0, '', '', '', '', 0, 0, '', '', '')"
            )
        taken = 0.0
        for name in TABLES:
            with database.reading() as session:
                found = session.connection().exec_driver_sql(f"SELECT * FROM {name}")  # noqa: S608 - names from here
                marks, rows = ", ".join("?" * len(found.keys())), [tuple(row) for row in found]
            with journal.writing(Writer(None, SYSTEM.name, "")), other.maintenance() as connection:
                began = time.process_time()
                _insert(connection, f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 - the same
                taken += time.process_time() - began
        return taken
    finally:
        other.close()


def _insert(connection: Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    connection.exec_driver_sql(statement, list(rows))
