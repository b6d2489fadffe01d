"""Removing journal rows whose time is over: a sealed segment, never less than six months kept."""

from datetime import UTC, timedelta

from sqlalchemy import delete, func, select

from db import clock, journal
from db.engine import Database
from db.journal import JournalRow
from db.rules.permissions import system_actor

LEAST_MONTHS = 6  # Cybersecurity Law: network logs are kept for at least six months
DAYS_PER_MONTH = 31


def purge(database: Database) -> int:
    """Remove rows older than the setting `journal_months`, after noting what went; answers how many.

    Only the oldest unbroken stretch goes; verification starts at the note that sealed it.
    """
    months = max(LEAST_MONTHS, database.settings.journal_months)
    kept_from = (clock.now().astimezone(UTC) - timedelta(days=months * DAYS_PER_MONTH)).isoformat(
        timespec="microseconds"
    )
    with journal.purging(), database.transaction(system_actor("retention")) as session:
        first_kept = session.scalar(select(func.min(JournalRow.seq)).where(JournalRow.at >= kept_from))
        old = select(JournalRow.seq, JournalRow.mac, JournalRow.at)
        if first_kept is not None:
            old = old.where(JournalRow.seq < first_kept)
        last = session.execute(old.order_by(JournalRow.seq.desc()).limit(1)).one_or_none()
        if last is None:
            return 0
        count = select(func.count()).where(JournalRow.seq <= last.seq)
        gone = session.scalar(count) or 0
        detail: dict[str, object] = {
            "last_seq": last.seq,
            "last_mac": last.mac,
            "last_at": last.at,
            "rows": gone,
            "months": months,
        }
        journal.note(session, "journal_purged", tbl="journal", pk=last.seq, detail=detail)
        session.execute(delete(JournalRow).where(JournalRow.seq <= last.seq))
        return gone
