"""The look before the start: a database that is damaged, missing or not ours is not started upon."""

from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from db.services.journal.anchors import anchored
from db.services.keeping.archive import read_through
from db.services.keeping.keys import backup_key, has_key
from db.services.keeping.safety import refuse_unsafe
from db.services.keeping.schedule import folder_of, second_of, standing
from db.services.keeping.soundness import KeepingError, database_file
from db.settings import Settings, SettingsError, secrets_of


def look_before_start(settings: Settings) -> None:
    """Raises SettingsError that says what is unsafe, or what is wrong and names the newest good backup.

    PostgreSQL looks for its own damage.
    """
    refuse_unsafe(settings)
    path = database_file(settings)
    if path is None:
        return
    if not path.exists() or path.stat().st_size == 0:
        if settings.folder.is_dir() and anchored(settings):
            missing = "is empty" if path.exists() else "is missing"
            raise SettingsError(f"{path} {missing}, and an office stood here; {_way_out(settings)}")
        return
    connection = dbapi2.connect(str(path), timeout=10, isolation_level=None)
    try:
        why = _fault(settings, connection)
    finally:
        connection.close()
    if why:
        raise SettingsError(f"{path} {why}; nothing was changed; {_way_out(settings)}")


def _fault(settings: Settings, connection: Any) -> str:
    try:
        if settings.encrypt_database:
            connection.execute(f"PRAGMA key = \"x'{secrets_of(settings).identity.hex()}'\"")
        connection.execute("PRAGMA query_only = 1")
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and "alembic_version" not in tables:
            return "belongs to another program"
        (finding,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except dbapi2.OperationalError as error:
        return "" if "locked" in str(error) else f"can't be read ({error})"
    except dbapi2.DatabaseError as error:
        return f"is damaged or no database ({error})"
    return "" if finding == "ok" else f"is damaged ({' '.join(str(finding).split())})"


def _way_out(settings: Settings) -> str:
    good = newest_good(settings)
    if good is None:
        return "there is no good backup in the data folder: bring one, then python manage.py restore FILE"
    return f"the newest good backup is {good.name}: python manage.py restore {good}"


def newest_good(settings: Settings) -> Path | None:
    """The newest backup that reads well from its first byte to its last, here or in the second place."""
    places = [place for place in (folder_of(settings), second_of(settings)) if place is not None]
    found = sorted((b for place in places for b in standing(place)), key=lambda b: b.made_at, reverse=True)
    for backup in found if has_key(settings) else ():
        try:
            read_through(backup.path, backup_key(settings))
        except KeepingError:
            continue
        return backup.path
    return None
