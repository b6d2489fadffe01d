"""Putting a backup back: to a new place first, examined there, and only then swapped in."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError

from db import clock, engine, journal, migrations
from db.base import Base
from db.closed import close_off, reopen
from db.engine import Database
from db.rules.permissions import system_actor
from db.services.journal.anchors import Anchor, anchor
from db.services.keeping.archive import DATABASES, FOLDERS, SECRETS, Manifest, unpack
from db.services.keeping.keys import backup_key, read_key, save_key
from db.services.keeping.safety import refuse_unsafe
from db.services.keeping.soundness import (
    KeepingError,
    check_counts,
    check_journal,
    check_pages,
    counts_of,
    database_file,
    line_of,
    opened,
    postgres_program,
)
from db.settings import Settings, SettingsError

FOREIGN_KEYS_HINT = "is the secrets.json that belongs to this backup in the data folder?"
OTHER_OFFICE = (
    "this data folder belongs to another office: its secrets.json is not the backup's; restore into an empty one"
)
INTERRUPTED = "a restore was interrupted and nothing is lost; finish it: python manage.py restore {source}"
ASIDE, POSTGRES_ASIDE = ".before-", "_before_"
SCRATCH = ".restore-"


def restore(settings: Settings, *, source: Path, typed_key: str = "") -> list[str]:
    """Replace the office's records by those of a backup and answer what to print; the old ones are kept aside.

    Raises KeepingError, and SettingsError for settings no start takes; then nothing was replaced. Linli must be
    stopped. A restore that is killed keeps Linli from starting until it is run again; `typed_key` is the recovery key
    of another installation's backup.
    """
    refuse_unsafe(settings)
    if not source.is_file():
        raise KeepingError(f"there is no backup at {source}")
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in settings.folder.glob(f"{SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)  # of one that was killed
    key = read_key(typed_key) if typed_key else backup_key(settings)
    with tempfile.TemporaryDirectory(dir=settings.folder, prefix=SCRATCH) as scratch:
        folder = Path(scratch)
        manifest = unpack(source, folder, key)
        if (database_file(settings) is not None) != (manifest.engine == "sqlite"):
            raise KeepingError(f"this backup is of {manifest.engine}, and database_url says otherwise")
        with _keys_of(settings, folder), examined(settings, folder, manifest, "restore") as fresh:
            aside = _swap(settings, fresh, folder, source)
    with opened(settings, reads_only=False) as database:
        _finish(database, source.name, manifest)
    if key != backup_key(settings):
        save_key(settings, key)
    reopen(settings)
    rows = sum(manifest.counts.values())
    return [
        f"restored: {source} of {manifest.made_at}",
        f"rows: {rows} in {len(manifest.counts)} tables; files: {manifest.files}",
        f"journal: row {manifest.seq}, head {manifest.mac[:16]}",
        *aside,
        *(["When all is as it should be: python manage.py restore --confirm"] if aside else []),
    ]


def confirm(settings: Settings) -> list[str]:
    """Delete what restores kept aside; answers what to print."""
    path, lines = database_file(settings), []
    for name in (path or settings.folder / "linli.db", *(settings.folder / name for name in FOLDERS)):
        for kept in sorted(name.parent.glob(f"{name.name}{ASIDE}*")):
            shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
            lines.append(f"deleted: {kept}")
    if path is None:
        lines += [f"deleted: {name}" for name in _drop_kept(make_url(settings.url))]
    return lines or ["nothing was kept aside"]


@contextlib.contextmanager
def _keys_of(settings: Settings, folder: Path) -> Iterator[None]:
    """The office's keys out of the backup where there are none; taken back when the restore fails."""
    brought, here = folder / SECRETS, settings.folder / SECRETS
    fresh = brought.exists() and not here.exists()
    if brought.exists() and here.exists() and json.loads(brought.read_bytes()) != json.loads(here.read_bytes()):
        raise KeepingError(OTHER_OFFICE)
    if fresh:
        shutil.copyfile(brought, here)
        here.chmod(0o600)
    try:
        yield
    except BaseException:
        if fresh:
            here.unlink()
        raise


@contextlib.contextmanager
def examined(settings: Settings, folder: Path, manifest: Manifest, purpose: str) -> Iterator[URL]:
    """The unpacked database, brought back beside the one in use and examined; raises KeepingError.

    Pages, keys, counts and the chain up to the head in the manifest; then brought up to date and opened.
    """
    dump, url = folder / DATABASES[manifest.engine], make_url(settings.url)
    if manifest.engine == "sqlite":
        fresh, drop = make_url(f"sqlite:///{dump.as_posix()}"), ""
    else:
        fresh = url.set(database=f"{url.database}_{purpose}")
        drop = f'DROP DATABASE IF EXISTS "{fresh.database}"'
        _command(url, drop, f'CREATE DATABASE "{fresh.database}"')
    try:
        if drop:
            words = ("--exit-on-error", "--no-owner", "--single-transaction", f"--dbname={fresh.database}", str(dump))
            postgres_program("pg_restore", url, *words)
        address = fresh.render_as_string(hide_password=False)
        _examine(settings, address, manifest)
        _open_up(settings, address)
        yield fresh
    finally:
        if drop:
            _command(url, drop)


def _examine(settings: Settings, url: str, manifest: Manifest) -> None:
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


def _open_up(settings: Settings, url: str) -> None:
    """Bring the schema up to date and read one record of every kind, as the screens would."""
    try:
        with opened(settings, url, reads_only=False) as database:
            migrations.upgrade(database)
            with database.reading() as session:
                for mapper in Base.registry.mappers:
                    session.scalars(select(mapper).limit(1)).first()
    except Exception as error:
        raise KeepingError(f"this program can't open the backup's records: {line_of(error)}") from None


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


def _swap(settings: Settings, fresh: URL, folder: Path, source: Path) -> list[str]:
    """Exchange database and folders; until the caller has finished, Linli does not start on what stands then."""
    path = database_file(settings)
    if path is not None and path.exists():
        _must_be_alone(settings, path)
    stamp = _free_stamp(settings, path)
    close_off(settings, INTERRUPTED.format(source=source))
    try:
        if path is not None:
            aside = _swap_sqlite(path, Path(fresh.database or ""), stamp)
        else:
            aside = _swap_postgres(make_url(settings.url), fresh, stamp)
    except BaseException:
        reopen(settings)  # nothing was exchanged yet
        raise
    for name in FOLDERS:
        aside += _swap_folder(settings.folder / name, folder / name, stamp)
    return aside


def _free_stamp(settings: Settings, path: Path | None) -> str:
    """A name for what is kept aside that nothing kept aside before has."""
    stamp = f"{clock.now():%Y%m%d-%H%M%S}"
    folders = [folder for folder in (settings.folder, path.parent if path else settings.folder) if folder.is_dir()]
    taken = {name.name.rpartition(ASIDE)[2].removesuffix("-wal") for folder in folders for name in folder.iterdir()}
    return next(free for number in count() if (free := f"{stamp}-{number}" if number else stamp) not in taken)


def _swap_sqlite(path: Path, fresh: Path, stamp: str) -> list[str]:
    """The old file keeps its place until the new one takes it in one move, so that there is always one."""
    aside: list[str] = []
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        kept = path.with_name(f"{path.name}{ASIDE}{stamp}")
        for end in ("-wal", "-shm"):  # there only when the old file is damaged
            log = path.with_name(path.name + end)
            if log.exists():
                log.replace(kept.with_name(kept.name + end))
        try:
            os.link(path, kept)
        except OSError:
            shutil.copy2(path, kept)
        aside = [f"the old database is kept as {kept}"]
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    fresh.chmod(0o600)
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


def _swap_postgres(url: URL, fresh: URL, stamp: str) -> list[str]:
    """Exchange the names of the two databases in one transaction."""
    kept = f"{url.database}{POSTGRES_ASIDE}{stamp.replace('-', '_')}"
    names = ((url.database, kept), (fresh.database, url.database))
    renames = "; ".join(f'ALTER DATABASE "{old}" RENAME TO "{new}"' for old, new in names)
    _command(url, f"BEGIN; {renames}; COMMIT")
    return [f"the old database is kept as {kept}"]


def _drop_kept(url: URL) -> list[str]:
    made = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", hide_parameters=True)
    pattern = f"{url.database}{POSTGRES_ASIDE}".replace("_", r"\_") + "%"
    try:
        with made.connect() as connection:
            found = text("SELECT datname FROM pg_database WHERE datname LIKE :pattern ORDER BY datname")
            names = list(connection.scalars(found, {"pattern": pattern}))
    finally:
        made.dispose()
    _command(url, *(f'DROP DATABASE "{name}"' for name in names))
    return names


def _command(url: URL, *statements: str) -> None:
    """Statements about databases, beside the one of `url`: no transaction of ours may hold them."""
    made = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", hide_parameters=True)
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
        kept = standing.with_name(f"{standing.name}{ASIDE}{stamp}")
        standing.replace(kept)
        aside = [f"the old {standing.name} are kept in {kept}"]
    if fresh.exists():
        shutil.move(fresh, standing)
    _sync(standing.parent)
    return aside


def _finish(database: Database, name: str, manifest: Manifest) -> None:
    """Tell the anchors which head stands now, and journal the restore."""
    anchor(database, restored=name)
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
