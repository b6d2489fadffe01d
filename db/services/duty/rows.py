"""The last beats of acts on rows of a duty: written, remembered by their key, and read into a frame."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import pandas as pd
from sqlalchemy import Executable
from sqlalchemy.orm import Session

from db.base import Versioned
from db.models import DutyMember, DutyNeed, DutyPair, DutyPeriod, DutyPost, DutyShift
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import remember
from db.services.duty import scope
from db.services.records import fill, seen

Part = TypeVar("Part", DutyPost, DutyShift, DutyNeed, DutyPeriod, DutyMember, DutyPair)


def added(session: Session, actor: Actor, row: Versioned, values: Mapping[str, object], key: str, act: str) -> int:
    """Write a new row; answers its id."""
    fill(row, values)
    session.add(row)
    session.flush()
    remember(session, actor, key, act, row.id)
    return row.id


def changed(session: Session, actor: Actor, row: Versioned, values: Mapping[str, object], key: str, act: str) -> int:
    """Write what changed in a row; answers its version now."""
    fill(row, values)
    session.flush()
    remember(session, actor, key, act, row.version)
    return row.version


def frame(
    session: Session, query: Executable, columns: list[str], *numbers: str, of: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """The rows of a query under these names; `numbers` may be missing, `of` what the query is bound to."""
    return framed(session.execute(query, of), columns, dict.fromkeys(numbers, "Int64"))


def framed(rows: Iterable[Sequence[object]], columns: Sequence[str], types: Mapping[str, Any]) -> pd.DataFrame:
    """Rows under these names; `types` of the columns that have one of their own.

    Column by column, because changing the types of a frame costs more than the query behind it.
    """
    listed = list(zip(*rows, strict=True)) or [()] * len(columns)
    told: dict[str, Any] = {}
    for name, values in zip(columns, listed, strict=True):
        kind = types.get(name, None if values else "object")
        told[name] = list(values) if kind is None else pd.array(values, dtype=kind)
    return pd.DataFrame(told)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame by column name, None where a number is missing; column by column, as `framed` builds it."""
    names = [str(name) for name in frame]
    columns = ([None if one is pd.NA else one for one in frame[name].tolist()] for name in frame)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def own(
    session: Session,
    actor: Actor,
    part: type[Part],
    row_id: int,
    version: int,
    mine: Mapping[str, object],
    permission: Permission = Permission.DUTY_PLAN,
) -> Part:
    """A part of a duty within reach and in use, as it was seen; raises NotThere, Problems or Changed."""
    row = session.get(part, row_id)
    if row is None:
        raise NotThere(f"{part.__tablename__} {row_id}")
    scope.in_use(session, actor, row.duty_id, permission)
    return seen(session, part, row_id, version, mine)
