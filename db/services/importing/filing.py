"""The file of an import in the data folder, from the moment it is put by or begun until the import is over."""

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from db import clock
from db.engine import current, transaction
from db.models import CaseImport
from db.rules.files import label_of
from db.rules.permissions import Actor
from db.services.acts import earlier, remember
from db.services.importing.mapping import Chosen, as_document
from db.services.importing.planning import Report

# The folder inside the data folder where a file waits until its import is over; no backup takes it along.
FOLDER = "imports"
_BLOCK = 1 << 20


def file_away(
    actor: Actor,
    *,
    source: bytes | Path,
    name: str,
    encoding: str,
    chosen: Callable[[Session], Chosen],
    state: str,
    key: str,
) -> int:
    """Keep a file and note its import in this state; answers the import's id, once for a key."""
    path, digest, size = _kept(source, name)
    try:
        with transaction(actor) as session:
            if (done := earlier(session, key)) is not None:
                path.unlink()
                return int(done)
            row = CaseImport(
                file_name=label_of(name),
                digest=digest,
                size=size,
                encoding=encoding,
                stored=path.name,
                document=as_document(chosen(session)),
                state=state,
                counts=json.dumps(Report("", dry_run=False).counts),
                asked_at=clock.now(),
                asked_by_id=actor.id,
                seen_at=clock.now(),
            )
            session.add(row)
            session.flush()
            remember(session, actor, key, f"importing.{state}", row.id)
            return row.id
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def path_of(row: CaseImport) -> Path:
    """Where the file of an import lies until it is over."""
    return current().settings.folder / FOLDER / (row.stored or "-")


def _kept(source: bytes | Path, name: str) -> tuple[Path, str, int]:
    """The file copied into the data folder for its owner alone; its place, digest and size."""
    folder = current().settings.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{secrets.token_hex(16)}{Path(label_of(name)).suffix.lower()}"
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for block in [source] if isinstance(source, bytes) else _blocks(source):
            digest.update(block)
            size += len(block)
            out.write(block)
    return path, digest.hexdigest(), size


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(_BLOCK), b"")
