"""What the keeping last did, beside the database: a restored database must not tell of another disk's luck."""

import json
import os
from datetime import datetime
from typing import Any

from filelock import FileLock

from db import clock
from db.settings import Settings

FILE = "keeping.json"


def told(settings: Settings) -> dict[str, dict[str, Any]]:
    """The last act of each kind (backup, second, drill, key, hourly) by name; a damaged file tells nothing."""
    try:
        stored = json.loads((settings.folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def tell(settings: Settings, act: str, *, why: str = "", **values: object) -> None:
    """Remember an act that went well, or why it failed; what went well before stays known."""
    now = clock.now().isoformat(timespec="seconds")
    part = settings.folder / f"{FILE}.part"
    with FileLock(settings.folder / f"{FILE}.lock", mode=0o600):
        known = told(settings)
        before = known.get(act, {})
        known[act] = before | {"why": why, "failed_at": now} if why else {"at": now, "why": ""} | values
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            json.dump(known, out, indent=2, ensure_ascii=False)
        part.replace(settings.folder / FILE)


def moment(text: object) -> datetime | None:
    """A moment out of the file, or None."""
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
