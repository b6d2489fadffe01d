"""Putting a backup back: to a new place first, examined there, and only then swapped in."""

import os
import shutil
import tempfile
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError

from db import clock, engine, journal, migrations
from db.engine import Database
from db.rules.permissions import system_actor
from db.services.journal.anchors import Anchor, anchor
from db.services.keeping.archive import DATABASES, FOLDERS, Manifest, unpack
from db.services.keeping.soundness import (
    KeepingError,
    check_counts,
    check_journal,
    check_pages,
    counts_of,
    database_file,
    opened,
    postgres_program,
)
from db.settings import Settings, SettingsError

FOREIGN_KEYS_HINT = "is the secrets.json that belongs to this backup in the data folder?"


def restore(settings: Settings, *, source: Path) -> list[str]:
    """Replace the office's records by those of a backup and answer what to print; the old ones are kept aside.

    Raises KeepingError, and then nothing was replaced. Linli must be stopped.
    """
    if not source.is_file():
        raise KeepingError(f"there is no backup at {source}")
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = f"{clock.now():%Y%m%d-%H%M%S}"
    with tempfile.TemporaryDirectory(dir=settings.folder, prefix=".restore-") as scratch:
        folder = Path(scratch)
        manifest = unpack(source, folder)
        path = database_file(settings)
        if (path is not None) != (manifest.engine == "sqlite"):
            raise KeepingError(f"this backup is of {manifest.engine}, and database_url says otherwise")
        fresh = folder / DATABASES[manifest.engine]
        if path is not None:
            _examine(settings, f"sqlite:///{fresh.as_posix()}", manifest)
            aside = _swap_sqlite(settings, path, fresh, stamp)
        else:
            aside = _swap_postgres(settings, fresh, manifest, stamp)
        for name in FOLDERS:
            aside += _swap_folder(settings.folder / name, folder / name, stamp)
    with opened(settings, reads_only=False) as database:
        _finish(database, source.name, manifest)
    rows = sum(manifest.counts.values())
    return [
        f"restored: {source} of {manifest.made_at}",
        f"rows: {rows} in {len(manifest.counts)} tables; files: {manifest.files}",
        f"journal: row {manifest.seq}, head {manifest.mac[:16]}",
        *aside,
    ]


def _examine(settings: Settings, url: str, manifest: Manifest) -> None:
    """Pages, keys, counts and the chain up to the head in the manifest; raises KeepingError."""
    try:
        with opened(settings, url) as database:
            check_pages(database)
            with database.engine.connect() as connection:
                check_counts(_counts(connection, manifest), manifest.counts)
            heads = [Anchor(manifest.seq, manifest.mac, manifest.made_at)] if manifest.seq else []
            check_journal(database, heads)
    except KeepingError as error:
        raise KeepingError(f"{error}; {FOREIGN_KEYS_HINT}" if "row" in str(error) else str(error)) from None
    except (DatabaseError, SettingsError):
        raise KeepingError(f"the backup's database can't be opened; {FOREIGN_KEYS_HINT}") from None


def _counts(connection: Connection, manifest: Manifest) -> dict[str, int]:
    """Rows of the tables the backup knew; it may be older than this program."""
    known = {table: connection.dialect.has_table(connection, table) for table in manifest.counts}
    if all(known.values()) and set(known) == set(manifest.counts):
        quoted = connection.dialect.identifier_preparer.quote
        return {
            table: connection.scalar(text(f"SELECT count(*) FROM {quoted(table)}")) or 0  # noqa: S608 - quoted
            for table in manifest.counts
        }
    return counts_of(connection)


def _swap_sqlite(settings: Settings, path: Path, fresh: Path, stamp: str) -> list[str]:
    aside: list[str] = []
    if path.exists():
        _must_be_alone(settings, path)
        kept = path.with_name(f"{path.name}.before-{stamp}")
        path.replace(kept)
        aside = [f"the old database is kept as {kept}"]
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    fresh.chmod(0o600)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh.replace(path)
    _sync(path.parent)
    return aside


def _must_be_alone(settings: Settings, path: Path) -> None:
    """Leaving WAL mode folds the log in and works only when no other process has the file open."""
    from sqlcipher3 import dbapi2

    from db.settings import secrets_of

    connection = dbapi2.connect(str(path), timeout=1, isolation_level=None)
    try:
        if settings.encrypt_database:
            connection.execute(f"PRAGMA key = \"x'{secrets_of(settings).identity.hex()}'\"")
        connection.execute("PRAGMA journal_mode = delete").fetchone()
    except dbapi2.OperationalError:
        raise KeepingError("Linli is running: stop it first, then restore") from None
    except dbapi2.DatabaseError:
        pass  # the old database is damaged, which may be why a backup is put back
    finally:
        connection.close()


def _swap_postgres(settings: Settings, dump: Path, manifest: Manifest, stamp: str) -> list[str]:
    """Restore beside the database in use, examine, and exchange the names."""
    url = make_url(settings.url)
    name, fresh = url.database or "", f"{url.database}_restore"
    kept = f"{name}_before_{stamp.replace('-', '_')}"
    maintenance = url.set(database="postgres")
    _command(maintenance, f'DROP DATABASE IF EXISTS "{fresh}"', f'CREATE DATABASE "{fresh}"')
    try:
        words = ("--exit-on-error", "--no-owner", "--single-transaction", f"--dbname={fresh}", str(dump))
        postgres_program("pg_restore", url, *words)
        _examine(settings, url.set(database=fresh).render_as_string(hide_password=False), manifest)
        _command(
            maintenance,
            f'ALTER DATABASE "{name}" RENAME TO "{kept}"',
            f'ALTER DATABASE "{fresh}" RENAME TO "{name}"',
        )
    except KeepingError:
        _command(maintenance, f'DROP DATABASE IF EXISTS "{fresh}"')
        raise
    return [f"the old database is kept as {kept}"]


def _command(url: URL, *statements: str) -> None:
    """Statements that no transaction may hold."""
    made = create_engine(url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        with made.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    except DatabaseError as error:
        reason = " ".join(str(error.orig).splitlines()[:1])
        raise KeepingError(f"PostgreSQL refused: {reason} (is Linli stopped?)") from None
    finally:
        made.dispose()


def _swap_folder(standing: Path, fresh: Path, stamp: str) -> list[str]:
    aside: list[str] = []
    if standing.exists():
        kept = standing.with_name(f"{standing.name}.before-{stamp}")
        standing.replace(kept)
        aside = [f"the old {standing.name} are kept in {kept}"]
    if fresh.exists():
        shutil.move(fresh, standing)
    _sync(standing.parent)
    return aside


def _finish(database: Database, name: str, manifest: Manifest) -> None:
    """Tell the anchors which head stands now, bring the schema up to date, and journal the restore."""
    anchor(database, restored=name)
    migrations.upgrade(database)
    with engine.using(database), database.transaction(system_actor("restore")) as session:
        detail: dict[str, object] = {"file": name, "made_at": manifest.made_at, "seq": manifest.seq}
        journal.note(session, "restored", tbl="journal", pk=manifest.seq, detail=detail)
    anchor(database)


def _sync(folder: Path) -> None:
    """Make renames last through a power cut, where the system lets a folder be opened."""
    if os.name != "posix":
        return
    opened_folder = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened_folder)
    finally:
        os.close(opened_folder)
