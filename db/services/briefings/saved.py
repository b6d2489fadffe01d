"""Charts people saved: the question, never its figures; shared with roles, pinned to a desk, removed and put back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading
from db.models import ChartPin, ChartShare, SavedChart
from db.rules.briefings.chart import ChartSpec
from db.rules.permissions import GRANTS, Actor, Permission, Role
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import guarded
from db.services.briefings.asking import question_of
from db.services.records import seen
from db.services.shelf import LONGEST_NAME, Shelf
from db.services.shelf import named as name_of

__all__ = ["LONGEST_NAME", "MOST_PINNED", "SHARED_WITH", "Saved", "change", "chart", "charts", "pin", "pinned",
           "remove", "removed", "restore", "save", "share", "unpin"]  # fmt: skip
MOST_PINNED = 4
SHELF = Shelf(
    "charts", SavedChart, ChartShare, ChartPin, "chart_id", MOST_PINNED,
    N_("At most {most} charts stand on a desk. Take one off first."),
)  # fmt: skip
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
        return _told(session, actor, SavedChart.removed_at.is_(None), SHELF.within(actor))


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
        reach = or_(mine, SavedChart.removed_at.is_(None) & SHELF.within(actor))
        found = _told(session, actor, SavedChart.id == chart_id, reach)
    if not found:
        raise NotThere(f"chart {chart_id}")
    return found[0]


@guarded(Permission.CHARTS_DRAW)
def pinned(actor: Actor) -> list[Saved]:
    """What stands on my desk, in its order; a chart that is no longer shared with me is not there."""
    with reading() as session:
        places = SHELF.places(session, actor)
        found = _told(session, actor, SavedChart.removed_at.is_(None), SHELF.within(actor), SavedChart.id.in_(places))
    return sorted(found, key=lambda one: (places[one.id], one.id))[:MOST_PINNED]


@guarded(Permission.CHARTS_DRAW)
def save(actor: Actor, *, name: str, spec: ChartSpec, key: str) -> int:
    """Keep a question under a name, which becomes its title; answers its id. Raises Problems, Refused as drawing it."""

    def make() -> SavedChart:
        titled = _named(actor, name, spec)
        return SavedChart(owner_id=actor.id, name=titled.title, document=titled.to_json(), saved_at=clock.now())

    return SHELF.add(actor, key, make)


@guarded(Permission.CHARTS_DRAW)
def change(actor: Actor, *, chart_id: int, version: int, name: str, spec: ChartSpec, key: str) -> int:
    """Another name or another question for a chart of mine; answers its id. Raises Changed with both versions."""

    def write(session: Session, row: SavedChart) -> None:
        titled = _named(actor, name, spec)
        seen(session, SavedChart, row.id, version, {"name": titled.title})
        row.name, row.document, row.saved_at = titled.title, titled.to_json(), clock.now()

    return SHELF.write(actor, chart_id, key, "change", write)


@guarded(Permission.CHARTS_DRAW)
def remove(actor: Actor, *, chart_id: int, version: int, key: str) -> int:
    """Take a chart of mine away, from who it was shared with too; it can be put back."""

    def write(session: Session, row: SavedChart) -> None:
        seen(session, SavedChart, row.id, version, {})
        row.removed_at = clock.now()

    return SHELF.write(actor, chart_id, key, "remove", write)


@guarded(Permission.CHARTS_DRAW)
def restore(actor: Actor, *, chart_id: int, key: str) -> int:
    """Put a removed chart of mine back, with its shares and pins."""

    def write(_session: Session, row: SavedChart) -> None:
        row.removed_at = None

    return SHELF.write(actor, chart_id, key, "restore", write)


@guarded(Permission.CHARTS_SHARE)
def share(actor: Actor, *, chart_id: int, roles: Sequence[str], key: str) -> int:
    """Show a chart of mine to everybody in these roles, and to nobody else; each gets the figures that are theirs."""
    if not set(roles) <= set(SHARED_WITH):
        raise Problems(Problem("roles", N_("This is not one of the choices.")))
    return SHELF.write(actor, chart_id, key, "share", lambda session, row: SHELF.show_to(session, row.id, roles))


@guarded(Permission.CHARTS_DRAW)
def pin(actor: Actor, *, chart_id: int, key: str) -> int:
    """Put a chart on my desk, at most MOST_PINNED; answers its id."""
    return SHELF.put_on_desk(actor, chart_id, key)


@guarded(Permission.CHARTS_DRAW)
def unpin(actor: Actor, *, chart_id: int, key: str) -> int:
    """Take a chart off my desk; answers its id."""
    return SHELF.take_off_desk(actor, chart_id, key)


def _named(actor: Actor, name: str, spec: ChartSpec) -> ChartSpec:
    """The question under its name, if both can be kept."""
    line = name_of(name)
    question_of(actor, spec)
    return replace(spec, title=line)


def _told(session: Session, actor: Actor, *conditions: ColumnElement[bool]) -> list[Saved]:
    found = SHELF.told(session, actor, *conditions)
    roles = SHELF.roles_of(session, [row.id for row, *_ in found if row.owner_id == actor.id])
    return [
        Saved(
            id=row.id, version=row.version, name=row.name, spec=ChartSpec.from_json(row.document), owner=owner,
            mine=row.owner_id == actor.id, roles=roles.get(row.id, ()), pinned=on_desk, saved_at=row.saved_at,
            removed=row.removed_at is not None,
        )
        for row, owner, on_desk in found
    ]  # fmt: skip
