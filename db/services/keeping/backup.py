"""A checked, sealed copy of everything, taken while people go on working."""

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from db import clock, engine, journal
from db.engine import Database
from db.rules.permissions import system_actor
from db.services.journal.anchors import Anchor, anchor, anchored
from db.services.keeping.archive import SUFFIX, Manifest, digest_of, kept_files, pack
from db.services.keeping.keys import backup_key
from db.services.keeping.soundness import (
    KeepingError,
    check_counts,
    check_journal,
    check_pages,
    counts_in,
    counts_of,
    database_file,
    head_of,
    opened,
    postgres_program,
)
from db.settings import Settings, SettingsError

SCRATCH = ".backup-"
ROOM = 2.5  # a copy, the sealed archive, and what people write meanwhile, in sizes of the database


@dataclass(frozen=True)
class Made:
    """A backup that was made and read back."""

    path: Path
    manifest: Manifest
    bytes: int
    seconds: float


def make(settings: Settings, *, destination: Path | None = None) -> Made:
    """Write one sealed archive into a file or folder (else the data folder's backups).

    Raises KeepingError; nothing half-written keeps the final name, and nothing is left in the folder.
    """
    begun = time.perf_counter()
    path = database_file(settings)
    if path is not None and not path.exists():
        raise KeepingError(f"there is no database to back up: {path}")
    folder = _folder(settings, destination)
    _needs_room(folder, path)
    with (
        opened(settings) as database,
        tempfile.TemporaryDirectory(dir=folder, prefix=SCRATCH) as scratch,
    ):
        copy = Path(scratch) / "copy"
        if database.is_sqlite:
            kind, (counts, (seq, mac)) = "sqlite", _copy_sqlite(database, copy)
        else:
            kind, (counts, (seq, mac)) = "postgresql", _dump_postgres(database, copy)
        now, files = clock.now(), kept_files(settings.folder)
        manifest = Manifest(
            engine=kind,
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
        pack(target, manifest, copy, settings.folder, files, backup_key(settings))
        anchor(database)
    return Made(target, manifest, target.stat().st_size, time.perf_counter() - begun)


def _needs_room(folder: Path, path: Path | None) -> None:
    """A backup never fills the disk the office writes to; raises KeepingError. What a dump needs nobody knows."""
    for left in folder.glob(f"{SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)  # of one that was killed
    needed = ROOM * path.stat().st_size if path else 0.0
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise KeepingError(f"{folder} has {free / 1e6:.0f} MB free; a backup needs {needed / 1e6:.0f} MB")


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
        words = (
            "--format=custom",
            "--enable-row-security",
            f"--snapshot={snapshot}",
            f"--file={copy}",
            f"--dbname={url.database}",
        )
        postgres_program("pg_dump", url, *words)
    copy.chmod(0o600)
    # A dump that leaves rows out, because a policy hid them, says nothing of it.
    check_counts(counts_in(copy, url), counts)
    check_journal(database, _heads(database.settings, head[0]))
    return counts, head


def _heads(settings: Settings, last: int) -> list[Anchor]:
    """Anchored heads up to a row; one written a moment later is none of this copy's business."""
    return [head for head in anchored(settings) if head.seq <= last]


def note_made(settings: Settings, made: Made) -> list[str]:
    """Journal the backup where this process may write; a full disk must not spoil a backup that stands."""
    try:
        with opened(settings, reads_only=False) as database:
            journal_made(database, made.path.name, made.manifest.seq)
    except SettingsError:
        return ["Linli is running, so the backup is anchored but not journalled."]
    except (SQLAlchemyError, OSError) as error:
        return [f"The backup could not be journalled: {type(error).__name__}"]
    return []


def journal_made(database: Database, name: str, seq: int) -> None:
    """One line about the backup in the journal, anchored."""
    with engine.using(database), database.transaction(system_actor("backup")) as session:
        journal.note(session, "backup", tbl="journal", pk=seq, detail={"file": name})
    anchor(database)


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
