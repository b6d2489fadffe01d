"""What the journal's triggers cost: one service call with them and without, and rows verified per second."""

import tempfile
import time
from itertools import count
from pathlib import Path

from sqlalchemy import func, select, text

from db import journal
from db.engine import Database
from db.journal import JournalRow
from db.services import intake
from db.services.journal import verify_database
from tests.bench.measure import in_turn, table
from tests.bench.services import MATTER
from tests.factories import SYSTEM, Office, a_database

ROWS = 20_000


def main(*, seconds: float = 1.5, rows: int = ROWS) -> None:
    """Print the cost per transaction (target 5 ms) and the speed of verification (target 50,000 rows a second)."""
    with tempfile.TemporaryDirectory(prefix="linli-journal-") as folder:
        database, office = a_database(Path(folder))
        try:
            _print(database, office, seconds, rows)
        finally:
            database.close()


def _print(database: Database, office: Office, seconds: float, rows: int) -> None:
    keys = count()

    def register() -> None:
        intake.register(office.clerk, intake=MATTER, key=f"journal-{next(keys)}")

    with database.reading() as session:
        before = session.scalar(select(func.max(JournalRow.seq))) or 0
    register()
    with database.reading() as session:
        written = (session.scalar(select(func.max(JournalRow.seq))) or 0) - before
    with_triggers = in_turn("with", register, lambda: None, seconds=seconds).linli
    with database.maintenance() as connection:
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'journal_%'")
        ).fetchall():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    without = in_turn("without", register, lambda: None, seconds=seconds).linli
    with database.maintenance() as connection:
        journal.install(connection)
    with database.transaction(SYSTEM) as session:
        for number in range(rows):
            journal.note(session, "look", tbl="case_file", pk=number, case_id=1)
    begun = time.perf_counter()
    verdict = verify_database(database)
    speed = verdict.rows / (time.perf_counter() - begun)
    assert verdict.sound, verdict
    table(
        f"journal: {written} rows per registration",
        ("", "value"),
        [
            ("registration with triggers, ms", with_triggers),
            ("registration without, ms", without),
            ("ratio", with_triggers / without),
            ("cost per transaction, ms (target 5)", with_triggers - without),
            ("rows verified per second (target 50,000)", int(speed)),
        ],
    )
