"""Writers that are killed: the real services in a forked child, every act told through a pipe before and after.

Run as a program of its own (`python -m tests.faults.writers FOLDER KILLS SEED [INSIDE]`), because it forks; prints
JSON. What an honest kill test needs: the timer starts only after something was acknowledged; an acknowledgement is
sent after the service has returned; kills that fell inside a commit are counted; every table is looked at, not one row.
"""

import json
import os
import random
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from select import select as poll
from typing import Any

from sqlalchemy import select
from sqlcipher3 import dbapi2

from db import engine
from db.engine import Database
from db.models import Case
from db.rules.case_flow import Step
from db.rules.intake import Intake, Party
from db.rules.permissions import Actor, Role
from db.services import cases, intake
from db.services.journal import verify_database
from db.settings import Settings

WRITERS = 2
LONGEST = 0.12
MOST = 6
MATTER = Intake(
    subject="井盖松动", text="东门路井盖松动，夜里有响声", place="东门路12号", category="construction",
    parties=(Party(name="李小明", contact="15400000001"),), notice_shown=True,
)  # fmt: skip


@dataclass
class Figures:
    """What a run hit and what it found."""

    kills: int = 0
    acknowledged: int = 0
    inside_commit: int = 0
    stored_unacknowledged: int = 0
    without_acknowledgement: int = 0
    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)
    seconds: float = 0


def write_for_ever(actors: tuple[Actor, ...], unit_id: int, writer: int, say: Any) -> None:
    """Register, correct and move on, one act after another; `say` gets a line after each commit."""
    clerk, deputy, leader = actors
    for number in count():
        key = f"{os.getpid()}-{writer}-{number}"
        receipt = intake.register(clerk, intake=MATTER, key=key)
        say(f"A register {receipt.case_id} {key}")
        version = _version(receipt.case_id)
        version = cases.amend(deputy, case_id=receipt.case_id, version=version, values={"note": key}, key=f"{key}-note")
        say(f"A amend {receipt.case_id} {key}-note")
        for actor, step, values in ((deputy, Step.PROPOSE, {"unit": unit_id}), (leader, Step.APPROVE, {})):
            taken = cases.take_step(
                actor, case_id=receipt.case_id, version=version, step=step, values=values, key=f"{key}-{step}"
            )
            version = taken.version
            say(f"A {step} {receipt.case_id} {key}-{step}")


def _version(case_id: int) -> int:
    with engine.reading() as session:
        return int(session.scalars(select(Case.version).where(Case.id == case_id)).one())


def run(folder: Path, kills: int, seed: int, inside: int = 0) -> Figures:
    """Kill a writing child `kills` times; raises nothing, the figures say it all.

    Where commits are quick, more kills follow (MOST times as many at most) until `inside` of them fell into a commit.
    """
    settings = Settings(data_dir=str(folder), password_cost=10)
    dice, figures, begun = random.Random(seed), Figures(), time.perf_counter()  # noqa: S311 - repeatable moments
    database, actors, unit_id = _warmed(settings)
    told: dict[str, str] = {}
    with _looking(settings) as connection:
        told.update(dict.fromkeys(keys_stored(connection), "before"))
    for kill in range(kills * MOST):
        if kill >= kills and figures.inside_commit >= inside:
            break
        lines = _one_kill(database, actors, unit_id, dice, inside=bool(kill % 2))
        acknowledged = [line.split() for line in lines if line.startswith("A ")]
        begun_commits, ended = sum(line == "C" for line in lines), sum(line == "E" for line in lines)
        figures.kills += 1
        figures.acknowledged += len(acknowledged)
        figures.without_acknowledgement += not acknowledged
        figures.inside_commit += begun_commits > ended
        told |= {key: act for _, act, _, key in acknowledged}
        with _looking(settings) as connection:
            stored = keys_stored(connection)
            figures.stored_unacknowledged += len(stored - set(told))
            figures.lost += sorted(set(told) - stored)
            figures.half += half_written(connection)
            check = "integrity_check" if kill % 20 == 0 or kill >= kills - 1 else "quick_check"
            figures.unsound += [a for (a,) in connection.execute(f"PRAGMA {check}") if a != "ok"]
        told.update(dict.fromkeys(stored, "stored"))
        if kill % 100 == 0 or kill >= kills - 1:
            figures.unsound += _broken_chain(settings, database)
    figures.seconds = round(time.perf_counter() - begun, 1)
    return figures


def _warmed(settings: Settings) -> tuple[Database, tuple[Actor, ...], int]:
    """Every statement compiled once in the parent, and the file given back; children inherit the warm engine."""
    database = engine.open_database(settings)
    actors, unit_id = people_of(database)

    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if len(said) == 8:
            raise StopIteration

    with suppress(StopIteration):
        write_for_ever(actors, unit_id, 0, say)
    database.close()
    return database, actors, unit_id


def people_of(database: Database) -> tuple[tuple[Actor, ...], int]:
    """Clerk, deputy and leader, and the unit that handles."""
    with database.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT person.id, person.name, role, unit_id, path FROM person
               JOIN person_role ON person_role.person_id = person.id JOIN unit ON unit.id = unit_id"""
        )
        people = {
            row.role: Actor(row.id, row.name, frozenset({Role(row.role)}), row.unit_id, row.path, origin="fault")
            for row in rows
        }
    head = people[Role.UNIT_HEAD]
    actors = tuple(people[role] for role in (Role.CLERK, Role.DUTY_DEPUTY, Role.DUTY_LEADER))
    return actors, int(head.unit_id or 0)


def _one_kill(
    database: Database, actors: tuple[Actor, ...], unit_id: int, dice: random.Random, *, inside: bool
) -> list[str]:
    """Fork, wait for the first acknowledgement, wait a moment more, kill; every line the child managed to say."""
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hear)
        try:
            _child(database, actors, unit_id, tell)
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(tell)
    heard = b""
    while b"A " not in heard:
        if not poll([hear], [], [], 20)[0]:
            break
        piece = os.read(hear, 65536)
        if not piece:
            break
        heard += piece
    if inside:
        # Half of the kills follow the start of a commit at once, so that many of them fall inside it.
        last = heard.count(b"C\n") + dice.randrange(3)
        until = time.monotonic() + 1
        while heard.count(b"C\n") <= last and time.monotonic() < until:
            heard += os.read(hear, 65536) if poll([hear], [], [], 0.5)[0] else b""
        time.sleep(dice.choice((0, 0.0005, 0.002)) * dice.random())
    else:
        time.sleep(dice.random() * LONGEST)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while piece := os.read(hear, 65536):
        heard += piece
    os.close(hear)
    return heard.decode().splitlines()


def _child(database: Database, actors: tuple[Actor, ...], unit_id: int, tell: int) -> None:
    # The child becomes the one writing process, as every start of Linli does.
    database._process_lock = engine._sole_writer(database.settings)
    engine._process[:] = [database]

    def say(line: str) -> None:
        os.write(tell, f"{line}\n".encode())

    usual = database.engine.dialect.do_commit

    def do_commit(connection: Any) -> None:
        writes = connection.execute("PRAGMA query_only").fetchone()[0] == 0
        if writes:
            say("C")
        usual(connection)
        if writes:
            say("E")

    database.engine.dialect.do_commit = do_commit  # type: ignore[method-assign, assignment]
    writers = [threading.Thread(target=write_for_ever, args=(actors, unit_id, n, say)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()


@contextmanager
def _looking(settings: Settings) -> Iterator[Any]:
    """A reading connection of our own, past the services."""
    connection = dbapi2.connect(settings.url.removeprefix("sqlite:///"))
    try:
        yield connection
    finally:
        connection.close()


def keys_stored(connection: Any) -> set[str]:
    """The key of every act that stands in the database."""
    return {key for (key,) in connection.execute("SELECT key FROM submission")}


HALF = {
    "a case without its resident": """SELECT id FROM case_file c
        WHERE NOT EXISTS (SELECT 1 FROM case_party p WHERE p.case_id = c.id)""",
    "a case without its words": """SELECT id FROM case_file c
        WHERE NOT EXISTS (SELECT 1 FROM case_words w WHERE w.case_id = c.id)""",
    "a case without its first line": """SELECT id FROM case_file c
        WHERE NOT EXISTS (SELECT 1 FROM case_entry e WHERE e.case_id = c.id AND step = 'register')""",
    "a case without its journal row": """SELECT id FROM case_file c WHERE NOT EXISTS (
        SELECT 1 FROM journal j WHERE j.tbl = 'case_file' AND j.event = 'insert' AND j.pk = CAST(c.id AS TEXT))""",
    "a line without its journal row": """SELECT id FROM case_entry e WHERE NOT EXISTS (
        SELECT 1 FROM journal j WHERE j.tbl = 'case_entry' AND j.pk = CAST(e.id AS TEXT))""",
    "acts and lines differ": """SELECT (SELECT count(*) FROM submission) - (SELECT count(*) FROM case_entry)
        WHERE (SELECT count(*) FROM submission) <> (SELECT count(*) FROM case_entry)""",
    "a number was skipped or given twice": """SELECT last FROM running_number WHERE series = 'case' AND last <>
        (SELECT count(*) FROM case_file WHERE case_file.year = running_number.year)""",
    "routed without a unit": """SELECT id FROM case_file c WHERE state = 'routed'
        AND NOT EXISTS (SELECT 1 FROM case_unit u WHERE u.case_id = c.id AND u.unit_id = c.lead_unit_id)""",
    "a unit without a transfer": """SELECT case_id FROM case_unit u
        WHERE NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = u.case_id AND c.state = 'routed')""",
    "a foreign key": "SELECT rowid FROM pragma_foreign_key_check",
}


def half_written(connection: Any) -> Iterator[str]:
    """Everything that was written in half, by what it breaks."""
    for name, query in HALF.items():
        for row in connection.execute(query):
            yield f"{name}: {row}"


def _broken_chain(settings: Settings, database: Database) -> list[str]:
    reader = Database(settings, database.keys, database.engine, reads_only=True)
    verdict = verify_database(reader)
    reader.engine.dispose()
    return [] if verdict.sound else [f"journal row {verdict.seq}: {verdict.why}"]


if __name__ == "__main__":
    where, *numbers = sys.argv[1:]
    print(json.dumps(asdict(run(Path(where), *map(int, numbers)))))  # noqa: T201 - what the caller reads
