"""What tests share: two engines, a fresh database each, the people of the office, and a stopped clock."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import settings as hypothesis
from sqlalchemy import Engine, event, make_url
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager

from db import clock, engine
from db.engine import Database
from db.settings import secrets_of
from tests import postgres
from tests.factories import NOW, Office, a_database, settings_for

# A slow moment of the machine is no failing example.
hypothesis.register_profile("linli", deadline=None)
hypothesis.load_profile("linli")


LANGUAGES = ("en-GB", "zh-CN")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A story is told in one language, the longest in turn, one day of four.

    PostgreSQL is asked half of the questions SQLite is asked each day, once each, with the first of many values.
    """
    if config.getoption("every_value"):
        return
    today = date.today().toordinal()  # noqa: DTZ011 - which part, whatever the zone
    kept: list[pytest.Item] = []
    repeated: list[pytest.Item] = []
    asked: set[str] = set()
    names = {item.nodeid for item in items}
    for item in items:
        question = item.nodeid.partition("[")[0] if item.get_closest_marker("postgres") else item.nodeid
        left = question in asked or _is_long(item) or _told_in_the_other_language(item, names)
        left = left or not _is_of(today, item, question, names)
        (repeated if left else kept).append(item)
        asked.add(question)
    if repeated:
        config.hook.pytest_deselected(items=repeated)
        items[:] = kept


def _is_long(item: pytest.Item) -> bool:
    return item.get_closest_marker("long") is not None


def _is_of(today: int, item: pytest.Item, question: str, names: set[str]) -> bool:
    """Whether it is the turn of a test: of one that is marked, or of the half of what PostgreSQL is asked."""
    if (mark := item.get_closest_marker("in_turn")) is not None:
        return bool(today % mark.kwargs["of"] == mark.args[0])
    twin = item.nodeid.replace("[postgres", "[sqlite")
    return twin == item.nodeid or twin not in names or crc32(question.encode()) % 2 == today % 2


def _told_in_the_other_language(item: pytest.Item, names: set[str]) -> bool:
    """Whether this is a story of the browser that is there in the language of its file, too."""
    other, usual = LANGUAGES if len(item.path.stem) % 2 else LANGUAGES[::-1]
    twin = item.nodeid.replace(other, usual)
    return item.get_closest_marker("browser") is not None and twin != item.nodeid and twin in names


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--every-value`: every value of every test on PostgreSQL, every story in both languages, and what takes long."""
    told = "all values on PostgreSQL, all stories in both languages, all states of all screens, long walks"
    parser.addoption("--every-value", action="store_true", help=told)


@pytest.fixture(autouse=True)
def no_legacy_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest would otherwise run the second click of a test without app.py."""
    usual = PagesManager.__init__

    def init(self: PagesManager, *args: object, **kwargs: object) -> None:
        usual(self, *args, **kwargs)  # type: ignore[arg-type]
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", init)


@pytest.fixture(autouse=True, scope="session")
def components_found_once() -> Iterator[None]:
    """AppTest reads the papers of every installed package at its start, which takes longer than our screens do."""
    found = cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        yield


@pytest.fixture(autouse=True)
def same_main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest leaves the page it ran as __main__; a spawned process would then run that page at its start."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Thursday 19 November 2026, 09:00 in Shanghai, in every thread; clock.at(...) still moves it."""
    moment = NOW.astimezone(UTC)
    set_clock: ContextVar[Callable[[], datetime]] = ContextVar("set_clock", default=lambda: moment)
    monkeypatch.setattr(clock, "_set_clock", set_clock)
    return NOW


# --- PostgreSQL, once per session ---


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A throw-away server on a random port; answers the address without a database name."""
    initdb, server = postgres.program("initdb"), postgres.program("postgres")
    if not initdb or not server:
        pytest.skip("PostgreSQL's programs are not installed")
    with postgres.running(initdb, server) as started:
        yield started.address


# --- a fresh database per test, copied from a template ---


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Office]:
    """A folder with a migrated database, its keys and the office."""
    folder = tmp_path_factory.mktemp("template-sqlite")
    with clock.at(NOW):
        database, office = a_database(folder)
    database.close()
    return folder, office


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> tuple[Path, Office]:
    """The same on PostgreSQL, as a database to copy."""
    folder = tmp_path_factory.mktemp("template-postgres")
    with postgres.administering(postgres_server) as server:
        server.execute("CREATE DATABASE linli_template OWNER linli")
    with clock.at(NOW):
        database, office = a_database(folder, f"{postgres_server}/linli_template")
    database.close()
    return folder, office


@pytest.fixture(scope="session")
def sqlite_engine(sqlite_template: tuple[Path, Office]) -> Engine:
    """One engine for the file of whichever test runs: what SQLAlchemy compiled for one test serves the next."""
    settings = settings_for(sqlite_template[0])
    warm = engine._engine(settings, secrets_of(settings))

    @event.listens_for(warm, "do_connect")
    def to_the_present_file(_dialect: object, _record: object, where: list[str], _options: object) -> None:
        where[0] = str(make_url(engine.current().settings.url).database)

    return warm


@pytest.fixture(scope="session")
def postgres_slate(postgres_server: str, postgres_template: tuple[Path, Office]) -> Iterator[postgres.Slate]:
    """The database of whichever test runs."""
    slate = postgres.Slate(postgres_server)
    yield slate
    slate.close()


@pytest.fixture(scope="session")
def postgres_engine(postgres_slate: postgres.Slate, postgres_template: tuple[Path, Office]) -> Iterator[Engine]:
    """The same on PostgreSQL, whose connections keep what they learnt of the tables, too."""
    settings = settings_for(postgres_template[0], postgres_slate.url)
    warm = engine._engine(settings, secrets_of(settings))
    yield warm
    warm.dispose()


_numbers = count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Which engine this test runs on; override with parametrize(..., indirect=True) for one of them."""
    return str(request.param)


@pytest.fixture
def office_and_database(
    engine_name: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stopped_clock: datetime,
) -> Iterator[tuple[Database, Office]]:
    """A fresh copy of the template, open as the process's own database."""
    template, office = request.getfixturevalue(f"{engine_name}_template")
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copy2(template / "secrets.json", folder)
    if engine_name == "sqlite":
        shutil.copy2(template / "linli.db", folder)
        url = ""
    else:
        slate = request.getfixturevalue("postgres_slate")
        slate.wipe()
        # A name per test: what this process remembers of an office by its address is of that test only.
        url = f"{slate.url}?application_name=test{next(_numbers)}"
    monkeypatch.setenv("LINLI_DATA_DIR", str(folder))
    monkeypatch.setenv("LINLI_DATABASE_URL", url)
    settings, warm = settings_for(folder, url), request.getfixturevalue(f"{engine_name}_engine")
    database = Database(settings, secrets_of(settings), warm)
    engine._process[:] = [database]
    try:
        yield database, office
    finally:
        if engine_name == "sqlite":
            database.close()
        engine._process.clear()


@pytest.fixture
def database(office_and_database: tuple[Database, Office]) -> Database:
    """A fresh database on each engine, with presets and the people of `office`."""
    return office_and_database[0]


@pytest.fixture
def office(office_and_database: tuple[Database, Office]) -> Office:
    """Clerk, deputy, leader, director, head and handler (A), outsider (B), viewer, admin, auditor."""
    return office_and_database[1]


@pytest.fixture
def alone(engine_name: str, database: Database, request: pytest.FixtureRequest) -> None:
    """Nobody but the test holds the database, which a restore puts another in the place of."""
    if engine_name == "postgres":
        request.getfixturevalue("postgres_slate").close()
