"""Backups by themselves: made when one is due, copied to the second place, the old ones let go by the rule."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from db import clock
from db.engine import Database
from db.rules.backups import Keep, kept
from db.services.keeping.archive import SUFFIX, digest_of
from db.services.keeping.backup import Made, journal_made, make, note_made
from db.services.keeping.disk import copy_to
from db.services.keeping.soundness import KeepingError, line_of
from db.services.keeping.state import tell, told
from db.settings import Settings

NAME = re.compile(rf"linli-(\d{{8}}-\d{{6}})-(\d+)-([0-9a-f]{{8}}){re.escape(SUFFIX)}")
SLACK = timedelta(minutes=5)  # the watch looks this often; the loss window stays within the hour all the same
LATE = timedelta(hours=2)  # beyond the hours of the setting
LONGEST = 4 * 3600
STAYS_APART = "The recovery key opens it and is not in it: print it once with `python manage.py backup-key`."


@dataclass(frozen=True)
class Standing:
    """A backup that lies in a folder."""

    path: Path
    made_at: datetime
    seq: int
    bytes: int


def standing(folder: Path) -> list[Standing]:
    """The backups of a folder by their names, newest first."""
    found = []
    for path in folder.glob(f"linli-*{SUFFIX}") if folder.is_dir() else ():
        if named := NAME.fullmatch(path.name):
            made_at = datetime.strptime(named[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
            found.append(Standing(path, made_at, int(named[2]), path.stat().st_size))
    return sorted(found, key=lambda backup: (backup.made_at, backup.seq), reverse=True)


def folder_of(settings: Settings) -> Path:
    """Where backups are kept."""
    return settings.folder / "backups"


def second_of(settings: Settings) -> Path | None:
    """The second place, or None when none is set."""
    return Path(settings.backup_dir).expanduser() if settings.backup_dir else None


def is_due(settings: Settings) -> bool:
    """Whether the newest backup is older than the setting allows; never when `backup_hours` is 0."""
    newest = next(iter(standing(folder_of(settings))), None)
    wait = timedelta(hours=settings.backup_hours) - SLACK
    return settings.backup_hours > 0 and (newest is None or clock.now() - newest.made_at >= wait)


def backup(settings: Settings, *, destination: Path | None = None) -> list[str]:
    """One backup now, for the command line; answers what to print. Raises KeepingError."""
    if destination is not None:
        made, said = make(settings, destination=destination), []
    else:
        made = keep_one(settings)
        second = told(settings).get("second", {})
        said = [f"NOT copied to {settings.backup_dir}: {second['why']}"] if second.get("why") else []
    rows = sum(made.manifest.counts.values())
    return [
        f"backup: {made.path} ({made.bytes / 1e6:.1f} MB, {made.seconds:.1f} s)",
        f"rows: {rows} in {len(made.manifest.counts)} tables; files: {made.manifest.files}",
        f"journal: row {made.manifest.seq}, head {made.manifest.mac[:16]}",
        *said,
        *note_made(settings, made),
        STAYS_APART,
    ]


def keep_one(settings: Settings) -> Made:
    """Make a backup, copy it, let old ones go, and remember how it went. Raises KeepingError."""
    with _alone(settings):
        try:
            made = make(settings)
        except Exception as error:
            tell(settings, "backup", why=line_of(error))
            raise
        tell(settings, "backup", name=made.path.name, bytes=made.bytes, seconds=round(made.seconds, 1))
        _copy(settings, made.path)
        _let_go(settings, folder_of(settings))
    return made


def backup_when_due(database: Database) -> bool:
    """Let a process of its own make a backup when one is due; journals it here. True when one was made."""
    return is_due(database.settings) and backup_apart(database)


def backup_apart(database: Database) -> bool:
    """Make a backup in a process of its own: reading it all back would hold up everybody's screens in this one."""
    before = told(database.settings).get("backup", {}).get("name")
    done = apart(database.settings, "backup")
    name = told(database.settings).get("backup", {}).get("name", "")
    if done and name != before and (named := NAME.fullmatch(name)):
        journal_made(database, name, int(named[2]))
    return done


def apart(settings: Settings, act: str) -> bool:
    """Run `python -m db.services.keeping ACT` with these settings; False when it failed, and the state tells why."""
    environment = os.environ | {f"LINLI_{f.name.upper()}": str(getattr(settings, f.name)) for f in fields(settings)}
    words: Sequence[str] = (sys.executable, "-m", "db.services.keeping", act)
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            words, env=environment, cwd=Path(__file__).parents[3], capture_output=True, timeout=LONGEST, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        tell(settings, act, why=line_of(error))
        return False
    return done.returncode == 0


def _copy(settings: Settings, path: Path) -> None:
    """To the second place, read back there; a failure is remembered and told, the backup stands all the same."""
    second = second_of(settings)
    if second is None:
        return
    try:
        copy_to(path, second)
        if digest_of(second / path.name) != digest_of(path):
            raise KeepingError("what was copied reads differently there")
        _let_go(settings, second)
    except (OSError, KeepingError) as error:
        tell(settings, "second", why=line_of(error))
    else:
        tell(settings, "second", name=path.name)


def _let_go(settings: Settings, folder: Path) -> None:
    keep = Keep(settings.backups_hourly, settings.backups_daily, settings.backups_weekly, settings.backups_monthly)
    found = standing(folder)
    stays = kept((backup.made_at for backup in found), keep, ZoneInfo(settings.timezone))
    for backup_file in found:
        if backup_file.made_at not in stays:
            backup_file.path.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One backup at a time, of however many processes."""
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(settings.folder / "keeping.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise KeepingError("another backup is being made") from None
    try:
        yield
    finally:
        lock.release()
