"""Briefings: the list, what is due, a new one, its title and days, removed drafts, and corrected editions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current, reading, transaction
from db.models import Briefing, BriefingBlock, Person
from db.rules.briefings.issuing import BlockKind, Days, Kind, State, due_days, first_choice
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, Problem, Problems
from db.rules.text import cleaned
from db.services.acts import earlier, guarded, remember
from db.services.briefings import templates
from db.services.briefings.scope import Head, blocks_standing, draft, head, load, replaced
from db.services.duty.rows import framed
from db.services.records import fill, seen

LONGEST_TITLE = 120
BRIEFINGS = ["id", "kind", "title", "begins", "ends", "state", "edition", "latest", "issued_at", "issued_by"]
BRIEFINGS += ["drafted_at", "drafted_by", "version"]
DRAFTS = ["id", "kind", "title", "begins", "ends"]
DUE = ["kind", "begins", "ends", "briefing_id", "title", "source"]
MOST = 200

_later = aliased(Briefing)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was asked of the list; empty means any."""

    kind: str = ""
    state: str = ""
    year: int | None = None
    removed: bool = False


@guarded(Permission.BRIEFINGS_READ)
def briefings(actor: Actor, *, choice: Choice = Choice()) -> pd.DataFrame:
    """The newest first, at most 200: columns of BRIEFINGS. Drafts are seen by who keeps briefings only."""
    drafted, issued = aliased(Person), aliased(Person)
    standing = select(_later.id).where(_later.replaces_id == Briefing.id, _later.state == State.ISSUED).exists()
    query = (
        select(Briefing, (~standing).label("latest"), drafted.name.label("drafted"), issued.name.label("issued"))
        .join(drafted, drafted.id == Briefing.drafted_by_id)
        .outerjoin(issued, issued.id == Briefing.issued_by_id)
        .where(Briefing.removed_at.is_not(None) if choice.removed else Briefing.removed_at.is_(None))
        .order_by(Briefing.begins.desc(), Briefing.ends.desc(), Briefing.id.desc())
        .limit(MOST)
    )
    if choice.kind:
        query = query.where(Briefing.kind == choice.kind)
    if choice.state:
        query = query.where(Briefing.state == choice.state)
    if choice.year is not None:
        query = query.where(Briefing.begins <= date(choice.year, 12, 31), Briefing.ends >= date(choice.year, 1, 1))
    if not actor.may(Permission.BRIEFINGS_KEEP):
        query = query.where(Briefing.state == State.ISSUED)
    with reading() as session:
        told = [
            (
                *(row.id, row.kind, row.title, row.begins, row.ends, row.state, row.edition, bool(latest)),
                *(row.issued_at, issuer or "", row.drafted_at, drafter, row.version),
            )
            for row, latest, drafter, issuer in session.execute(query)
        ]
    return framed(told, BRIEFINGS, {})


@guarded(Permission.BRIEFINGS_READ)
def years(actor: Actor) -> list[int]:
    """The years briefings are about, the newest first; this year always."""
    with reading() as session:
        first, last = session.execute(select(func.min(Briefing.begins), func.max(Briefing.ends))).one()
    today = _today()
    return list(
        range(max(today.year, last.year if last else 0), min(today.year, first.year if first else 9999) - 1, -1)
    )


@guarded(Permission.BRIEFINGS_READ)
def due(actor: Actor) -> pd.DataFrame:
    """What ought to be written by now and is not issued (R-92, R-97): columns of DUE; a draft of it is named."""
    told = []
    with reading() as session:
        for kind in templates.due_kinds():
            standing = select(Briefing).where(Briefing.kind == kind, Briefing.removed_at.is_(None))
            since = session.scalar(select(func.min(standing.subquery().c.begins)))
            for days in due_days(kind, _today(), since):
                found = session.scalars(standing.where(Briefing.begins == days.begins, Briefing.ends == days.ends))
                known = {row.state: (row.id, row.title) for row in found}
                if State.ISSUED not in known:
                    draft_id, title = known.get(State.DRAFT, (None, ""))
                    told.append((kind.value, days.begins, days.ends, draft_id, title, templates.source_of(kind)))
    return framed(told, DUE, {"briefing_id": "Int64"})


@guarded(Permission.BRIEFINGS_KEEP)
def drafts(actor: Actor) -> pd.DataFrame:
    """Drafts a chart can be put in, the newest first: columns of DRAFTS."""
    query = select(*(getattr(Briefing, name) for name in DRAFTS)).where(
        Briefing.state == State.DRAFT, Briefing.removed_at.is_(None)
    )
    with reading() as session:
        rows = session.execute(query.order_by(Briefing.begins.desc(), Briefing.id.desc()).limit(MOST)).all()
    return framed([tuple(row) for row in rows], DRAFTS, {})


@guarded(Permission.BRIEFINGS_READ)
def briefing(actor: Actor, *, briefing_id: int) -> Head:
    """One of them; raises NotThere, for a draft too to who only reads."""
    with reading() as session:
        return head(session, load(session, actor, briefing_id, removed=True))


@guarded(Permission.BRIEFINGS_KEEP)
def first_days(actor: Actor, *, kind: str) -> Days:
    """What a new briefing of a kind is about unless somebody says otherwise."""
    return first_choice(_kind(kind), _today())


@guarded(Permission.BRIEFINGS_KEEP)
def new(
    actor: Actor,
    *,
    kind: str,
    begins: date | None,
    ends: date | None,
    title: str = "",
    like_last: bool = True,
    language: str,
    key: str,
) -> int:
    """Begin a draft: with the blocks of the last one of its kind, or those of the preset. Answers its id."""
    of = _kind(kind)
    days = _days(begins, ends)
    title = _title(title.strip() or templates.title_of(of, days, language))
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        last = _last(session, of) if like_last else None
        row = _draft(session, actor, of, days, title)
        _fill(session, row, _blocks(session, last.id) if last else templates.blocks_of(of, language))
        remember(session, actor, key, "briefings.new", row.id)
        return row.id


@guarded(Permission.BRIEFINGS_KEEP)
def change(
    actor: Actor, *, briefing_id: int, version: int, title: str, begins: date | None, ends: date | None, key: str
) -> int:
    """Correct title and days of a draft; answers its version. Charts and figures follow the days."""
    days = _days(begins, ends)
    values = {"title": _title(title.strip()), "begins": days.begins, "ends": days.ends}
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = seen(session, Briefing, draft(session, actor, briefing_id).id, version, values)
        fill(row, values)
        session.flush()
        remember(session, actor, key, "briefings.change", row.version)
        return row.version


@guarded(Permission.BRIEFINGS_KEEP)
def remove(actor: Actor, *, briefing_id: int, version: int, key: str) -> None:
    """Put a draft in the bin."""
    with transaction(actor) as session:
        if earlier(session, key) is None:
            row = seen(session, Briefing, draft(session, actor, briefing_id).id, version, {})
            row.removed_at = clock.now()
            remember(session, actor, key, "briefings.remove", row.id)


@guarded(Permission.BRIEFINGS_KEEP)
def restore(actor: Actor, *, briefing_id: int, key: str) -> int:
    """Take a draft out of the bin; answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = load(session, actor, briefing_id, removed=True)
        if row.replaces_id is not None and _draft_of(session, row.replaces_id) not in (None, row.id):
            raise Problems(Problem("", N_("Another corrected edition is being written already.")))
        row.removed_at = None
        remember(session, actor, key, "briefings.restore", row.id)
        return row.id


@guarded(Permission.BRIEFINGS_KEEP)
def correct(actor: Actor, *, briefing_id: int, key: str) -> int:
    """Begin the corrected edition of an issued briefing: a draft with the same blocks; answers its id.

    The first one stays as it was issued. Raises Problems unless it is the newest, and answers the draft there is.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = load(session, actor, briefing_id)
        check = Check()
        check.that(row.state == State.ISSUED, "", N_("Only an issued briefing gets a corrected edition."))
        check.that(not replaced(session, row.id), "", N_("A corrected edition was issued already; correct that one."))
        check.done()
        found = _draft_of(session, row.id)
        if found is None:
            made = _draft(session, actor, Kind(row.kind), Days(row.begins, row.ends), row.title)
            made.edition, made.replaces_id = row.edition + 1, row.id
            _fill(session, made, _blocks(session, row.id))
            found = made.id
        remember(session, actor, key, "briefings.correct", found)
        return found


def _draft_of(session: Session, replaces_id: int) -> int | None:
    """The draft of a corrected edition there is already."""
    waiting = select(Briefing.id).where(
        Briefing.replaces_id == replaces_id, Briefing.state == State.DRAFT, Briefing.removed_at.is_(None)
    )
    return session.scalar(waiting.limit(1))


def _last(session: Session, kind: Kind) -> Briefing | None:
    """The newest briefing of a kind, issued or not."""
    standing = select(Briefing).where(Briefing.kind == kind, Briefing.removed_at.is_(None))
    return session.scalars(standing.order_by(Briefing.begins.desc(), Briefing.id.desc()).limit(1)).one_or_none()


def _draft(session: Session, actor: Actor, kind: Kind, days: Days, title: str) -> Briefing:
    row = Briefing(
        kind=kind,
        begins=days.begins,
        ends=days.ends,
        title=title,
        state=State.DRAFT,
        drafted_at=clock.now(),
        drafted_by_id=actor.id,
    )
    session.add(row)
    session.flush()
    return row


def _blocks(session: Session, briefing_id: int) -> list[templates.Made]:
    """The blocks of another briefing, to begin with."""
    standing = blocks_standing(session, briefing_id)
    return [templates.Made(BlockKind(one.kind), one.text, one.document) for one in standing]


def _fill(session: Session, row: Briefing, made: Sequence[templates.Made]) -> None:
    session.add_all(
        BriefingBlock(briefing_id=row.id, position=place, kind=one.kind, text=one.text, document=one.document)
        for place, one in enumerate(made)
    )
    session.flush()


def _kind(kind: str) -> Kind:
    if kind not in set(Kind):
        raise Problems(Problem("kind", N_("This is not one of the choices.")))
    return Kind(kind)


def _days(begins: date | None, ends: date | None) -> Days:
    check = Check()
    check.that(begins is not None, "begins", N_("Choose a day."))
    check.that(ends is not None, "ends", N_("Choose a day."))
    if begins is not None and ends is not None:
        days = Days(begins, ends)
        check.that(days.fine, "ends", N_("The last day is not before the first, and at most five years after it."))
        check.done()
        return days
    check.done()
    raise AssertionError


def _title(title: str) -> str:
    title = cleaned(title)
    check = Check()
    check.that(title, "title", N_("Give it a title."))
    check.that(len(title) <= LONGEST_TITLE, "title", N_("At most {most} characters."), most=LONGEST_TITLE)
    check.done()
    return title


def _today() -> date:
    return clock.today(current().settings.timezone)
