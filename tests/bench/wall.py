"""What the second wall costs: the same lists, searches and charts on PostgreSQL with its policies and without."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import insert, text

from db import engine, wall
from db.engine import Database
from db.models import CaseAccess, CaseRecusal
from db.rules.permissions import Actor
from db.services import cases, finding, moving
from db.services.briefings import standard
from db.services.briefings.drawing import draw
from db.services.cases import Choice, Tab
from db.services.finding import residents
from db.services.turns import Turns
from db.settings import secrets_of
from tests import postgres
from tests.bench import ground
from tests.bench.measure import in_turn, table
from tests.bench.services import SEARCHES
from tests.factories import Office, settings_for

SEALED = 200  # one case of so many
HEADS = ("", "with ms", "without ms", "ratio", "target 1.2")
# Where there is no wall nobody is asked what it hides; what remains is one question to the server.
NOTHING_HIDDEN = """CREATE OR REPLACE FUNCTION linli_reads(person integer, units integer[], at_ timestamptz)
    RETURNS void LANGUAGE plpgsql AS $f$ BEGIN END $f$"""
Question = tuple[str, Callable[[], object]]


def main(sizes: Sequence[int], *, seconds: float = 1.5) -> None:
    """Print one table per size: medians of the clock on the wall, because most of the work is the server's."""
    initdb, server = postgres.program("initdb"), postgres.program("postgres")
    if not initdb or not server:
        print("PostgreSQL's programs are not installed")
        return
    for size in sizes:
        with ground.opened(size) as (_, office):
            folder = ground.folder_of(size)
        with postgres.running(initdb, server) as started, tempfile.TemporaryDirectory() as data:
            walled, bare = _both(started, folder, Path(data), office)
            with closing(walled), closing(bare):
                rows = list(_measured(walled, bare, office, seconds))
        table(f"the second wall with {size:,} cases, one in {SEALED} sealed (medians)", HEADS, rows)


def _both(server: postgres.Server, folder: Path, data: Path, office: Office) -> tuple[Database, Database]:
    """The same office twice on one server: behind the wall, and with its policies switched off."""
    settings = settings_for(data)
    (data / "secrets.json").write_bytes((folder / "secrets.json").read_bytes())
    (data / "linli.db").write_bytes((folder / "linli.db").read_bytes())
    with postgres.administering(server.address) as keeper:
        keeper.execute("CREATE DATABASE walled OWNER linli")
    moving.move(settings, to=f"{server.address}/walled")
    there = replace(settings, database_url=f"{server.address}/walled")
    with closing(Database(there, secrets_of(there), engine._engine(there, secrets_of(there)))) as database:
        _seal(database, office)
    with postgres.administering(server.address) as keeper:
        keeper.execute("CREATE DATABASE bare OWNER linli TEMPLATE walled")
    made = []
    for name in ("walled", "bare"):
        there = replace(settings, database_url=f"{server.address}/{name}")
        made.append(Database(there, secrets_of(there), engine._engine(there, secrets_of(there))))
    with made[1].maintenance() as connection:
        for hidden in wall.walled_tables():
            connection.exec_driver_sql(f"ALTER TABLE {hidden.name} DISABLE ROW LEVEL SECURITY")
        connection.exec_driver_sql(NOTHING_HIDDEN)
    for one in made:
        with one.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return made[0], made[1]


def _seal(database: Database, office: Office) -> None:
    """Seal some, let the director see half of them, and let people step aside from a few."""
    with database.maintenance() as connection:
        for name in ("case_file", "case_access", "case_recusal", "case_words"):
            connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        sealed = f"SELECT id FROM case_file WHERE mod(id, {SEALED}) = 7"  # noqa: S608 - our own words
        connection.exec_driver_sql(f"UPDATE case_file SET sealed = true WHERE id IN ({sealed})")  # noqa: S608
        connection.exec_driver_sql(f"DELETE FROM case_words WHERE case_id IN ({sealed})")  # noqa: S608
        ids = list(connection.scalars(text(sealed)))
        seen = [{"case_id": one, "person_id": office.director.id} for one in ids[::2]]
        connection.execute(insert(CaseAccess), seen)
        aside = [{"case_id": one + 1, "person_id": who.id, "reason": "-"} for one in ids[:20]
                 for who in (office.director, office.handler)]  # fmt: skip
        connection.execute(insert(CaseRecusal), aside)
        for name in ("case_file", "case_access", "case_recusal", "case_words"):
            connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def _measured(walled: Database, bare: Database, office: Office, seconds: float) -> Iterator[tuple[object, ...]]:
    for name, ask in _questions(walled, office):
        pair = in_turn(name, partial(_asked_of, walled, ask), partial(_asked_of, bare, ask), seconds=seconds)
        ratio = pair.linli_wall / max(pair.raw_wall, 0.001)
        yield name, pair.linli_wall, pair.raw_wall, ratio, "" if ratio <= 1.2 else "over 1.2"


def _asked_of(database: Database, ask: Callable[[], object]) -> object:
    with engine.using(database):
        return ask()


def _questions(walled: Database, office: Office) -> Iterator[Question]:
    def listed(actor: Actor, choice: Choice) -> Question:
        name = f"{choice.tab}{f', {len(choice.text)}' if choice.text else ''}"
        return name, partial(cases.register, actor, choice=choice)

    with engine.using(walled):
        newest = int(cases.register(office.director, choice=Choice(tab=Tab.ALL)).rows["id"].iloc[0])
        charts = standard.standard(office.director)
    for tab in cases.tabs_of(office.director):
        name, ask = listed(office.director, Choice(tab=tab))
        yield f"list, {name}", ask
    for tab in (Tab.MINE, Tab.MY_UNIT):
        name, ask = listed(office.handler, Choice(tab=tab))
        yield f"list, {name} (handler)", ask
    for words in SEARCHES:
        yield f"search, {len(words)}", listed(office.director, Choice(tab=Tab.ALL, text=words))[1]
    residents._looks = Turns("residents", most=10**6, seconds=1)
    for words in SEARCHES:
        yield f"find, {len(words)}", partial(finding.find, office.director, text=words)
    numbers = count(newest - 40)
    yield "open a case", lambda: cases.view(office.director, case_id=newest - 20 - next(numbers) % 7)
    for words_of, spec in charts:
        yield f"chart, {words_of.en}", partial(draw, office.director, spec=spec)
