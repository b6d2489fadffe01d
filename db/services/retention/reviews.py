"""Review lists: proposed by one person, approved in whole or in part by another; what stays says why."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, delete, func, insert, select, true
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current, reading, transaction
from db.models import Briefing, MeetingMinutes, Person, RetentionHold, RetentionItem, RetentionReview, ScorePublication
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.rules.retention import Item, RecordClass, State, check_reason, kept_until
from db.services.acts import earlier, guarded, remember
from db.services.listing import PAGE_ROWS, Page, page_of
from db.services.records import seen
from db.services.retention.grounds import BULKS, RECORDS, due_records, due_rows
from db.services.retention.schedule import MOST, rule_of

ITEMS = ["id", "root", "record_id", "number", "counted_on", "state"]
PROTOCOL = ["id", "version", "record_class", "act", "until", "source", "state", "total", "kept", "done", "proposed_at"]
PROTOCOL += ["proposed_by", "approved_at", "approved_by", "ended_at", "backups_until", "proposed_by_id"]
HOLDS = ["id", "version", "root", "number", "reason", "held_at", "held_by"]
QUOTED = ["root", "id", "issued_at", "number"]
# What may be the number of a record, among the words of a paper.
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]*[0-9]")
OPEN = (State.PROPOSED, State.APPROVED)
_AT_ONCE = 1_000


@guarded(Permission.RETENTION_PROPOSE)
def propose(actor: Actor, *, record_class: str, key: str) -> int:
    """Put what is due today of a class on a list for somebody else to approve; answers its id. Raises Problems."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        rule = rule_of(session, record_class)
        one, today = RecordClass(rule.record_class), clock.today(current().settings.timezone)
        standing = select(RetentionReview.id).where(
            RetentionReview.record_class == record_class, RetentionReview.state.in_(OPEN)
        )
        if session.scalar(standing) is not None:
            raise Problems(Problem("record_class", N_("A list of this class is open already.")))
        review = RetentionReview(
            record_class=record_class,
            act=rule.act,
            until=kept_until(today, rule.amount, rule.unit),
            source=rule.source,
            state=State.PROPOSED,
            proposed_at=clock.now(),
            proposed_by_id=actor.id,
        )
        session.add(review)
        session.flush()
        review.total = _fill(session, review, one, rule.counted_from)
        if not review.total:
            raise Problems(Problem("record_class", N_("Nothing of this class is due.")))
        session.flush()
        remember(session, actor, key, "retention.propose", review.id)
        return review.id


@guarded(Permission.RETENTION_PROPOSE)
def items(actor: Actor, *, review_id: int, state: str = "", page: int = 1) -> Page:
    """One page of a list, what has been kept longest first: a frame of ITEMS."""
    wanted: list[ColumnElement[bool]] = [RetentionItem.review_id == review_id]
    wanted += [RetentionItem.state == state] if state else []
    with reading() as session:
        total = session.scalar(select(func.count()).select_from(RetentionItem).where(*wanted)) or 0
        place, pages = page_of(total, page)
        query = select(*(getattr(RetentionItem, name) for name in ITEMS)).where(*wanted).order_by(RetentionItem.id)
        rows = session.execute(query.limit(PAGE_ROWS).offset((place - 1) * PAGE_ROWS))
        return Page(pd.DataFrame([tuple(row) for row in rows], columns=ITEMS), total, False, place, pages)


@guarded(Permission.RETENTION_APPROVE)
def keep(actor: Actor, *, review_id: int, item_ids: Sequence[int], reason: str, key: str) -> int:
    """Leave records out of a list and hold them until released (at law, an audit); answers how many."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        review = _proposed(session, review_id)
        check_reason(reason)
        wanted = select(RetentionItem).where(
            RetentionItem.review_id == review_id, RetentionItem.id.in_(item_ids), RetentionItem.state == Item.DUE
        )
        rows = session.scalars(wanted).all()
        if not rows:
            raise Problems(Problem("item_ids", N_("Choose at least one.")))
        for row in rows:
            row.state = Item.KEPT
            if row.record_id > 0:
                session.add(
                    RetentionHold(
                        root=row.root,
                        record_id=row.record_id,
                        number=row.number,
                        reason=reason.strip(),
                        held_at=clock.now(),
                        held_by_id=actor.id,
                    )
                )
        review.kept += len(rows)
        remember(session, actor, key, "retention.keep", len(rows))
        return len(rows)


@guarded(Permission.RETENTION_APPROVE)
def approve(actor: Actor, *, review_id: int, version: int, key: str) -> int:
    """Approve what is still on a list, which is somebody else's proposal; `carry_out` does it. Answers its version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        review = _proposed(session, review_id, version)
        if review.proposed_by_id == actor.id:
            raise Problems(Problem("", N_("Somebody else approves than who proposed.")))
        review.state, review.approved_at, review.approved_by_id = State.APPROVED, clock.now(), actor.id
        session.flush()
        remember(session, actor, key, "retention.approve", review.version)
        return review.version


@guarded(Permission.RETENTION_PROPOSE)
def drop(actor: Actor, *, review_id: int, version: int, key: str) -> int:
    """Throw a list away that nobody approved; what is on it stays due. Answers its version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        review = _proposed(session, review_id, version)
        session.execute(delete(RetentionItem).where(RetentionItem.review_id == review_id))
        review.state, review.ended_at = State.DROPPED, clock.now()
        session.flush()
        remember(session, actor, key, "retention.drop", review.version)
        return review.version


@guarded(Permission.RETENTION_PROPOSE)
def quoted(actor: Actor, *, review_id: int) -> pd.DataFrame:
    """Papers that were issued and name records of a list: QUOTED. They are archive material and stay (PIPL Art. 72)."""
    of_list = RetentionItem.review_id == review_id, RetentionItem.record_id > 0
    rows = []
    with reading() as session:
        numbers = set(session.scalars(select(RetentionItem.number).where(*of_list)))
        papers = [
            select(MeetingMinutes.id, MeetingMinutes.closed_at, MeetingMinutes.document),
            select(Briefing.id, Briefing.issued_at, Briefing.document).where(Briefing.issued_at.is_not(None)),
            select(ScorePublication.id, ScorePublication.published_at, ScorePublication.document),
        ]
        for query, model in zip(papers, (MeetingMinutes, Briefing, ScorePublication), strict=True):
            for paper_id, at, document in session.execute(query) if numbers else ():
                named = sorted(numbers & set(_NUMBER.findall(document)))
                rows += [(model.__tablename__, paper_id, at, number) for number in named]
    return pd.DataFrame(rows, columns=QUOTED)


@guarded(Permission.RETENTION_PROPOSE)
def protocol(actor: Actor, *, page: int = 1, review_id: int | None = None) -> Page:
    """One page of all lists, the latest first, or one of them: who proposed, who approved, how many; PROTOCOL."""
    proposer, approver = aliased(Person), aliased(Person)
    named: dict[str, Any] = {"proposed_by": proposer.name, "approved_by": approver.name}
    columns = [named[name].label(name) if name in named else getattr(RetentionReview, name) for name in PROTOCOL]
    query = (
        select(*columns)
        .join(proposer, proposer.id == RetentionReview.proposed_by_id)
        .outerjoin(approver, approver.id == RetentionReview.approved_by_id)
        .where(RetentionReview.id == review_id if review_id is not None else true())
        .order_by(RetentionReview.id.desc())
    )
    with reading() as session:
        total = 1 if review_id is not None else session.scalar(select(func.count()).select_from(RetentionReview)) or 0
        place, pages = page_of(total, page)
        rows = session.execute(query.limit(PAGE_ROWS).offset((place - 1) * PAGE_ROWS))
        return Page(pd.DataFrame([tuple(row) for row in rows], columns=PROTOCOL), total, False, place, pages)


@guarded(Permission.RETENTION_PROPOSE)
def holds(actor: Actor) -> pd.DataFrame:
    """Records that stay although their time is over: columns of HOLDS."""
    query = (
        select(*(getattr(RetentionHold, name) for name in HOLDS[:-1]), Person.name)
        .join(Person, Person.id == RetentionHold.held_by_id)
        .where(RetentionHold.released_at.is_(None))
        .order_by(RetentionHold.id.desc())
    )
    with reading() as session:
        return pd.DataFrame([tuple(row) for row in session.execute(query)], columns=HOLDS)


@guarded(Permission.RETENTION_APPROVE)
def release(actor: Actor, *, hold_id: int, version: int, key: str) -> int:
    """Let a record go its way again: it is due on the next list. Answers the new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        hold = seen(session, RetentionHold, hold_id, version, {})
        hold.released_at = clock.now()
        session.flush()
        remember(session, actor, key, "retention.release", hold.version)
        return hold.version


def _proposed(session: Session, review_id: int, version: int | None = None) -> RetentionReview:
    """The list while nobody has decided on it; at the version seen, when the act names one."""
    review = session.get(RetentionReview, review_id, with_for_update=True)
    if review is None or version is not None:
        review = seen(session, RetentionReview, review_id, version or 0, {})
    if review.state != State.PROPOSED:
        raise NotThere("retention_review")
    return review


def _fill(session: Session, review: RetentionReview, one: RecordClass, counted_from: str) -> int:
    """Write what is due onto the list: records one by one, other rows as one line per table; answers how many."""
    if one not in RECORDS:
        return _fill_bulk(session, review, one)
    root, due = due_records(one, counted_from, review.until)
    day = root.table.c[counted_from]
    query = select(root.table.c.id, root.number, day).where(due).order_by(day, root.table.c.id).limit(MOST)
    rows = [
        {
            "review_id": review.id,
            "root": root.name,
            "record_id": row[0],
            "number": row[1],
            "counted_on": _day(row[2]),
            "state": Item.DUE.value,
        }
        for row in session.execute(query)
    ]
    for at in range(0, len(rows), _AT_ONCE):
        session.execute(insert(RetentionItem), rows[at : at + _AT_ONCE])
    return len(rows)


def _fill_bulk(session: Session, review: RetentionReview, one: RecordClass) -> int:
    total = 0
    for place, bulk in enumerate(BULKS[one]):
        found = session.scalar(select(func.count()).select_from(bulk.table).where(due_rows(bulk, review.until))) or 0
        if found:
            line = RetentionItem(review_id=review.id, root=bulk.table.name, record_id=-place, number=str(found))
            line.counted_on, line.state = review.until, Item.DUE
            session.add(line)
            total += found
    return total


def _day(at: Any) -> date:
    return at if not hasattr(at, "astimezone") else clock.day_of(at, current().settings.timezone)
