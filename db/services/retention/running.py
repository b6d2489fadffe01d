"""Carrying out what was approved: in batches, each whole or not at all, gone on with after a stop; then no trace."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import Database, current, transaction, using
from db.models import Attachment, Export, RetentionItem, RetentionReview
from db.rules.files import FOLDER
from db.rules.permissions import Actor, Permission, system_actor
from db.rules.retention import Item, RecordClass, State, Unit, lasts_until
from db.services.acts import guarded
from db.services.retention.erasing import anonymise, clear
from db.services.retention.grounds import BULKS, ROOTS, due_rows
from db.services.retention.traces import empty_log, leave_no_trace, settle

BATCH = 200
Progress = Callable[[int, int], None]


@guarded(Permission.RETENTION_APPROVE)
def carry_out(actor: Actor, *, review_id: int, progress: Progress | None = None) -> int:
    """Do what was approved, or go on with it; answers how many records it came to. `progress(done, of)` is told."""
    return _carry_out(actor, review_id, progress)


def resume(database: Database) -> int:
    """Go on with every list whose carrying out was stopped; the office does it by itself every hour."""
    with using(database):
        with database.reading() as session:
            ids = session.scalars(select(RetentionReview.id).where(RetentionReview.state == State.APPROVED)).all()
        settle(database)
        return sum(_carry_out(system_actor("retention"), one, None) for one in ids)


def _carry_out(actor: Actor, review_id: int, progress: Progress | None) -> int:
    while (stands := _step(actor, review_id)) is not None:
        if progress is not None:
            progress(*stands)
    with transaction(actor) as session:
        review = session.get(RetentionReview, review_id, with_for_update=True)
        if review is None or review.state != State.APPROVED:
            return 0
        session.execute(delete(Export))
        _take_files_off(session, review)
        one = RecordClass(review.record_class)
    # The list is over only when no trace is left: a stop in between, and it is gone on with.
    if not leave_no_trace(current(), one):
        return 0
    with transaction(actor) as session:
        review = session.get_one(RetentionReview, review_id, with_for_update=True)
        if review.state == State.APPROVED:
            review.state, review.ended_at, review.backups_until = State.DONE, clock.now(), _backups_until()
        done = review.done
    empty_log(current())
    return done


def _step(actor: Actor, review_id: int) -> tuple[int, int] | None:
    """The next batch in a transaction of its own: done and total so far, None when nothing is left."""
    with transaction(actor) as session:
        review = session.get(RetentionReview, review_id, with_for_update=True)
        if review is None or review.state != State.APPROVED:
            return None
        wanted = select(RetentionItem).where(RetentionItem.review_id == review_id, RetentionItem.state == Item.DUE)
        rows = session.scalars(wanted.order_by(RetentionItem.id).limit(BATCH)).all()
        if not rows:
            return None
        review.done += (
            _records(session, rows)
            if rows[0].root in ROOTS and rows[0].record_id > 0
            else _rows(session, review, rows[0])
        )
        return review.done, review.total


def _records(session: Session, rows: Sequence[RetentionItem]) -> int:
    anonymise(session, ROOTS[rows[0].root], {row.record_id: row.number for row in rows})
    for row in rows:
        row.state = Item.DONE
    return len(rows)


def _rows(session: Session, review: RetentionReview, line: RetentionItem) -> int:
    """A batch of the rows one line of the list stands for; the line is done when none is left."""
    bulk = BULKS[RecordClass(review.record_class)][-line.record_id]
    (key,) = bulk.table.primary_key.columns
    keys = session.scalars(select(key).where(due_rows(bulk, review.until)).limit(BATCH)).all()
    if keys:
        clear(session, bulk, keys)
    if len(keys) < BATCH:
        line.state = Item.DONE
    return len(keys)


def _take_files_off(session: Session, review: RetentionReview) -> None:
    """Take the files of emptied attachments off the disk; done before the list is over, so that none is forgotten."""
    emptied = select(Attachment.stored_name).where(Attachment.sha256 == "", Attachment.removed_at >= review.approved_at)
    for name in session.scalars(emptied):
        (current().settings.folder / FOLDER / name).unlink(missing_ok=True)


def _backups_until() -> date:
    """Until which day backups made before today still hold what went."""
    settings = current().settings
    today = clock.today(settings.timezone)
    kept = {"months": settings.backups_monthly, "weeks": settings.backups_weekly, "days": settings.backups_daily}
    ends = [lasts_until(today, kept["months"], Unit.MONTHS)]
    ends += [today + timedelta(**{name: kept[name]}) for name in ("weeks", "days")]
    return max(ends)
