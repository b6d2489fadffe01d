"""What the journal's triggers cost: one service call with them and without, and rows verified per second."""

import tempfile
import time
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Cost:
    """Rows of one registration, its milliseconds with the triggers and without, and rows verified a second."""

    rows: int
    with_triggers: float
    without: float
    verified: int

    @property
    def of_a_transaction(self) -> float:
        """Milliseconds."""
        return self.with_triggers - self.without


def main(*, seconds: float = 1.5, rows: int = ROWS) -> None:
    """Print the cost per transaction (target 5 ms) and the speed of verification (target 50,000 rows a second)."""
    cost = measured(seconds=seconds, rows=rows)
    table(
        f"journal: {cost.rows} rows per registration",
        ("", "value"),
        [
            ("registration with triggers, ms", cost.with_triggers),
            ("registration without, ms", cost.without),
            ("ratio", cost.with_triggers / cost.without),
            ("cost per transaction, ms (target 5)", cost.of_a_transaction),
            ("rows verified per second (target 50,000)", cost.verified),
        ],
    )


def measured(*, seconds: float = 1.5, rows: int = ROWS) -> Cost:
    """Measure in an office of its own; `rows` of the journal are verified."""
    with tempfile.TemporaryDirectory(prefix="linli-journal-") as folder:
        database, office = a_database(Path(folder))
        try:
            return _measured(database, office, seconds, rows)
        finally:
            database.close()


def _measured(database: Database, office: Office, seconds: float, rows: int) -> Cost:
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
    return Cost(written, with_triggers, without, int(speed))
