"""Databases nobody may start: one that was moved away from, one in the middle of a restore."""

import json
import os
from pathlib import Path

from sqlalchemy.engine import make_url

from db.settings import Settings

FILE = "closed.json"


def why_closed(settings: Settings) -> str:
    """Why the database of these settings must not be opened; "" when it may."""
    return _closed(settings).get(_address(settings.url), "")


def close_off(settings: Settings, why: str) -> None:
    """Let nobody open the database of these settings; `why` says what to do instead."""
    _write(settings, _closed(settings) | {_address(settings.url): why})


def reopen(settings: Settings) -> None:
    """Let it be opened again."""
    closed = _closed(settings)
    if closed.pop(_address(settings.url), None) is not None:
        _write(settings, closed)


def _closed(settings: Settings) -> dict[str, str]:
    path = settings.folder / FILE
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _write(settings: Settings, closed: dict[str, str]) -> None:
    part = settings.folder / f"{FILE}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(closed, out, indent=2, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    part.replace(settings.folder / FILE)


def _address(url: str) -> str:
    """One database, whoever signs in to it."""
    made = make_url(url)
    if made.drivername.startswith("sqlite"):
        return str(Path(made.database or "").resolve())
    return f"{made.host or made.query.get('host', '')}:{made.port or ''}/{made.database}"
