"""Which briefings an actor may see, loading one, and what is told of it: drafts belong to who keeps briefings."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Briefing, BriefingBlock, Person
from db.rules.briefings.issuing import Days, Kind, State
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems

ISSUED = N_("What was issued is never changed. Make a corrected edition.")


@dataclass(frozen=True)
class Head:
    """A briefing without its parts; who issued it and for which office is told as it was then.

    `editions` are the ids of all its editions by number; `version` counts changes.
    """

    id: int
    kind: Kind
    title: str
    begins: date
    ends: date
    state: State
    edition: int
    version: int
    latest: bool
    editions: dict[int, int]
    drafted_at: datetime
    drafted_by: str
    issued_at: datetime | None
    issued_by: str
    office: str
    removed: bool

    @property
    def days(self) -> Days:
        """What it is about."""
        return Days(self.begins, self.ends)


def load(session: Session, actor: Actor, briefing_id: int, *, removed: bool = False) -> Briefing:
    """The row this actor may see; raises NotThere."""
    row = session.get(Briefing, briefing_id)
    reads = row is not None and (row.state == State.ISSUED or actor.may(Permission.BRIEFINGS_KEEP))
    if row is None or not reads or (row.removed_at is not None and not removed):
        raise NotThere(f"briefing {briefing_id}")
    return row


def draft(session: Session, actor: Actor, briefing_id: int) -> Briefing:
    """The row as one to be written to; raises NotThere, and Problems when it was issued."""
    row = load(session, actor, briefing_id)
    if row.state != State.DRAFT:
        raise Problems(Problem("", ISSUED))
    return row


def head(session: Session, row: Briefing) -> Head:
    """What is told of a row."""
    kept = json.loads(row.document) if row.state == State.ISSUED else {}
    return Head(
        id=row.id,
        kind=Kind(row.kind),
        title=row.title,
        begins=row.begins,
        ends=row.ends,
        state=State(row.state),
        edition=row.edition,
        version=row.version,
        latest=not replaced(session, row.id),
        editions=_editions(session, row),
        drafted_at=row.drafted_at,
        drafted_by=session.get_one(Person, row.drafted_by_id).name,
        issued_at=row.issued_at,
        issued_by=str(kept.get("issued_by", "")),
        office=str(kept.get("office", "")),
        removed=row.removed_at is not None,
    )


def blocks_standing(session: Session, briefing_id: int) -> list[BriefingBlock]:
    """The blocks of a briefing in their order."""
    standing = select(BriefingBlock).where(BriefingBlock.briefing_id == briefing_id, BriefingBlock.removed_at.is_(None))
    return list(session.scalars(standing.order_by(BriefingBlock.position, BriefingBlock.id)))


def _editions(session: Session, row: Briefing) -> dict[int, int]:
    """Issued editions of the same briefing, and this one: number to id, the first first."""
    found = {row.edition: row.id}
    before = row.replaces_id
    while before is not None:
        one = session.get_one(Briefing, before)
        found[one.edition], before = one.id, one.replaces_id
    after: int | None = row.id
    while after is not None:
        issued = select(Briefing).where(Briefing.replaces_id == after, Briefing.state == State.ISSUED)
        later = session.scalars(issued).one_or_none()
        after = later.id if later else None
        if later is not None:
            found[later.edition] = later.id
    return dict(sorted(found.items()))


def replaced(session: Session, briefing_id: int) -> bool:
    """Whether a corrected edition of it was issued."""
    later = select(Briefing.id).where(Briefing.replaces_id == briefing_id, Briefing.state == State.ISSUED)
    return session.scalar(later) is not None
