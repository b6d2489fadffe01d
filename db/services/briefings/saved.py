"""Charts people saved: the question, never its figures; shared with roles, pinned to a desk, removed and put back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading, transaction
from db.models import ChartPin, ChartShare, Person, SavedChart
from db.rules.briefings.chart import ChartSpec
from db.rules.permissions import GRANTS, Actor, Permission, Role
from db.rules.problems import N_, Check, NotThere, Problem, Problems, Refused
from db.rules.text import cleaned
from db.services.acts import earlier, guarded, remember
from db.services.briefings.asking import question_of
from db.services.records import seen

LONGEST_NAME, MOST_LISTED, MOST_PINNED = 100, 200, 4
# Charts are shared with who can draw them.
SHARED_WITH: tuple[Role, ...] = tuple(role for role in Role if Permission.CHARTS_DRAW in GRANTS[role])


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A saved question; `mine` may be changed, `roles` are told to its owner only."""

    id: int
    version: int
    name: str
    spec: ChartSpec
    owner: str
    mine: bool
    roles: tuple[str, ...]
    pinned: bool
    saved_at: datetime
    removed: bool


@guarded(Permission.CHARTS_DRAW)
def charts(actor: Actor) -> list[Saved]:
    """Mine and those shared with a role of mine, at most MOST_LISTED, the latest first."""
    with reading() as session:
        return _told(session, actor, SavedChart.removed_at.is_(None), _within(actor))


@guarded(Permission.CHARTS_DRAW)
def removed(actor: Actor) -> list[Saved]:
    """Mine that were removed and can be put back."""
    with reading() as session:
        return _told(session, actor, SavedChart.removed_at.is_not(None), SavedChart.owner_id == actor.id)


@guarded(Permission.CHARTS_DRAW)
def chart(actor: Actor, *, chart_id: int) -> Saved:
    """One of them, removed ones of mine too; raises NotThere for what is neither mine nor shared with me."""
    with reading() as session:
        mine = SavedChart.owner_id == actor.id
        reach = or_(mine, SavedChart.removed_at.is_(None) & _within(actor))
        found = _told(session, actor, SavedChart.id == chart_id, reach)
    if not found:
        raise NotThere(f"chart {chart_id}")
    return found[0]


@guarded(Permission.CHARTS_DRAW)
def pinned(actor: Actor) -> list[Saved]:
    """What stands on my desk, in its order; a chart that is no longer shared with me is not there."""
    with reading() as session:
        mine = select(ChartPin.chart_id).where(ChartPin.person_id == actor.id)
        found = _told(session, actor, SavedChart.removed_at.is_(None), _within(actor), SavedChart.id.in_(mine))
        order = dict(session.execute(select(ChartPin.chart_id, ChartPin.position).filter_by(person_id=actor.id)).all())
    return sorted(found, key=lambda one: (order[one.id], one.id))[:MOST_PINNED]


@guarded(Permission.CHARTS_DRAW)
def save(actor: Actor, *, name: str, spec: ChartSpec, key: str) -> int:
    """Keep a question under a name, which becomes its title; answers its id. Raises Problems, Refused as drawing it."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        named = _named(actor, name, spec)
        row = SavedChart(owner_id=actor.id, name=named.title, document=named.to_json(), saved_at=clock.now())
        session.add(row)
        session.flush()
        remember(session, actor, key, "charts.save", row.id)
        return row.id


@guarded(Permission.CHARTS_DRAW)
def change(actor: Actor, *, chart_id: int, version: int, name: str, spec: ChartSpec, key: str) -> int:
    """Another name or another question for a chart of mine; answers its id. Raises Changed with both versions."""

    def write(session: Session, row: SavedChart) -> None:
        named = _named(actor, name, spec)
        seen(session, SavedChart, row.id, version, {"name": named.title})
        row.name, row.document, row.saved_at = named.title, named.to_json(), clock.now()

    return _on_mine(actor, chart_id, key, "charts.change", write)


@guarded(Permission.CHARTS_DRAW)
def remove(actor: Actor, *, chart_id: int, version: int, key: str) -> int:
    """Take a chart of mine away, from who it was shared with too; it can be put back."""

    def write(session: Session, row: SavedChart) -> None:
        seen(session, SavedChart, row.id, version, {})
        row.removed_at = clock.now()

    return _on_mine(actor, chart_id, key, "charts.remove", write)


@guarded(Permission.CHARTS_DRAW)
def restore(actor: Actor, *, chart_id: int, key: str) -> int:
    """Put a removed chart of mine back, with its shares and pins."""

    def write(_session: Session, row: SavedChart) -> None:
        row.removed_at = None

    return _on_mine(actor, chart_id, key, "charts.restore", write)


@guarded(Permission.CHARTS_SHARE)
def share(actor: Actor, *, chart_id: int, roles: Sequence[str], key: str) -> int:
    """Show a chart of mine to everybody in these roles, and to nobody else; each gets the figures that are theirs."""
    if not set(roles) <= set(SHARED_WITH):
        raise Problems(Problem("roles", N_("This is not one of the choices.")))

    def write(session: Session, row: SavedChart) -> None:
        known = set(session.scalars(select(ChartShare.role).where(ChartShare.chart_id == row.id)))
        session.execute(
            delete(ChartShare).where(ChartShare.chart_id == row.id, ChartShare.role.in_(known - set(roles)))
        )
        session.add_all(ChartShare(chart_id=row.id, role=role) for role in sorted(set(roles) - known))

    return _on_mine(actor, chart_id, key, "charts.share", write)


@guarded(Permission.CHARTS_DRAW)
def pin(actor: Actor, *, chart_id: int, key: str) -> int:
    """Put a chart on my desk, at most MOST_PINNED; answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = session.scalar(
            select(SavedChart).where(SavedChart.id == chart_id, SavedChart.removed_at.is_(None), _within(actor))
        )
        if row is None:
            raise NotThere(f"chart {chart_id}")
        if session.get(ChartPin, (actor.id, chart_id)) is None:
            _pin(session, actor, chart_id)
        remember(session, actor, key, "charts.pin", chart_id)
        return chart_id


@guarded(Permission.CHARTS_DRAW)
def unpin(actor: Actor, *, chart_id: int, key: str) -> int:
    """Take a chart off my desk; answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        found = session.get(ChartPin, (actor.id, chart_id))
        if found is not None:
            session.delete(found)
        remember(session, actor, key, "charts.unpin", chart_id)
        return chart_id


def _pin(session: Session, actor: Actor, chart_id: int) -> None:
    """What no longer shows (removed, or shared no more) gives its place up."""
    showing = select(SavedChart.id).where(SavedChart.removed_at.is_(None), _within(actor))
    pins = session.scalars(select(ChartPin).where(ChartPin.person_id == actor.id)).all()
    shown = set(session.scalars(showing.where(SavedChart.id.in_([one.chart_id for one in pins]))))
    if len(shown) >= MOST_PINNED:
        raise Problems(
            Problem("chart", N_("At most {most} charts stand on a desk. Take one off first."), {"most": MOST_PINNED})
        )
    last = max((one.position for one in pins), default=-1)
    session.add(ChartPin(person_id=actor.id, chart_id=chart_id, position=last + 1))


def _on_mine(actor: Actor, chart_id: int, key: str, act: str, write: Callable[[Session, SavedChart], None]) -> int:
    """Write once to a chart of mine; somebody else's is Refused, one I don't see is NotThere."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = session.scalar(select(SavedChart).where(SavedChart.id == chart_id).with_for_update())
        if row is None or row.owner_id != actor.id:
            shared = row is not None and session.scalar(
                select(SavedChart.id).where(SavedChart.id == row.id, _within(actor))
            )
            raise Refused("charts:change") if shared else NotThere(f"chart {chart_id}")
        write(session, row)
        session.flush()
        remember(session, actor, key, act, row.id)
        return row.id


def _named(actor: Actor, name: str, spec: ChartSpec) -> ChartSpec:
    """The question under its name, if both can be kept."""
    check = Check()
    named = " ".join(cleaned(name).split())
    check.that(named, "name", N_("Please give it a name."))
    check.that(len(named) <= LONGEST_NAME, "name", N_("At most {most} characters."), most=LONGEST_NAME)
    check.done()
    question_of(actor, spec)
    return replace(spec, title=named)


def _within(actor: Actor) -> ColumnElement[bool]:
    """Mine, or shared with a role I have."""
    shared = select(ChartShare.chart_id).where(ChartShare.role.in_([role.value for role in actor.roles]))
    return or_(SavedChart.owner_id == actor.id, SavedChart.id.in_(shared))


def _told(session: Session, actor: Actor, *conditions: ColumnElement[bool]) -> list[Saved]:
    pinned = select(func.count()).where(ChartPin.chart_id == SavedChart.id, ChartPin.person_id == actor.id)
    query = (
        select(SavedChart, Person.name, pinned.scalar_subquery())
        .join(Person, Person.id == SavedChart.owner_id)
        .where(*conditions)
        .order_by(SavedChart.saved_at.desc(), SavedChart.id.desc())
        .limit(MOST_LISTED)
    )
    found = session.execute(query).all()
    mine = [row.id for row, *_ in found if row.owner_id == actor.id]
    roles: dict[int, list[str]] = {}
    for share in session.scalars(select(ChartShare).where(ChartShare.chart_id.in_(mine))):
        roles.setdefault(share.chart_id, []).append(share.role)
    return [
        Saved(
            id=row.id,
            version=row.version,
            name=row.name,
            spec=ChartSpec.from_json(row.document),
            owner=owner,
            mine=row.owner_id == actor.id,
            roles=tuple(role for role in Role if role in roles.get(row.id, ())),
            pinned=bool(on_desk),
            saved_at=row.saved_at,
            removed=row.removed_at is not None,
        )
        for row, owner, on_desk in found
    ]
