"""Taking back an act on cases: once, by who did it, while each row still stands as the act left it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

import pandas as pd
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import UndoableAct
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.office import limits_in_force
from db.services.records import Saved, Values, save_each

ACTS = ["id", "at", "kind", "count", "undone_at"]
MOST_SHOWN = 50


class Kind(StrEnum):
    """The acts that can be taken back."""

    QUICK = "quick"
    BULK = "bulk"
    HANDOVER = "handover"
    BIN = "bin"
    MERGE = "merge"


Back = Callable[[Session, Actor, str, int, int, Values], None]
_WAYS: dict[str, Back] = {}


@dataclass(frozen=True)
class Act:
    """One act of this person that can still be taken back."""

    id: int
    kind: str
    count: int
    at: datetime


def way_back(*kinds: str) -> Callable[[Back], Back]:
    """Say how one row of these kinds is put back: `back(session, actor, kind, case id, version left, values before)`.

    It raises Changed, Problems or NotThere for a row that must stay as it is.
    """

    def named(back: Back) -> Back:
        _WAYS.update(dict.fromkeys(kinds, back))
        return back

    return named


def undoable(session: Session, actor: Actor, kind: str, rows: Mapping[int, tuple[int, Values]]) -> int | None:
    """Remember an act inside its transaction: case id → (version it left, what stood before). None without rows."""
    if not rows:
        return None
    kept = {str(case_id): {"version": version, "before": dict(before)} for case_id, (version, before) in rows.items()}
    act = UndoableAct(
        person_id=actor.id, at=clock.now(), kind=kind, count=len(rows), rows=json.dumps(kept, ensure_ascii=False)
    )
    session.add(act)
    session.flush()
    return act.id


@guarded(Permission.CASES_READ)
def undo(actor: Actor, *, act_id: int, key: str) -> Saved:
    """Put every row back that nobody changed since; the others are told and left alone. Raises Problems, NotThere."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        found = select(UndoableAct).where(UndoableAct.id == act_id, UndoableAct.person_id == actor.id)
        act = session.scalars(found.with_for_update()).one_or_none()
        if act is None or act.kind not in _WAYS:
            raise NotThere("undoable_act")
        if act.undone_at is not None:
            raise Problems(Problem("", N_("This has been taken back already.")))
        if act.at < _since(session):
            raise Problems(Problem("", N_("This was done too long ago to be taken back.")))
        rows = {int(one): (row["version"], row["before"]) for one, row in json.loads(act.rows).items()}
        saved = save_each(session, rows, partial(_WAYS[act.kind], session, actor, act.kind))
        act.undone_at, act.undone_by_id = clock.now(), actor.id
        remember(session, actor, key, "case.undo", saved.saved)
        return saved


@guarded(Permission.CASES_READ)
def my_acts(actor: Actor) -> pd.DataFrame:
    """What this person did lately that can be taken back or was, newest first: columns of ACTS."""
    with reading() as session:
        rows = session.execute(_mine(actor, _since(session)).limit(MOST_SHOWN)).all()
    return pd.DataFrame([tuple(row) for row in rows], columns=ACTS)


@guarded(Permission.CASES_READ)
def latest(actor: Actor, *, within: timedelta) -> Act | None:
    """This person's last act, when it is no older than `within` and still stands."""
    with reading() as session:
        row = session.execute(_mine(actor, clock.now() - within).limit(1)).one_or_none()
    if row is None:
        return None
    act_id, at, kind, count, undone_at = row
    return Act(act_id, kind, count, at) if undone_at is None else None


def _mine(actor: Actor, since: datetime) -> Select[int, datetime, str, int, datetime | None]:
    columns = (UndoableAct.id, UndoableAct.at, UndoableAct.kind, UndoableAct.count, UndoableAct.undone_at)
    mine = select(*columns).where(UndoableAct.person_id == actor.id, UndoableAct.at >= since)
    return mine.where(UndoableAct.kind.in_(tuple(_WAYS))).order_by(UndoableAct.at.desc(), UndoableAct.id.desc())


def _since(session: Session) -> datetime:
    """How far back an act may lie (limit undo_within)."""
    today = clock.today(current().settings.timezone)
    return clock.now() - timedelta(days=limits_in_force(session, today)["undo_within"].amount)
