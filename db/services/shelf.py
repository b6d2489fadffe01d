"""What people keep under a name: their own, shared with roles, pinned to a desk, removed and put back."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from db.engine import transaction
from db.models import Person
from db.rules.permissions import Actor, Role
from db.rules.problems import N_, Check, NotThere, Problem, Problems, Refused
from db.rules.text import cleaned
from db.services.acts import earlier, remember

LONGEST_NAME, MOST_LISTED = 100, 200


@dataclass(frozen=True)
class Shelf:
    """One kind of what is kept: its table with owner_id, name, saved_at and removed_at, that of its shares and that of
    its pins, both by the column `by`; `most_pinned` stand on a desk, else the sentence `full` is told."""

    name: str
    kept: Any
    share: Any
    pin: Any
    by: str
    most_pinned: int
    full: str

    def within(self, actor: Actor) -> ColumnElement[bool]:
        """Mine, or shared with a role I have."""
        shared = select(getattr(self.share, self.by)).where(self.share.role.in_([role.value for role in actor.roles]))
        return or_(self.kept.owner_id == actor.id, self.kept.id.in_(shared))

    def told(self, session: Session, actor: Actor, *conditions: ColumnElement[bool]) -> list[tuple[Any, str, bool]]:
        """The rows, the latest first, each with its owner's name and whether it stands on my desk."""
        pinned = select(func.count()).where(getattr(self.pin, self.by) == self.kept.id, self.pin.person_id == actor.id)
        query = (
            select(self.kept, Person.name, pinned.scalar_subquery())
            .join(Person, Person.id == self.kept.owner_id)
            .where(*conditions)
            .order_by(self.kept.saved_at.desc(), self.kept.id.desc())
            .limit(MOST_LISTED)
        )
        return [(row, owner, bool(on_desk)) for row, owner, on_desk in session.execute(query)]

    def roles_of(self, session: Session, ids: Collection[int]) -> dict[int, tuple[Role, ...]]:
        """Whom these are shared with."""
        found: dict[int, set[str]] = {}
        for one in session.scalars(select(self.share).where(getattr(self.share, self.by).in_(ids))):
            found.setdefault(getattr(one, self.by), set()).add(one.role)
        return {one: tuple(role for role in Role if role in roles) for one, roles in found.items()}

    def places(self, session: Session, actor: Actor) -> dict[int, int]:
        """What is pinned to my desk, and in which place."""
        query = select(getattr(self.pin, self.by), self.pin.position).where(self.pin.person_id == actor.id)
        return dict(session.execute(query).all())

    def add(self, actor: Actor, key: str, make: Callable[[], Any]) -> int:
        """Keep what `make` answers, once; answers its id."""
        with transaction(actor) as session:
            if (done := earlier(session, key)) is not None:
                return int(done)
            row = make()
            session.add(row)
            session.flush()
            remember(session, actor, key, f"{self.name}.save", row.id)
            return int(row.id)

    def write(self, actor: Actor, pk: int, key: str, act: str, write: Callable[[Session, Any], None]) -> int:
        """Write once to one of mine; somebody else's is Refused, one I don't see is NotThere."""
        with transaction(actor) as session:
            if (done := earlier(session, key)) is not None:
                return int(done)
            row = session.scalar(select(self.kept).where(self.kept.id == pk).with_for_update())
            if row is None or row.owner_id != actor.id:
                shared = row is not None and session.scalar(
                    select(self.kept.id).where(self.kept.id == pk, self.kept.removed_at.is_(None), self.within(actor))
                )
                raise Refused(f"{self.name}:change") if shared else NotThere(f"{self.name} {pk}")
            write(session, row)
            session.flush()
            remember(session, actor, key, f"{self.name}.{act}", row.id)
            return int(row.id)

    def show_to(self, session: Session, pk: int, roles: Collection[str]) -> None:
        """Everybody in these roles, and nobody else."""
        of_it = getattr(self.share, self.by) == pk
        known = set(session.scalars(select(self.share.role).where(of_it)))
        session.execute(delete(self.share).where(of_it, self.share.role.in_(known - set(roles))))
        session.add_all(self.share(**{self.by: pk, "role": role}) for role in sorted(set(roles) - known))

    def put_on_desk(self, actor: Actor, pk: int, key: str) -> int:
        """Pin one I may see; raises NotThere, and Problems when the desk is full. Answers its id."""
        with transaction(actor) as session:
            if (done := earlier(session, key)) is not None:
                return int(done)
            standing = select(self.kept.id).where(self.kept.removed_at.is_(None), self.within(actor))
            if session.scalar(standing.where(self.kept.id == pk)) is None:
                raise NotThere(f"{self.name} {pk}")
            if session.get(self.pin, (actor.id, pk)) is None:
                places = self.places(session, actor)
                # What no longer shows (removed, or shared no more) gives its place up.
                shown = session.scalars(standing.where(self.kept.id.in_(places))).all()
                if len(shown) >= self.most_pinned:
                    raise Problems(Problem("", self.full, {"most": self.most_pinned}))
                last = max(places.values(), default=-1)
                session.add(self.pin(**{"person_id": actor.id, self.by: pk, "position": last + 1}))
            remember(session, actor, key, f"{self.name}.pin", pk)
            return pk

    def take_off_desk(self, actor: Actor, pk: int, key: str) -> int:
        """Unpin; answers its id."""
        with transaction(actor) as session:
            if (done := earlier(session, key)) is not None:
                return int(done)
            found = session.get(self.pin, (actor.id, pk))
            if found is not None:
                session.delete(found)
            remember(session, actor, key, f"{self.name}.unpin", pk)
            return pk


def named(name: str) -> str:
    """A name in one line; raises Problems for none and for one that is too long."""
    check, line = Check(), " ".join(cleaned(name).split())
    check.that(line, "name", N_("Please give it a name."))
    check.that(len(line) <= LONGEST_NAME, "name", N_("At most {most} characters."), most=LONGEST_NAME)
    check.done()
    return line
