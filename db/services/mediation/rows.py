"""The rows of a list: what stands in the tables for a page of ids, by statements built once, and the days left."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pandas as pd
from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from db.models import Committee, Dispute, DisputeMediator, DisputeParty, Mediator
from db.services.listing import time_left

LISTED = [
    "id",
    "version",
    "whole",
    "number",
    "state",
    "received_on",
    "next_due_on",
    "days_left",
    "working_left",
    "committee",
    "category",
    "source",
    "subject",
    "parties",
    "mediators",
    "major",
    "child",
    "escalation",
]
# What somebody learns of a file of which they may only know that it exists and how it stands.
KNOWN = {"id", "version", "whole", "number", "state", "received_on", "committee"}
Row = Mapping[str, Any]
Rows = tuple[Row, ...]

_dispute, _committee = cast(Any, Dispute.__table__), cast(Any, Committee.__table__)
_party, _mediator = cast(Any, DisputeParty.__table__), cast(Any, Mediator.__table__)
_standing = cast(Any, DisputeMediator.__table__)
_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_STORED = ("id", "version", "number", "state", "received_on", "next_due_on", "category", "source", "subject")
_FLAGS = ("major", "child", "escalation")
_ROWS = (
    select(*(_dispute.c[name] for name in (*_STORED, *_FLAGS)), _committee.c.name.label("committee"))
    .select_from(_dispute.join(_committee, _committee.c.id == _dispute.c.committee_id))
    .where(_dispute.c.id.in_(_ids))
)
_PARTIES = (
    select(_party.c.dispute_id, _party.c.name_mask)
    .where(_party.c.dispute_id.in_(_ids), _party.c.removed_at.is_(None))
    .order_by(_party.c.id)
)
_MEDIATORS = (
    select(_standing.c.dispute_id, _mediator.c.name)
    .select_from(_standing.join(_mediator, _mediator.c.id == _standing.c.mediator_id))
    .where(_standing.c.dispute_id.in_(_ids), _standing.c.ended_on.is_(None))
    .order_by(_standing.c.lead.desc(), _standing.c.id)
)


def listed(session: Session, ids: Sequence[int], whole: frozenset[int], **more: Sequence[object]) -> pd.DataFrame:
    """The disputes with these ids, in the order of the ids: a frame of LISTED; what is not `whole` says little."""
    rows = [_row(row, row["id"] in whole) for row in _stored(session, ids)]
    columns: dict[str, object] = {name: [row.get(name) for row in rows] for name in LISTED}
    columns |= time_left(session, [row["next_due_on"] for row in rows])
    return pd.DataFrame(columns | more)


def _row(row: dict[str, Any], whole: bool) -> dict[str, Any]:
    if whole:
        return row | {"whole": True}
    empty = {"next_due_on": None} | dict.fromkeys(_FLAGS, False)
    return {name: value if name in KNOWN else empty.get(name, "") for name, value in row.items()} | {"whole": False}


def _stored(session: Session, ids: Sequence[int]) -> list[dict[str, Any]]:
    if not ids:
        return []
    found = {row["id"]: row for row in session.connection().execute(_ROWS, {"ids": ids}).mappings()}
    parties, mediators = _joined(session, _PARTIES, ids), _joined(session, _MEDIATORS, ids)
    return [{**found[one], "parties": parties.get(one, ""), "mediators": mediators.get(one, "")} for one in ids]


def _joined(session: Session, statement: Select[Any], ids: Sequence[int]) -> dict[int, str]:
    said: dict[int, list[str]] = {}
    for dispute_id, name in session.connection().execute(statement, {"ids": ids}):
        said.setdefault(dispute_id, []).append(name)
    return {dispute_id: "、".join(names) for dispute_id, names in said.items()}
