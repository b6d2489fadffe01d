"""One row in every table, made from the metadata: one matter of another unit, every row linked to the others.

Every row bears the same number, so that any `..._id` of any service, written today or next year, names a record of
this other world.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import time, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Boolean, Column, Date, Float, Integer, LargeBinary, Numeric, Table, Time, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import Base, Moment
from db.engine import Database
from db.journal import JournalRow
from db.rules.files import FOLDER
from db.rules.permissions import Actor, Role
from tests.factories import NOW, SYSTEM

ROW = 900
# A unit below the other world's, and one beside it: who sits there has no part in it.
BELOW, BESIDE = 901, 902
# What a column must hold so that the rest of its row makes sense.
SAYS: dict[str, object] = {
    "unit.parent_id": None,
    "unit.path": f"/{ROW}/",
    "person.active": True,
    "person_role.role": Role.HANDLER.value,
    "rota_search.result": "{}",
    "layout.register": "cases",
    "duty_absence.kind": "leave",
    "score_entry.computed": 1,
    "score_entry.basis": '{"records": [], "missed": []}',
    "undoable_act.kind": "bulk",
    "undoable_act.rows": json.dumps({str(ROW): {"version": 1, "before": {}}}),
}
# The same world at other times: what no service finds in the first is looked for in these.
STATES: Mapping[str, Mapping[str, Mapping[str, object]]] = MappingProxyType(
    {
        "as it is": {},
        "served": {
            "rota": {"state": "published"},
            "rota_place": {"begins_at": NOW - timedelta(hours=1), "ends_at": NOW + timedelta(hours=9)},
            "duty_absence": {"kind": "avoid"},
            "assessment": {"kind": "ladder"},
            "undoable_act": {"kind": "ledgers:"},
        },
        "to be served": {
            "rota": {"state": "published"},
            "rota_place": {"begins_at": NOW + timedelta(days=2), "ends_at": NOW + timedelta(days=2, hours=9)},
            "duty_swap": {"state": "taken"},
        },
        "in the bin": {
            "case_file": {"gone": "binned", "gone_at": NOW, "open": False},
            "rota": {"state": "discarded"},
        },
        "merged": {"case_file": {"gone": "merged", "gone_at": NOW, "open": False, "merged_into_id": BELOW}},
    }
)
PLAIN: tuple[tuple[type, object], ...] = (
    (Boolean, False),
    (Moment, NOW),
    (Date, NOW.date()),
    (Time, time(9, 0)),
    (Integer, 1),
    (Float, 1.0),
    (Numeric, 1),
    (LargeBinary, b"900"),
)


def fill(database: Database, only: Collection[str] = ()) -> list[str]:
    """Insert the rows (of these tables `only`), two units and people who are strangers; answers the tables' names."""
    tables = [table for table in _tables() if not only or table.name in only]
    with database.transaction(SYSTEM) as session:
        for table in tables:
            _row(session, table, {one.name for one in tables})
        let_strangers_come(session)
        unit = Base.metadata.tables["unit"]
        below = {"id": BELOW, "path": f"/{ROW}/{BELOW}/", "name": str(BELOW)}
        session.execute(insert(unit).values(row_of(unit) | below))
        # Their case has a twin it may be merged into, and their limits say what the first ones of the office say.
        case, rule = Base.metadata.tables["case_file"], Base.metadata.tables["limit_rule"]
        if case in tables:
            twin = {"id": BELOW, "number": str(BELOW), "running": BELOW}
            session.execute(insert(case).values(row_of(case) | twin))
        limits = session.execute(select(rule).where(rule.c.limit_set_id == 1)).mappings()
        session.execute(
            insert(rule), [dict(one) | {"id": ROW + i, "limit_set_id": ROW} for i, one in enumerate(limits)]
        )
    folder = database.settings.folder / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "77").write_bytes(b"900")
    return [table.name for table in tables]


def let_strangers_come(session: Session) -> None:
    """A unit beside every other, and somebody of each role in it who has no part in anything."""
    unit, person = Base.metadata.tables["unit"], Base.metadata.tables["person"]
    beside = {"id": BESIDE, "path": f"/{BESIDE}/", "name": str(BESIDE), "parent_id": None}
    session.execute(insert(unit).values(row_of(unit) | beside))
    for role in Role:
        one = {"id": stranger(role).id, "username": f"stranger {role}", "unit_id": BESIDE}
        session.execute(insert(person).values(row_of(person) | one))


def stranger(role: Role, unit_id: int = BESIDE) -> Actor:
    """Somebody of this role who has no part in the other world: of the unit beside it, or below it."""
    path = f"/{ROW}/{BELOW}/" if unit_id == BELOW else f"/{unit_id}/"
    return Actor(id=800 + list(Role).index(role), name=role.value, roles=frozenset({role}), unit_id=unit_id,
                 unit_path=path, origin="trust")  # fmt: skip


def one_of_them() -> Actor:
    """The person everything of the other world belongs to, with every role."""
    return Actor(id=ROW, name="900", roles=frozenset(Role), unit_id=ROW, unit_path=f"/{ROW}/", origin="trust")


@contextmanager
def at_another_time(database: Database, state: str) -> Iterator[None]:
    """The rows of the other world as they are in one of STATES, and afterwards as they were."""
    were = []
    with database.transaction(SYSTEM) as session:
        for name, values in STATES[state].items():
            table = Base.metadata.tables[name]
            row = session.execute(select(table).where(table.c.id == ROW)).mappings().one()
            were.append((table, {column: row[column] for column in values}))
            session.execute(update(table).where(table.c.id == ROW).values(**values))
    try:
        yield
    finally:
        with database.transaction(SYSTEM) as session:
            for table, values in were:
                session.execute(update(table).where(table.c.id == ROW).values(**values))


def row_of(table: Table) -> dict[str, object]:
    """A value for every column."""
    return {column.name: _value(table, column) for column in table.columns}


def _row(session: Session, table: Table, known: set[str]) -> None:
    """Linked to everything known it may be linked to, or, where only one link may stand, to the first that may."""
    whole = row_of(table)
    absent = [
        c.name for c in table.columns if c.foreign_keys and not known & {k.column.table.name for k in c.foreign_keys}
    ]
    whole |= {name: None for name in absent if table.columns[name].nullable}
    may_be_empty = [c.name for c in table.columns if c.foreign_keys and c.nullable and whole[c.name] is not None]
    alone = [whole | dict.fromkeys(may_be_empty) | {name: ROW} for name in may_be_empty]
    for values in (whole, *alone):
        with suppress(IntegrityError), session.begin_nested():
            session.execute(insert(table).values(values))
            return
    raise AssertionError(f"no row of {table.name} can be made from the metadata: say in SAYS what it must hold")


# What takes a record away from the very people it belongs to, what the rest is counted by, what the triggers write.
LEFT_OUT = {"case_recusal", "limit_rule", JournalRow.__tablename__}


def _tables() -> Iterator[Table]:
    return (table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT)


def _value(table: Table, column: Column[Any]) -> object:
    name = f"{table.name}.{column.name}"
    if name in SAYS:
        return SAYS[name]
    links = column.foreign_keys or column.primary_key
    if links and isinstance(column.type, Integer):
        return None if column.nullable and column.name not in LINKED else ROW
    if column.nullable:
        return None
    default = column.default
    if default is not None and default.is_scalar:
        return default.arg  # type: ignore[attr-defined]
    return next((value for kind, value in PLAIN if isinstance(column.type, kind)), "77")


# What may be empty and says whose a row is.
LINKED = {"case_id", "dispute_id", "work_id", "unit_id", "person_id", "handler_id", "mediator_id", "rota_id"}
LINKED |= {"lead_unit_id", "member_id", "taker_id"}
