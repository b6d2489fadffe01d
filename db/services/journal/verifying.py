"""Walks the whole chain, row by row, and compares every anchored head."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from db import journal
from db.engine import Database, current, transaction
from db.journal import FIELDS, GENESIS, JournalRow
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_
from db.services.acts import guarded
from db.services.journal.anchors import Anchor, anchored

CHUNK = 5000
MISSING = N_("A row before this one is missing or was added later.")
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Verdict:
    """`sound`, or the first row (`seq`) at which something is wrong and `why`, a catalogue entry."""

    sound: bool
    rows: int
    anchors: int
    seq: int | None = None
    why: str = ""


@guarded(Permission.JOURNAL_READ)
def verify(actor: Actor, *, progress: Progress | None = None) -> Verdict:
    """Verify the whole journal and note that it was done; `progress` is told (rows done, rows in all)."""
    verdict = verify_database(current(), progress=progress)
    with transaction(actor) as session:
        detail: dict[str, object] = {"sound": verdict.sound, "rows": verdict.rows, "anchors": verdict.anchors}
        journal.note(session, "journal_verified", tbl="journal", pk=verdict.seq or "", detail=detail)
    return verdict


def verify_database(database: Database, *, progress: Progress | None = None) -> Verdict:
    """The same for any open database, noting nothing."""
    try:
        heads = anchored(database.settings)
    except ValueError:
        return Verdict(False, 0, 0, None, N_("An anchor file is damaged."))
    with database.reading() as session:
        return verify_rows(session, database.keys.journal, heads, progress)


def verify_rows(session: Session, key: bytes, heads: list[Anchor], progress: Progress | None) -> Verdict:
    """Every row follows from the one before; anchored heads stand; what was removed was sealed first."""
    total = session.scalar(select(func.count()).select_from(JournalRow)) or 0
    wanted = {head.seq: head.mac for head in heads}
    prev, last, done, first, start = GENESIS, 0, 0, 0, GENESIS
    sealed: set[tuple[int, str]] = set()
    for row in _rows(session):
        if not done:
            first, start, prev = row.seq, row.prev, row.prev
        if row.prev != prev:
            return Verdict(False, done, 0, row.seq, MISSING)
        if journal.seal(key, prev, *(getattr(row, name) for name in FIELDS)) != row.mac:
            return Verdict(False, done, 0, row.seq, N_("This row was changed."))
        if wanted.pop(row.seq, row.mac) != row.mac:
            return Verdict(False, done, 0, row.seq, N_("An anchor kept outside says something else here."))
        if row.event == "journal_purged":
            detail = json.loads(row.after or "{}")
            sealed.add((int(detail["last_seq"]), str(detail["last_mac"])))
        prev, last, done = row.mac, row.seq, done + 1
        if progress is not None and done % CHUNK == 0:
            progress(done, total)
    if start != GENESIS and not any(mac == start for _, mac in sealed):
        return Verdict(False, done, 0, first, N_("Rows before this one were removed without a seal."))
    for seq in sorted(wanted):  # heads whose rows were not met on the way
        if seq > last:
            return Verdict(False, done, 0, seq, N_("The journal ends before a head kept outside."))
        if seq > first or not any(seq <= end for end, _ in sealed):
            return Verdict(False, done, 0, seq, N_("This row is missing, and a head kept outside knows it."))
    if progress is not None:
        progress(done, total)
    return Verdict(True, done, len(heads))


def _rows(session: Session) -> Iterator[Row[tuple[object, ...]]]:
    """All rows in order, CHUNK at a time."""
    columns = [getattr(JournalRow, name) for name in ("seq", *FIELDS, "prev", "mac")]
    last = -1
    while True:
        query = select(*columns).where(JournalRow.seq > last).order_by(JournalRow.seq).limit(CHUNK)
        found = session.execute(query).all()
        yield from found
        if len(found) < CHUNK:
            return
        last = found[-1].seq
