"""The beats of acts on rows of a duty: loaded, asked, written, remembered by their key; and rows as a frame."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd
from sqlalchemy import Executable
from sqlalchemy.orm import Session

from db.base import Versioned
from db.engine import transaction
from db.models import DutyMember, DutyNeed, DutyPair, DutyPeriod, DutyPost, DutyShift
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import earlier, remember
from db.services.duty import scope
from db.services.records import Row, fill, seen

Values = Mapping[str, Any]
Part = TypeVar("Part", DutyPost, DutyShift, DutyNeed, DutyPeriod, DutyMember, DutyPair)


def added(session: Session, actor: Actor, row: Versioned, values: Values, key: str, act: str) -> int:
    """Write a new row; answers its id."""
    fill(row, values)
    session.add(row)
    session.flush()
    remember(session, actor, key, act, row.id)
    return row.id


def changed(session: Session, actor: Actor, row: Versioned, values: Values, key: str, act: str) -> int:
    """Write what changed in a row; answers its version now."""
    fill(row, values)
    session.flush()
    remember(session, actor, key, act, row.version)
    return row.version


@dataclass(frozen=True)
class Act:
    """Who acts, the key that writes once, what the act is called, and the right it needs for this duty."""

    actor: Actor
    key: str
    name: str
    permission: Permission = Permission.DUTY_MANAGE


Load = Callable[[Session, Act, Values], Row]
Checked = Callable[[Session, Row, Values], Values]


def save(
    act: Act,
    load: Load[Row],
    values: Values,
    check: Checked[Row] | None = None,
    then: Callable[[Session, Row], None] | None = None,
) -> int:
    """Write one row, once for each key; answers a new row's id, of any other its version now.

    `check` raises Problems or answers what is stored; `then` looks at what is written and may still raise.
    """
    with transaction(act.actor) as session:
        if (done := earlier(session, act.key)) is not None:
            return int(done)
        row = load(session, act, values)
        stored = check(session, row, values) if check else values
        write = added if row.id is None else changed
        answer = write(session, act.actor, row, stored, act.key, act.name)
        if then is not None:
            then(session, row)
        return answer


def new(part: type[Part], duty_id: int) -> Load[Part]:
    """A further part of a duty within reach and in use."""

    def load(session: Session, act: Act, _values: Values) -> Part:
        scope.in_use(session, act.actor, duty_id, act.permission)
        return part(duty_id=duty_id)

    return load


def standing(part: type[Part], row_id: int, version: int) -> Load[Part]:
    """A part of a duty within reach and in use, as it was seen; raises NotThere, Problems or Changed."""

    def load(session: Session, act: Act, values: Values) -> Part:
        row = session.get(part, row_id)
        if row is None:
            raise NotThere(f"{part.__tablename__} {row_id}")
        scope.in_use(session, act.actor, row.duty_id, act.permission)
        return seen(session, part, row_id, version, values)

    return load


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
