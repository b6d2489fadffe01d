"""Taking back the last save of a table edited in place: once, by who saved, each row that nobody changed since."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.base import Versioned
from db.engine import current, reading, transaction
from db.models import UndoableAct
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.limits_in_force import limits_in_force
from db.services.records import Saved, Values, save_each

Change = Callable[[Session, int, int, Values], None]
Rows = Mapping[int, tuple[int, Values]]


@dataclass(frozen=True)
class Table:
    """A table edited in place: what its rows are, which columns, who may, and how one row is changed."""

    model: type[Versioned]
    columns: tuple[str, ...]
    permission: Permission
    change: Change


@dataclass(frozen=True)
class LastSave:
    """The last save of a table by this person that still stands."""

    id: int
    count: int
    at: datetime


_TABLES: dict[str, Table] = {}


def table(name: str, model: type[Versioned], columns: tuple[str, ...], permission: Permission, change: Change) -> None:
    """Say of a table how its rows are changed, and so put back."""
    _TABLES[name] = Table(model, columns, permission, change)


def save_rows(session: Session, actor: Actor, name: str, part: object, rows: Rows) -> Saved:
    """Save rows of a table inside the caller's transaction, and remember what stood before; `part` names the list."""
    of, before, kind = _TABLES[name], dict[int, Values](), f"{name}:{part}"

    def change(row_id: int, version: int, values: Values) -> None:
        row = session.get(of.model, row_id)
        stood = {column: getattr(row, column) for column in of.columns} if row is not None else {}
        of.change(session, row_id, version, values)
        before[row_id] = stood

    saved = save_each(session, rows, change)
    kept = {row_id: _left(session, of, row_id, before[row_id]) for row_id in saved.saved}
    kept = {row_id: left for row_id, left in kept.items() if left["before"]}
    if kept:
        text = json.dumps(kept, ensure_ascii=False)
        session.add(UndoableAct(person_id=actor.id, at=clock.now(), kind=kind, count=len(kept), rows=text))
    return saved


def _left(session: Session, of: Table, row_id: int, stood: Values) -> dict[str, object]:
    """The version a save led to, and what it wrote over."""
    row = session.get_one(of.model, row_id)
    return {
        "version": row.version,
        "before": {column: value for column, value in stood.items() if value != getattr(row, column)},
    }


@guarded(Permission.ACCOUNT_OWN)
def last_save(actor: Actor, *, name: str, part: object) -> LastSave | None:
    """This person's last save of a list of that table, when it still stands and is not too long ago."""
    actor.must(_TABLES[name].permission)
    kind = f"{name}:{part}"
    mine = select(UndoableAct).where(UndoableAct.person_id == actor.id, UndoableAct.kind == kind)
    with reading() as session:
        newest = mine.where(UndoableAct.at >= _since(session)).order_by(UndoableAct.at.desc(), UndoableAct.id.desc())
        act = session.scalars(newest.limit(1)).one_or_none()
        return None if act is None or act.undone_at is not None else LastSave(act.id, act.count, act.at)


@guarded(Permission.ACCOUNT_OWN)
def take_back(actor: Actor, *, act_id: int, key: str) -> Saved:
    """Put every row of one's own save back that nobody changed since; the others are told and left alone.

    Raises NotThere, Refused and Problems.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        found = select(UndoableAct).where(UndoableAct.id == act_id, UndoableAct.person_id == actor.id)
        act = session.scalars(found.with_for_update()).one_or_none()
        of = None if act is None else _TABLES.get(act.kind.partition(":")[0])
        if act is None or of is None:
            raise NotThere("undoable_act")
        actor.must(of.permission)
        if act.undone_at is not None:
            raise Problems(Problem("", N_("This has been taken back already.")))
        if act.at < _since(session):
            raise Problems(Problem("", N_("This was done too long ago to be taken back.")))
        rows = {int(one): (row["version"], row["before"]) for one, row in json.loads(act.rows).items()}
        saved = save_each(session, rows, partial(of.change, session))
        act.undone_at, act.undone_by_id = clock.now(), actor.id
        remember(session, actor, key, "taking_back.take_back", list(saved.saved))
        return saved


def _since(session: Session) -> datetime:
    """How far back a save may lie (limit undo_within)."""
    today = clock.today(current().settings.timezone)
    return clock.now() - timedelta(days=limits_in_force(session, today)["undo_within"].amount)
