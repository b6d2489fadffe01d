"""One look over the whole installation, told line by line."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from db import clock, migrations
from db.engine import Database
from db.models import JournalRow
from db.services.calendar import unknown_years_in_use
from db.services.journal.verifying import verify_database
from db.services.keeping.disk import BALLAST, low_space
from db.services.keeping.safety import notices, private_files, readable_by_others, refusals
from db.services.keeping.schedule import LATE, folder_of, second_of, standing
from db.services.keeping.soundness import KeepingError, check_pages, database_file, line_of, opened
from db.settings import Settings, SettingsError

HOUR = timedelta(hours=1)
OK, WARN, FAIL = "ok  ", "warn", "FAIL"
Finding = tuple[str, str]


def check(settings: Settings) -> tuple[bool, list[str]]:
    """Whether everything is sound, and one line per question: ok, warn or FAIL. Changes nothing."""
    findings = [*_folder(settings)]
    if settings.folder.exists():
        findings += _database(settings)
    return all(mark != FAIL for mark, _ in findings), [f"{mark} {text}" for mark, text in findings]


def _folder(settings: Settings) -> Iterator[Finding]:
    yield OK, f"settings: data in {settings.folder}, days counted in {settings.timezone}"
    if not settings.folder.exists():
        yield FAIL, "there is no data folder yet: start Linli once"
        return
    refused = list(refusals(settings))
    yield from ((FAIL, line) for line in refused)
    yield from ((WARN, line) for line in notices(settings) if not refused)
    for path in set(private_files(settings)) - set(readable_by_others(settings)):
        yield OK, f"{path.name} is readable by its owner only"
    if not settings.anchor_dir:
        yield WARN, "anchor_dir is not set: a second place for the journal's anchors, best on another disk"
    elif not Path(settings.anchor_dir).expanduser().is_dir():
        yield FAIL, f"anchor_dir can't be reached: {settings.anchor_dir}"
    low = low_space(settings)
    yield (WARN, low) if low else (OK, "free space")
    if not (settings.folder / BALLAST).exists():
        yield WARN, "there is no ballast file to delete when the disk is full; it is made at the next start"


def _database(settings: Settings) -> Iterator[Finding]:
    path = database_file(settings)
    if path is not None and not path.exists():
        yield FAIL, f"there is no database yet: {path}"
        return
    try:
        with opened(settings) as database:
            places = {"backup": folder_of(settings), "backup at the second place": second_of(settings)}
            aged = [partial(_backups, folder=folder, what=what) for what, folder in places.items() if folder]
            for question in (_pages, _schema, _journal, _calendar):
                yield _asked(question, database)
            for age in aged:
                yield _asked(age, database)
    except (SQLAlchemyError, SettingsError) as error:
        yield FAIL, f"the database can't be opened: {line_of(error)}"


def _asked(question: Callable[[Database], Finding], database: Database) -> Finding:
    try:
        return question(database)
    except (KeepingError, SQLAlchemyError) as error:
        return FAIL, line_of(error)


def _pages(database: Database) -> Finding:
    check_pages(database)
    kind = "integrity and foreign keys" if database.is_sqlite else "PostgreSQL answers"
    return OK, f"database: {kind}"


def _schema(database: Database) -> Finding:
    pending = migrations.pending(database)
    if pending:
        return FAIL, f"migrations to be applied at the next start: {', '.join(pending)}"
    return OK, "schema is up to date"


def _journal(database: Database) -> Finding:
    verdict = verify_database(database)
    if not verdict.sound:
        return FAIL, f"journal, row {verdict.seq}: {verdict.why}"
    return OK, f"journal: {verdict.rows} rows follow from one another, {verdict.anchors} anchored heads stand"


def _backups(database: Database, folder: Path, what: str) -> Finding:
    """How old the newest backup of a folder is, and whether work waits for one longer than it may."""
    settings, now = database.settings, clock.now()
    newest = next(iter(standing(folder)), None)
    after = (JournalRow.seq > (newest.seq if newest else 0), JournalRow.event != "backup")
    with database.reading() as session:
        written = session.scalar(select(func.min(JournalRow.at)).where(*after))
    since = datetime.fromisoformat(written) if written else None
    told = (
        f"the newest {what} is {(now - newest.made_at) / HOUR:.1f} hours old" if newest else f"there is no {what} yet"
    )
    if not settings.backup_hours:
        return WARN, f"{told}, and none is made by itself (backup_hours)"
    if since is not None and now - since > timedelta(hours=settings.backup_hours) + LATE:
        return FAIL, f"{told}, and what was written in the last {(now - since) / HOUR:.1f} hours is in none"
    return (OK if newest else WARN), told


def _calendar(database: Database) -> Finding:
    with database.reading() as session:
        unknown = unknown_years_in_use(session)
    if not unknown:
        return OK, "calendar: every year in which open cases fall due is known"
    years = ", ".join(f"{year} ({count} open cases)" for year, count in unknown.items())
    return WARN, f"calendar: no data for {years}; due dates there are provisional"
