"""What tests share: two engines, a fresh database each, the people of the office, and a stopped clock."""

import contextlib
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from streamlit.runtime.pages_manager import PagesManager

from db import clock, engine
from db.engine import Database
from tests.factories import NOW, Office, a_database, settings_for

# A slow moment of the machine is no failing example.
settings.register_profile("linli", deadline=None)
settings.load_profile("linli")


@pytest.fixture(autouse=True)
def no_legacy_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest would otherwise run the second click of a test without app.py."""
    usual = PagesManager.__init__

    def init(self: PagesManager, *args: object, **kwargs: object) -> None:
        usual(self, *args, **kwargs)  # type: ignore[arg-type]
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", init)


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


def _program(name: str) -> str | None:
    places = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)
    return shutil.which(name) or (places[0] if places else None)


def _owner() -> str | None:
    """PostgreSQL refuses to run as root."""
    return "postgres" if os.name == "posix" and os.geteuid() == 0 else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A throw-away server on a random port; answers the address without a database name."""
    initdb, server = _program("initdb"), _program("postgres")
    if not initdb or not server:
        pytest.skip("PostgreSQL's programs are not installed")
    owner = _owner()
    as_owner: dict[str, Any] = {"user": owner, "group": owner, "extra_groups": []} if owner else {}
    # Not below pytest's own folder: every new session closes that to other users again.
    with tempfile.TemporaryDirectory(prefix="linli-postgres-", ignore_cleanup_errors=True) as folder:
        if owner:
            shutil.chown(folder, owner)
        data = f"{folder}/data"
        init = [initdb, "-D", data, "-U", "linli", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        subprocess.run(init, check=True, capture_output=True, cwd="/", **as_owner)
        process, port = _start([server, "-D", data, "-F", "-h", "127.0.0.1", "-k", folder], data, as_owner)
        try:
            yield f"postgresql+psycopg://linli@127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def _start(words: list[str], data: str, as_owner: dict[str, Any]) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server on a port that is really its own: between looking and taking, somebody else may take it."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with Path(data).with_name("log").open("wb") as log:
            ports = ["-p", str(port), "-c", "max_connections=60"]
            process = subprocess.Popen([*words, *ports], stdout=log, stderr=log, cwd="/", **as_owner)
        while process.poll() is None:
            try:
                with psycopg.connect(f"host=127.0.0.1 port={port} user=linli dbname=postgres") as connection:
                    if connection.execute("SHOW data_directory").fetchone() == (data,):
                        return process, port
                    process.wait(10)
            except psycopg.OperationalError:
                time.sleep(0.05)


def _administer(server: str, statement: str) -> None:
    with contextlib.closing(psycopg.connect(f"{_plain(server)}/postgres", autocommit=True)) as connection:
        connection.execute(statement)


def _plain(address: str) -> str:
    return address.replace("+psycopg", "")


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
    _administer(postgres_server, "CREATE DATABASE linli_template")
    with clock.at(NOW):
        database, office = a_database(folder, f"{postgres_server}/linli_template")
    database.close()
    return folder, office


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
    name, server = f"linli_{next(_numbers)}", ""
    if engine_name == "sqlite":
        shutil.copy2(template / "linli.db", folder)
        url = ""
    else:
        server = request.getfixturevalue("postgres_server")
        _administer(server, f"CREATE DATABASE {name} TEMPLATE linli_template STRATEGY file_copy")
        url = f"{server}/{name}"
    monkeypatch.setenv("LINLI_DATA_DIR", str(folder))
    monkeypatch.setenv("LINLI_DATABASE_URL", url)
    database = engine.open_database(settings_for(folder, url))
    try:
        yield database, office
    finally:
        database.close()
        engine._process.clear()
        if server:
            _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(office_and_database: tuple[Database, Office]) -> Database:
    """A fresh database on each engine, with presets and the people of `office`."""
    return office_and_database[0]


@pytest.fixture
def office(office_and_database: tuple[Database, Office]) -> Office:
    """Clerk, deputy, leader, director, head and handler (A), outsider (B), viewer, admin, auditor."""
    return office_and_database[1]
