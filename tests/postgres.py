"""A throw-away PostgreSQL server, and one database of it that every test finds as the first one did."""

import contextlib
import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.abc import Query
from psycopg.sql import SQL, Composed, Identifier

# The server's superuser. Linli signs in as an ordinary role, as in an office: else no policy would bind it.
KEEPER = "keeper"


def program(name: str) -> str | None:
    """Where Debian or the PATH keeps one of PostgreSQL's programs."""
    places = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)
    return shutil.which(name) or (places[0] if places else None)


class Server:
    """A server over one folder, on a port that stays its own."""

    def __init__(self, postgres: str, data: str, as_owner: dict[str, Any]) -> None:
        """Start it; `as_owner` says in whose name."""
        self._words = [postgres, "-D", data, "-F", "-h", "127.0.0.1", "-k", str(Path(data).parent)]
        self._data, self._as_owner = data, as_owner
        self._process, self.port = _start(self._words, data, as_owner)

    @property
    def address(self) -> str:
        """Where it is, without a database name."""
        return f"postgresql+psycopg://linli@127.0.0.1:{self.port}"

    def restart(self) -> None:
        """What `pg_ctl restart -m immediate` does: end it in the middle of everything, and start it again."""
        self.stop(signal.SIGQUIT)
        self._process, _ = _start(self._words, self._data, self._as_owner, self.port)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: people are sent home, and what they did last is kept, unless `how` says otherwise."""
        self._process.send_signal(how)
        self._process.wait(30)


@contextmanager
def running(initdb: str, postgres: str) -> Iterator[Server]:
    """A new server on a random port."""
    # PostgreSQL refuses to run as root.
    owner = "postgres" if os.name == "posix" and os.geteuid() == 0 else None
    as_owner: dict[str, Any] = {"user": owner, "group": owner, "extra_groups": []} if owner else {}
    # Not below pytest's own folder: every new session closes that to other users again.
    with tempfile.TemporaryDirectory(prefix="linli-postgres-", ignore_cleanup_errors=True) as folder:
        if owner:
            shutil.chown(folder, owner)
        data = f"{folder}/data"
        init = [initdb, "-D", data, "-U", KEEPER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        subprocess.run(init, check=True, capture_output=True, cwd="/", **as_owner)
        server = Server(postgres, data, as_owner)
        with administering(server.address) as keeper:
            keeper.execute("CREATE ROLE linli LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS")
            keeper.execute("CREATE DATABASE linli OWNER linli")
        try:
            yield server
        finally:
            server.stop()


def _start(
    words: list[str], data: str, as_owner: dict[str, Any], wanted: int = 0
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server on a port that is really its own: between looking and taking, somebody else may take it."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = wanted or probe.getsockname()[1]
        with Path(data).with_name("log").open("wb") as log:
            ports = ["-p", str(port), "-c", "max_connections=60", "-c", "jit=off", "-c", "autovacuum=off"]
            process = subprocess.Popen([*words, *ports], stdout=log, stderr=log, cwd="/", **as_owner)
        while process.poll() is None:
            try:
                with psycopg.connect(f"host=127.0.0.1 port={port} user={KEEPER} dbname=postgres") as connection:
                    if connection.execute("SHOW data_directory").fetchone() == (data,):
                        return process, port
                    process.wait(10)
            except psycopg.OperationalError:
                time.sleep(0.05)


@contextmanager
def administering(server: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection outside every database of ours."""
    with contextlib.closing(psycopg.connect(f"{_plain(server)}/postgres", autocommit=True)) as connection:
        yield connection


def keepers(address: str) -> str:
    """The same address for the server's superuser, whom no policy binds."""
    return address.replace("://linli@", f"://{KEEPER}@")


def _plain(address: str) -> str:
    return keepers(address).replace("+psycopg", "")


# A table and what it holds: how many rows, and the number of the transaction that wrote the newest.
_STATE = SQL("SELECT {name}, count(*), coalesce(max(xmin::text::bigint), 0) FROM {table}")
# What makes the shape of a database: when a row of these came, went or changed, the shape is another one.
_CATALOGUE = (
    "pg_class",
    "pg_attribute",
    "pg_attrdef",
    "pg_constraint",
    "pg_index",
    "pg_trigger",
    "pg_proc",
    "pg_rewrite",
    "pg_policy",
)
_TABLES = SQL("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
_SEQUENCES = SQL("SELECT sequencename, last_value FROM pg_sequences ORDER BY sequencename")
_DATABASES = SQL("SELECT datname FROM pg_database WHERE datname LIKE %s")
_COPY_OF = SQL("CREATE DATABASE {} OWNER linli TEMPLATE linli_template STRATEGY file_copy")
_COPY = SQL("COPY {} {} (FORMAT binary)")


def _states(tables: Iterable[str]) -> Composed:
    asked = [_STATE.format(name=name, table=Identifier(name)) for name in tables]
    return SQL(" UNION ALL ").join(asked) + SQL(" ORDER BY 1")


class Slate:
    """A copy of the template that is wiped before each test.

    A new copy for each test costs hundreds of files, and connections that learn every table anew. PostgreSQL notes in
    each row which transaction wrote it: a table was written when it counts other rows or holds a newer one than at
    first. A database whose shape is another one, or which somebody still holds, is copied anew.
    """

    def __init__(self, server: str, name: str = "linli_test") -> None:
        self.url = f"{server}/{name}"
        self._server, self._name = server, name
        self._copy()

    def wipe(self) -> None:
        """Make every row and every number what it is in the template."""
        try:
            is_wiped = self._put_back()
        except psycopg.Error:
            is_wiped = False
        if not is_wiped:
            self.close()
            self._copy()

    def close(self) -> None:
        """Give the connection back."""
        self._at.close()

    def _copy(self) -> None:
        with administering(self._server) as server:
            # A restore put the one it replaced aside under a longer name.
            for (name,) in server.execute(_DATABASES, [f"{self._name}%"]).fetchall():
                server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
            server.execute(_COPY_OF.format(Identifier(self._name)))
        self._at = psycopg.connect(_plain(self.url), autocommit=True)
        # What is put back needs neither triggers nor foreign keys, and waits for nobody's lock.
        self._at.execute("SET session_replication_role = replica")
        self._at.execute("SET lock_timeout = '2s'")
        # A helper for each table takes longer than looking, and tells the tables in any order.
        self._at.execute("SET max_parallel_workers_per_gather = 0")
        self._ask_shape = _states(_CATALOGUE)
        self._ask_tables = _states(name for (name,) in self._ask(_TABLES))
        self._shape, self._sequences = self._ask(self._ask_shape), self._ask(_SEQUENCES)
        self._tables = self._ask(self._ask_tables)
        self._rows = {name: self._read(name) for name, count, _ in self._tables if count}

    def _put_back(self) -> bool:
        """Undo what was written; False when the shape is another one."""
        if self._ask(self._ask_shape) != self._shape:
            return False
        pairs = zip(self._tables, self._ask(self._ask_tables), strict=True)
        written = {then[0]: (then, now) for then, now in pairs if then != now}
        emptied = [name for name, (then, now) in written.items() if not self._take_back(name, then, now)]
        if not self._rows.keys() >= set(emptied):
            return False  # an empty table that does not empty: somebody is still writing there
        if written:
            # Else the next test's rows would lie between the old ones, now here and now there.
            names = SQL(", ").join(map(Identifier, written))
            self._at.execute(SQL("VACUUM (PROCESS_TOAST false) {}").format(names))
        for name in emptied:
            self._fill(name)
        if emptied:
            self._tables = self._ask(self._ask_tables)
        for then, now in zip(self._sequences, self._ask(_SEQUENCES), strict=True):
            if then != now:
                self._at.execute("SELECT setval(%s, coalesce(%s, 1), %s)", [then[0], then[1], then[1] is not None])
        return True

    def _take_back(self, name: str, then: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
        """Delete the newer rows; False, and an empty table, where an older one was changed or deleted."""
        newer = SQL("DELETE FROM {} WHERE xmin::text::bigint > {}").format(Identifier(name), then[2])
        if now[1] - self._at.execute(newer).rowcount == then[1]:
            return True
        self._at.execute(SQL("DELETE FROM {}").format(Identifier(name)))
        return False

    def _ask(self, query: Query) -> list[tuple[Any, ...]]:
        return self._at.execute(query).fetchall()

    def _read(self, name: str) -> bytes:
        with self._at.cursor() as cursor, cursor.copy(_COPY.format(Identifier(name), SQL("TO STDOUT"))) as rows:
            return b"".join(rows)

    def _fill(self, name: str) -> None:
        with self._at.cursor() as cursor, cursor.copy(_COPY.format(Identifier(name), SQL("FROM STDIN"))) as rows:
            rows.write(self._rows[name])
