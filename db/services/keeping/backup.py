"""A checked copy of everything but the keys, taken while people go on working."""

import tempfile
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from db import clock, journal
from db.engine import Database
from db.rules.permissions import system_actor
from db.services.journal.anchors import Anchor, anchor, anchored
from db.services.keeping.archive import SUFFIX, Manifest, digest_of, kept_files, pack
from db.services.keeping.soundness import (
    KeepingError,
    check_counts,
    check_journal,
    check_pages,
    counts_of,
    database_file,
    head_of,
    opened,
    postgres_program,
)
from db.settings import Settings, SettingsError

KEYS_APART = "The keys (secrets.json) are not in it: keep a copy of them in another place."


def backup(settings: Settings, *, destination: Path | None = None) -> list[str]:
    """Write one archive into a file or folder (else the data folder's backups) and answer what to print.

    Raises KeepingError; nothing half-written keeps the final name.
    """
    path = database_file(settings)
    if path is not None and not path.exists():
        raise KeepingError(f"there is no database to back up: {path}")
    folder = _folder(settings, destination)
    with (
        opened(settings) as database,
        tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as scratch,
    ):
        copy = Path(scratch) / "copy"
        if database.is_sqlite:
            engine, (counts, (seq, mac)) = "sqlite", _copy_sqlite(database, copy)
        else:
            engine, (counts, (seq, mac)) = "postgresql", _dump_postgres(database, copy)
        now, files = clock.now(), kept_files(settings.folder)
        manifest = Manifest(
            engine=engine,
            made_at=now.isoformat(timespec="seconds"),
            seq=seq,
            mac=mac,
            encrypted=settings.encrypt_database,
            counts=counts,
            sha256=digest_of(copy),
            files=len(files),
        )
        name = f"linli-{now:%Y%m%d-%H%M%S}-{seq}-{mac[:8]}{SUFFIX}"
        whole = destination is not None and not _is_folder(destination)
        target = destination if whole and destination is not None else folder / name
        pack(target, manifest, copy, settings.folder, files)
        anchor(database)
    said = _note(settings, target.name, seq)
    return [
        f"backup: {target} ({target.stat().st_size / 1e6:.1f} MB)",
        f"rows: {sum(counts.values())} in {len(counts)} tables; files: {manifest.files}",
        f"journal: row {seq}, head {mac[:16]}",
        *said,
        KEYS_APART,
    ]


def _copy_sqlite(database: Database, copy: Path) -> tuple[dict[str, int], tuple[int, str]]:
    """VACUUM INTO, then every examination; tables may only have grown or shrunk as the original did."""
    with database.engine.connect() as connection:
        before = counts_of(connection)
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA query_only = 0")  # it writes the copy only, but SQLite can't tell
        cursor.execute("VACUUM INTO ?", (str(copy),))
    finally:
        raw.close()
    copy.chmod(0o600)
    with database.engine.connect() as connection:
        after = counts_of(connection)
    with opened(database.settings, f"sqlite:///{copy.as_posix()}") as made:
        check_pages(made)
        with made.engine.connect() as connection:
            counts, head = counts_of(connection), head_of(connection)
        for table, number in counts.items():
            low, high = sorted((before[table], after[table]))
            if not low <= number <= high:
                raise KeepingError(f"table {table} has {number} rows in the copy and {high} here")
        check_journal(made, _heads(database.settings, head[0]))
    return counts, head


def _dump_postgres(database: Database, copy: Path) -> tuple[dict[str, int], tuple[int, str]]:
    """pg_dump of one snapshot whose rows were counted and whose journal was walked."""
    url = make_url(database.settings.url)
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        counts, head = counts_of(connection), head_of(connection)
        words = ("--format=custom", f"--snapshot={snapshot}", f"--file={copy}", f"--dbname={url.database}")
        postgres_program("pg_dump", url, *words)
    copy.chmod(0o600)
    postgres_program("pg_restore", url, "--list", str(copy))
    check_journal(database, _heads(database.settings, head[0]))
    check_counts(counts, counts)
    return counts, head


def _heads(settings: Settings, last: int) -> list[Anchor]:
    """Anchored heads up to a row; one written a moment later is none of this copy's business."""
    return [head for head in anchored(settings) if head.seq <= last]


def _note(settings: Settings, name: str, seq: int) -> list[str]:
    """Journal the backup where this process may write; a full disk must not spoil a backup that stands."""
    try:
        with opened(settings, reads_only=False) as database:
            with database.transaction(system_actor("backup")) as session:
                journal.note(session, "backup", tbl="journal", pk=seq, detail={"file": name})
            anchor(database)
    except SettingsError:
        return ["Linli is running, so the backup is anchored but not journalled."]
    except (SQLAlchemyError, OSError) as error:
        return [f"The backup could not be journalled: {type(error).__name__}"]
    return []


def _folder(settings: Settings, destination: Path | None) -> Path:
    if destination is None:
        folder = settings.folder / "backups"
    else:
        folder = destination if _is_folder(destination) else destination.parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise KeepingError(f"{folder} can't be used: {error.strerror}") from None
    return folder


def _is_folder(destination: Path) -> bool:
    return destination.is_dir() or destination.suffix == ""
