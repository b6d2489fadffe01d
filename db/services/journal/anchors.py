"""The journal's head written outside the database, so that a tail that was cut off is missed."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select

from db import clock
from db.engine import Database
from db.journal import JournalRow
from db.settings import Settings

FILE = "journal-anchors.txt"


@dataclass(frozen=True)
class Anchor:
    """A head that once stood. `restored` names the backup it came from: later heads fell away then."""

    seq: int
    mac: str
    at: str
    restored: str = ""


def anchor(database: Database, *, restored: str = "") -> Anchor | None:
    """Append the present head to every anchor file that doesn't end with it; None for an empty journal.

    Raises OSError when a file can't be written, after trying every one of them.
    """
    with database.reading() as session:
        row = session.execute(
            select(JournalRow.seq, JournalRow.mac).order_by(JournalRow.seq.desc()).limit(1)
        ).one_or_none()
    if row is None:
        return None
    head = Anchor(row.seq, row.mac, clock.now().isoformat(timespec="seconds"), restored)
    failure: OSError | None = None
    for path in anchor_files(database.settings):
        try:
            _append(path, head)
        except OSError as error:
            failure = error
    if failure is not None:
        raise failure
    return head


def anchored(settings: Settings) -> list[Anchor]:
    """Every anchored head that must still stand, of all files; raises ValueError for a damaged line."""
    found: set[Anchor] = set()
    for path in anchor_files(settings):
        if path.exists():
            found |= set(_standing(path))
    return sorted(found, key=lambda a: a.seq)


def newest_anchors(settings: Settings) -> list[Anchor | None]:
    """The last head of each anchor file; None for a file that is missing or damaged."""
    return [_last(path) for path in anchor_files(settings)]


def anchor_files(settings: Settings) -> list[Path]:
    """Where anchors are kept: the data folder, and the second place when one is set."""
    folders = [settings.folder, *([Path(settings.anchor_dir).expanduser()] if settings.anchor_dir else [])]
    return [folder / FILE for folder in folders]


def _last(path: Path) -> Anchor | None:
    try:
        return Anchor(**json.loads(path.read_text(encoding="utf-8").rstrip("\n").rpartition("\n")[2]))
    except (OSError, ValueError, TypeError):
        return None


def _standing(path: Path) -> list[Anchor]:
    """A restore takes back what came after the backup; heads from before it must stand still."""
    heads: list[Anchor] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            head = Anchor(**json.loads(line))
        except (ValueError, TypeError):
            raise ValueError(f"{path}, line {number}: not an anchor") from None
        if head.restored:
            heads = [earlier for earlier in heads if earlier.seq <= head.seq]
        heads.append(head)
    return heads


def _append(path: Path, head: Anchor) -> None:
    if path.exists() and not head.restored:
        last = path.read_text(encoding="utf-8").rstrip("\n").rpartition("\n")[2]
        if last and json.loads(last)["mac"] == head.mac:
            return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
        file.write(json.dumps(asdict(head)) + "\n")
        file.flush()
        os.fsync(file.fileno())
