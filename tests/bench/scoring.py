"""Scoring of many villages beside raw SQL for the same rows: the board, one sheet, computing, adding up, publishing.

The raw side reads the rows, and nothing else: for the board and a sheet what they show, for adding up and computing
every row they rest on. What is left of the ratio is the arithmetic, the writing and the journal.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psutil  # type: ignore[import-untyped]
from sqlalchemy import delete, update
from sqlcipher3 import dbapi2

from db import clock
from db.engine import Database, reading, transaction
from db.models import AssessedUnit, ScoreEntry, ScorePublication, ScoreResult, ScoreSheet
from db.rules.scoring.issuing import TOTAL
from db.services.scoring import board, computing, ledger, publishing, results, sheets
from tests.bench import reruns, score_ground
from tests.bench.measure import Pair, in_turn, table
from tests.factories import SYSTEM, Office
from tests.serving import Served

ASSESSMENT = 1
HEADS = ("", "Linli cpu ms", "raw cpu ms", "ratio", "Linli wall", "raw wall")
ONCE = ("", "Linli cpu s", "raw cpu s", "ratio", "Linli wall s", "raw wall s", "changed")
UNITS = """SELECT a.*, u.name, u.name_en FROM assessed_unit a JOIN unit u ON u.id = a.unit_id
    WHERE a.assessment_id = 1 AND a.active ORDER BY u.path"""
SHEETS = "SELECT s.* FROM score_sheet s JOIN assessed_unit a ON a.id = s.assessed_unit_id WHERE a.assessment_id = 1"
ENTRIES = """SELECT e.*, s.period FROM score_entry e JOIN score_sheet s ON s.id = e.sheet_id
    WHERE e.removed_at IS NULL AND s.assessed_unit_id {which} ORDER BY e.id"""
CARDS = "SELECT * FROM score_card WHERE removed_at IS NULL"
# What the triggers read.
RECORDS = (
    "SELECT * FROM case_file WHERE NOT sealed AND kind <> 'accusation' AND lead_unit_id IS NOT NULL",
    "SELECT v.*, c.lead_unit_id FROM case_visit v JOIN case_file c ON c.id = v.case_id",
    "SELECT p.*, w.kind, w.about, w.on_day FROM work_unit p JOIN work w ON w.id = p.work_id WHERE w.removed_at IS NULL",
)


def main(sizes: Sequence[int], *, seconds: float = 1.5, pages: bool = True) -> None:
    """Print the tables of each number of villages."""
    for size in sizes:
        with score_ground.opened(size) as (database, office):
            raw = dbapi2.connect(str(database.settings.folder / "linli.db"), isolation_level=None)
            _begin_again()
            table(f"scoring {size:,} villages, 12 months, 40 items", ONCE, _whole(office, raw, size))
            rows = [
                (p.name, p.linli, p.raw, p.ratio, p.linli_wall, p.raw_wall) for p in _looks(office, raw, size, seconds)
            ]
            table(f"the board and a sheet of {size:,} villages (medians)", HEADS, rows)
            raw.close()
        if pages:
            _pages(database, size, seconds * 4)


def _begin_again() -> None:
    """What an earlier run computed, finished and published is open again."""
    with transaction(SYSTEM) as session:
        session.execute(delete(ScoreResult))
        session.execute(delete(ScorePublication))
        session.execute(delete(ScoreEntry).where(ScoreEntry.computed.is_not(None)))
        session.execute(update(ScoreSheet).values(finished_at=None))


def _looks(office: Office, raw: Any, size: int, seconds: float) -> Iterator[Pair]:
    """What somebody looks at."""
    one = size // 2 + 1
    yield in_turn(
        "board",
        lambda: board.board(office.assessor, assessment_id=ASSESSMENT),
        _asked(raw, UNITS, SHEETS, CARDS),
        seconds=seconds,
    )
    yield in_turn(
        "one sheet",
        lambda: sheets.sheets(office.assessor, assessed_unit_id=one),
        _asked(raw, ENTRIES.format(which=f"= {one}"), f"{SHEETS} AND a.id = {one}"),
        seconds=seconds,
    )


def _whole(office: Office, raw: Any, size: int) -> list[tuple[object, ...]]:
    """What goes over every village, once each, beside raw SQL for the same rows; and how much changed."""
    everything, records = ENTRIES.format(which="IN (SELECT id FROM assessed_unit)"), _asked(raw, *RECORDS)
    entered = _asked(raw, everything, SHEETS)
    lines = [
        _line("compute, everything open", lambda: _computed(office), _both(records, entered)),
        _line("compute again", lambda: _computed(office), _both(records, entered)),
    ]
    assert lines[1][-1] == 0, "computing again changed something"
    with transaction(SYSTEM) as session:
        session.execute(update(ScoreSheet).where(ScoreSheet.period != "").values(finished_at=clock.now()))
    lines.append(_line("add everything up", _added, entered))
    lines.append(_line("look at the year before publishing", lambda: _previewed(office), entered))
    lines.append(_line("publish the year", lambda: _published(office), entered))
    with reading() as session:
        assert session.get_one(AssessedUnit, size).total
    return lines


def _line(name: str, act: Callable[[], int], rows: Callable[[], object]) -> tuple[object, ...]:
    cpu, wall, changed = _timed(act)
    raw_cpu, raw_wall, _ = _timed(rows)
    return name, cpu, raw_cpu, cpu / max(raw_cpu, 1e-6), wall, raw_wall, changed


def _computed(office: Office) -> int:
    return computing.compute(office.assessor, assessment_id=ASSESSMENT, key=secrets.token_hex(8))


def _added() -> int:
    with transaction(SYSTEM) as session:
        return ledger.refresh_all(session, ASSESSMENT)


def _previewed(office: Office) -> int:
    return len(publishing.preview(office.director, assessment_id=ASSESSMENT, scope=TOTAL).units)


def _published(office: Office) -> int:
    published = publishing.publish(
        office.director,
        assessment_id=ASSESSMENT,
        scope=TOTAL,
        incomplete=True,
        reason="bench",
        key=secrets.token_hex(8),
    )
    return len(results.publication(office.director, publication_id=published).board)


def _timed(act: Callable[[], Any]) -> tuple[float, float, Any]:
    """Processor and wall seconds, and the answer."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = act()
    return time.process_time() - cpu, time.perf_counter() - wall, answer


def _asked(raw: Any, *statements: str) -> Callable[[], object]:
    return lambda: [len(raw.execute(statement).fetchall()) for statement in statements]


def _both(*asked: Callable[[], object]) -> Callable[[], object]:
    return lambda: [one() for one in asked]


def _pages(database: Database, size: int, seconds: float) -> None:
    """Reruns of the board and of a sheet in the served program, beside an empty page."""
    with reruns.empty() as (url, process):
        nothing = asyncio.run(reruns.cost_of("empty page", url, "", process, "", "", seconds))
    with Served(database.settings.folder, "", {"LINLI_IDLE_MINUTES": "240"}) as served:
        assert served.process is not None
        process, token = psutil.Process(served.process.pid), served.sign_in("assessor")
        asked = (("board", "scores", ""), ("sheet", "sheet", f"id={size // 2 + 1}"))
        costs = [
            asyncio.run(reruns.cost_of(name, served.url, token, process, page, query, seconds))
            for name, page, query in asked
        ]
    rows = [reruns._row(cost, nothing) for cost in (nothing, *costs)]
    table(f"reruns of the served program with {size:,} villages", reruns.HEADS, rows)
