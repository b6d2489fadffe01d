"""The second wall: a filter somebody forgot shows no reader what the database hides, and nothing kept loses a row."""

import ast
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import create_engine, func, insert, select, true, update
from sqlalchemy.exc import ProgrammingError

from db import engine, migrations, wall
from db.base import Base
from db.engine import Database, noting, reading, transaction
from db.models import Case, CaseEntry, CaseRecusal
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.rules.security import State
from db.services import cases, intake, keeping, security
from db.services.cases import Choice, Tab, scope
from db.services.keeping import soundness
from db.services.keeping.soundness import KeepingError
from tests import postgres
from tests.db.services.test_hidden import ASKS, BY_ADDRESS, TYPED, Target, answer, hidden
from tests.db.services.test_hidden import beside as beside
from tests.factories import SYSTEM, Office

POSTGRES = pytest.mark.parametrize("engine_name", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
ROOT = Path(__file__).parents[2]
# Tables that point at a case and stand outside the wall; their models say why.
OUTSIDE = {"case_words", "dispute", "emergency_reading", "meeting"}
# The office's own counting; nothing else reads beyond the wall.
BEYOND = {
    "importing/planning": "a number that is taken bars a row, whoever brings it",
    "importing/taking_back": "what was worked on stays, whoever worked on it",
    "meetings/keeping_back": "what is kept back must be known to be kept back",
    "protection": "a year's figures are the same for everybody",
    "retention/schedule": "how many records are due, by class",
    "scoring/computing": "points are the same, whoever has them computed",
}
# What only reads; other addresses lead to acts, whose loader stands before them alone.
READS = ("view", "timeline", "unmask", "merge", "unsplit", "merged here", "in the bin", "meetings", "file", "papers")
ASKED = {
    name: ask for name, ask in ASKS.items() if name == "ledger matters" or not name.startswith(("ledger", "stand"))
}
ASKED |= {name: BY_ADDRESS[name] for name in (*READS, "paper", "sheet", "dossier")}


def test_every_table_with_rows_about_a_case_stands_behind_the_wall() -> None:
    tables = Base.metadata.sorted_tables
    pointing = {t.name for t in tables if any(key.column.table.name == wall.ROOT for key in t.foreign_keys)}
    walled = {table.name for table in wall.walled_tables()}
    assert walled == (pointing | {wall.ROOT}) - OUTSIDE
    assert all(Base.metadata.tables[name].info["wall"] for name in OUTSIDE)


def test_what_reads_beyond_the_wall_is_named() -> None:
    def names(path: Path) -> set[str]:
        calls = (
            node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
        )
        return {call.attr for call in calls if isinstance(call, ast.Attribute) and ast.unparse(call.value) == "wall"}

    services = ROOT / "db" / "services"
    found = {path.relative_to(services).with_suffix("").as_posix(): names(path) for path in services.rglob("*.py")}
    assert {name for name, called in found.items() if "beyond" in called} == set(BEYOND)
    assert {name for name, called in found.items() if called & {"reading_as", "tell_reader"}} == {"acts"}


@POSTGRES
def test_the_database_has_what_the_metadata_says(database: Database) -> None:
    for damage in ("DROP POLICY linli_read ON case_entry", "ALTER TABLE attachment NO FORCE ROW LEVEL SECURITY"):
        with database.maintenance() as connection:
            assert wall.is_built(connection)
            assert wall.binds(connection)
            connection.exec_driver_sql(damage)
            assert not wall.is_built(connection)
        migrations.upgrade(database)


# --- a filter is forgotten ---


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first wall gone, wherever it was asked."""
    gone = 0
    for name, module in list(sys.modules.items()):
        if name.startswith("db.services.") and vars(module).get("visible") is _visible:
            monkeypatch.setattr(module, "visible", lambda *_: true())
            gone += 1
    assert gone > 10


_visible = scope.visible


@POSTGRES
def test_who_is_accused_or_outside_finds_nothing_where_every_filter_is_forgotten(
    database: Database, office: Office, beside: int, forgotten: None
) -> None:
    before = _answers(office, ASKED, Target(999, "2026-000999", beside, 999))
    sealed = hidden(office, beside, sealed=True)
    after = _answers(office, ASKED, sealed)
    changed = {asked for asked in before if before[asked] != after[asked]}
    assert {who for who, _ in changed} == {"director"}, "who takes the accusation, and nobody else"
    assert {("director", "list"), ("director", "view"), ("director", "sheet")} <= changed

    with database.maintenance() as connection:
        for table in wall.walled_tables():
            connection.exec_driver_sql(f"ALTER TABLE {table.name} DISABLE ROW LEVEL SECURITY")
    told = _answers(office, {name: ASKED[name] for name in ("list", "view", "timeline", "sheet")}, sealed)
    assert {asked for asked in told if told[asked] != before[asked]} == set(told), "else nothing was forgotten"


def _answers(office: Office, asks: Mapping[str, Callable[[Actor, Target], object]], target: Target) -> dict[Any, str]:
    who = ("outsider", "deputy", "director")
    return {(one, name): answer(ask, office.people[one], target) for one in who for name, ask in asks.items()}


@POSTGRES
def test_who_stepped_aside_finds_nothing_of_it_where_the_filter_is_forgotten(
    office: Office, beside: int, forgotten: None
) -> None:
    asks = {
        name: ASKED[name] for name in ("find 路灯", "list", "list by words", "export", "chart", "likely, while typing")
    }
    asks |= {name: BY_ADDRESS[name] for name in ("timeline", "unmask", "sheet")}
    target = Target(beside, "", beside)
    assert all(str(beside) in answer(asks[name], office.head, target) for name in ("list", "find 路灯"))
    with transaction(SYSTEM) as session:
        session.add(CaseRecusal(case_id=beside, person_id=office.head.id, reason="亲属"))
    told = {name: answer(ask, office.head, target) for name, ask in asks.items()}
    assert {told[name] for name in ("timeline", "unmask", "sheet")} == {"NotThere "}
    assert cases.register(office.head, choice=Choice(tab=Tab.ALL)).total == 0
    assert "hits=(), total=0, more=False), disputes" in told["find 路灯"]
    assert told["list by words"].startswith("([], 0")
    assert intake.likely_earlier(office.clerk, **TYPED).empty is False
    with transaction(SYSTEM) as session:
        session.add(CaseRecusal(case_id=beside, person_id=office.clerk.id, reason="亲属"))
    assert intake.likely_earlier(office.clerk, **TYPED).empty, "by words and by place"
    assert told["export"] == "(0, 0)"
    assert cases.register(office.deputy, choice=Choice(tab=Tab.ALL, text="路灯")).total == 1


# --- who says what ---


@POSTGRES
def test_a_connection_that_says_nothing_sees_nothing_and_writes_nothing(
    database: Database, office: Office, beside: int
) -> None:
    with database.engine.connect() as connection:
        for table in wall.walled_tables():
            assert connection.scalar(select(func.count()).select_from(table)) == 0, table.name
        with pytest.raises(KeepingError, match="hides rows"):
            soundness.counts_of(connection)
        assert connection.execute(update(Case).values(note="x")).rowcount == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            connection.execute(insert(CaseEntry).values(case_id=beside, step="note", at=func.now()))
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1, "the program itself"
    with noting(office.deputy) as session, pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(insert(CaseEntry).values(case_id=beside, step="note", at=func.now()))


@POSTGRES
def test_two_readers_in_one_pool_see_with_their_own_eyes(office: Office, beside: int) -> None:
    sealed = hidden(office, beside, sealed=True)
    together = Barrier(4, timeout=20)

    def look(number: int) -> set[bool]:
        actor = (office.outsider, office.director)[number % 2]
        seen = set()
        for _ in range(25):
            together.wait()
            with wall.reading_as(actor), reading() as session:
                seen.add(session.get(Case, sealed.id) is not None)
                session.rollback()  # another transaction says it anew
                seen.add(session.get(Case, sealed.id, populate_existing=True) is not None)
        return seen

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(look, range(4))) == [{False}, {True}] * 2
    with engine.current().engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Case.__table__)) == 0, "nothing is left behind"


@POSTGRES
def test_doors_nest_and_are_left(office: Office, beside: int) -> None:
    assert wall.reader() is None
    with wall.reading_as(office.deputy):
        cases.register(office.head, choice=Choice(tab=Tab.ALL))
        assert wall.reader() == office.deputy
        with pytest.raises(NotThere):
            cases.view(office.deputy, case_id=999)
        assert wall.reader() == office.deputy
        with reading() as session:
            session.add(CaseRecusal(case_id=beside, person_id=0, reason=""))
            session.expunge_all()
            with wall.beyond(session):
                assert session.scalar(select(func.count()).select_from(Case)) == 1
            with pytest.raises(NotThere), wall.beyond(session):
                raise NotThere("case 1")
            said = select(func.current_setting(wall.SETTING))
            assert session.scalar(said) == str(office.deputy.id)
    assert wall.reader() is None


# --- nothing is lost ---


@POSTGRES
def test_a_backup_holds_every_sealed_row_and_a_restore_brings_them_back(
    database: Database, office: Office, beside: int, postgres_server: str, alone: None
) -> None:
    sealed = hidden(office, beside, sealed=True)
    settings = database.settings
    before = _counted(postgres_server)
    made = keeping.backup(settings)
    assert any("rows" in line or "backup" in line for line in made)
    (path,) = (settings.folder / "backups").glob("*.linli-backup")
    database.engine.dispose()
    keeping.restore(settings, source=path)
    after = _counted(postgres_server)
    written = {name for name in before if before[name] != after[name]}
    assert written == {"journal"}, "two lines about the backup and the restore"
    assert before["case_file"] == 2
    with soundness.opened(settings) as again:
        with again.engine.connect() as connection:
            assert wall.is_built(connection)
        with engine.using(again):
            with wall.reading_as(office.director), reading() as session:
                assert session.get(Case, sealed.id) is not None
            with wall.reading_as(office.outsider), reading() as session:
                assert session.get(Case, sealed.id) is None
    sound, lines = keeping.check(settings)
    assert not [line for line in lines if line.startswith("FAIL") and "database" in line], lines
    assert sound or lines
    keeping.confirm(settings)


@POSTGRES
def test_a_dump_that_leaves_rows_out_is_no_backup(
    database: Database, office: Office, beside: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden(office, beside, sealed=True)
    usual = soundness._signed_in

    def says_nothing(url: Any) -> dict[str, str]:
        return usual(url) | {"PGOPTIONS": ""}

    monkeypatch.setattr(soundness, "_signed_in", says_nothing)
    with pytest.raises(KeepingError, match="holds 0 rows instead of"):
        keeping.backup(database.settings)
    assert list((database.settings.folder / "backups").glob("*.linli-backup")) == []


def _counted(server: str) -> dict[str, int]:
    """Rows per table as the server's superuser counts them, whom no policy binds."""
    made = create_engine(f"{postgres.keepers(server)}/linli_test")
    with made.connect() as keeper:
        count = {t.name: keeper.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables}
    made.dispose()
    return count


# --- what administrators are told ---


@POSTGRES
def test_administrators_are_told_whether_it_stands(database: Database, office: Office, postgres_server: str) -> None:
    def told() -> State:
        found = security.findings(office.admin, local=True, came_by_tls=False)
        (state,) = (one.state for one in found if one.about == "Second wall")
        return state

    assert told() is State.GOOD
    with postgres.administering(postgres_server) as server:
        server.execute("ALTER ROLE linli BYPASSRLS")
        try:
            assert told() is State.LOOK
        finally:
            server.execute("ALTER ROLE linli NOBYPASSRLS")
    with database.maintenance() as connection:
        connection.exec_driver_sql("DROP POLICY linli_read ON case_party")
    assert told() is State.BAD
