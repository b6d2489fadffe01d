"""The rows of a list: what stands in the tables for a page of ids, and what it means today."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pandas as pd
from sqlalchemy import BindParameter, and_, bindparam, func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current
from db.models import Case, CaseParty, Person, Unit
from db.rules.case_flow import State, who_acts
from db.services.listing import time_left
from db.services.office import limits_in_force

ADDED = ["acting", "days_left", "working_left"]
COLUMNS = [
    "id",
    "version",
    "number",
    "state",
    "received_at",
    "next_due_on",
    "provisional",
    "grade",
    "category",
    "subject",
    "place",
    "resident",
    "contact",
    "lead_unit_id",
    "lead_unit",
    "handler_id",
    "handler",
    "note",
    "next_step",
    "open",
    "sealed",
    "anonymous",
    "bounces",
]
Row = Mapping[str, Any]

_case, _unit, _handler = Case.__table__, Unit.__table__, Person.__table__.alias("handler")
_party, _parties = CaseParty.__table__, CaseParty.__table__.alias("parties")
_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_first = select(func.min(_parties.c.id)).where(_parties.c.case_id == _case.c.id).correlate(_case).scalar_subquery()
_BESIDE = {
    "resident": _party.c.name_mask,
    "contact": _party.c.contact_mask,
    "lead_unit": _unit.c.name,
    "handler": _handler.c.name,
}
# Built once: putting this statement together anew cost more than running it.
_ROWS = (
    select(*((_BESIDE[name] if name in _BESIDE else _case.c[name]).label(name) for name in COLUMNS))
    .select_from(
        # By its case, too: an index that a row's policy leaves usable (docs/decisions/0030).
        _case.outerjoin(_party, and_(_party.c.case_id == _case.c.id, _party.c.id == _first))
        .outerjoin(_unit, _unit.c.id == _case.c.lead_unit_id)
        .outerjoin(_handler, _handler.c.id == _case.c.handler_id)
    )
    .where(_case.c.id.in_(_ids))
)


def stored(session: Session, ids: Sequence[int]) -> list[Row]:
    """The cases with these ids, in the order of the ids: COLUMNS."""
    if not ids:
        return []
    found = {row["id"]: row for row in session.connection().execute(_ROWS, {"ids": ids}).mappings()}
    return [cast(Row, found[one]) for one in ids]


def framed(session: Session, rows: Sequence[Row], **more: Sequence[object]) -> pd.DataFrame:
    """The rows with whose turn it is, the days left, and the working days left where that is soon: one frame."""
    today = clock.today(current().settings.timezone)
    rulings = limits_in_force(session, today)["bounces_before_ruling"].amount
    columns: dict[str, object] = {name: [row[name] for row in rows] for name in COLUMNS}
    columns["acting"] = [
        who_acts(State(row["state"]), anonymous=row["anonymous"], ruling=row["bounces"] >= rulings).value
        for row in rows
    ]
    columns |= time_left(session, [row["next_due_on"] for row in rows])
    for name in ("lead_unit_id", "handler_id"):
        columns[name] = pd.array([row[name] for row in rows], dtype="Int64")
    return pd.DataFrame(columns | more)
