"""What stands beside a case, read by statements built once: rebuilding them cost more than running them."""

import json
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import BindParameter, Select, Table, bindparam, func, or_, select
from sqlalchemy.orm import Session

from db.models import (
    Attachment,
    CaseAccess,
    CaseEntry,
    CaseLink,
    CaseParty,
    CaseReview,
    CaseVisit,
    Person,
    Unit,
)

Row = Mapping[str, Any]
Rows = tuple[Row, ...]
TIMELINE_ROWS = 200
_EVERYTHING = 1_000_000


def _of(model: Any) -> Table:
    table: Table = model.__table__
    return table


_person, _unit = _of(Person).c, _of(Unit).c
_case_id: BindParameter[int] = bindparam("case_id")


def _own(model: Any, *names: str) -> list[Any]:
    columns = _of(model).c
    return [columns[name] for name in names]


_PARTIES = (
    select(
        *_own(CaseParty, "role"),
        _of(CaseParty).c.name_mask.label("name"),
        _of(CaseParty).c.contact_mask.label("contact"),
    )
    .where(_of(CaseParty).c.case_id == _case_id)
    .order_by(_of(CaseParty).c.id)
)
_VISITS = (
    select(
        *_own(CaseVisit, "visited_on", "how", "reached", "satisfaction", "solved", "words"),
        _person.name.label("person"),
    )
    .select_from(_of(CaseVisit).outerjoin(_of(Person), _person.id == _of(CaseVisit).c.person_id))
    .where(_of(CaseVisit).c.case_id == _case_id)
    .order_by(_of(CaseVisit).c.id)
)
_REVIEWS = (
    select(*_own(CaseReview, "id", "kind", "asked_on", "hearing_from", "hearing_to", "decided_on", "decision", "words"))
    .where(_of(CaseReview).c.case_id == _case_id)
    .order_by(_of(CaseReview).c.id)
)
_FILES = (
    select(
        *_own(Attachment, "id", "version", "name", "media_type", "size", "internal", "uploaded_at"),
        _person.name.label("uploaded_by"),
    )
    .select_from(_of(Attachment).outerjoin(_of(Person), _person.id == _of(Attachment).c.uploaded_by_id))
    .where(_of(Attachment).c.case_id == _case_id, _of(Attachment).c.removed_at.is_(None))
    .order_by(_of(Attachment).c.id)
)
_TIMELINE = (
    select(
        *_own(CaseEntry, "id", "at", "step", "from_state", "to_state", "public", "text", "detail"),
        _person.name.label("person"),
        _unit.name.label("unit"),
        _unit.name_en.label("unit_en"),
    )
    .select_from(
        _of(CaseEntry)
        .outerjoin(_of(Person), _person.id == _of(CaseEntry).c.person_id)
        .outerjoin(_of(Unit), _unit.id == _of(CaseEntry).c.unit_id)
    )
    .where(_of(CaseEntry).c.case_id == _case_id)
    .order_by(_of(CaseEntry).c.id.desc())
    .limit(bindparam("newest"))
)
_LINES = select(func.count()).select_from(_of(CaseEntry)).where(_of(CaseEntry).c.case_id == _case_id)
_LINKS = select(*_own(CaseLink, "case_id", "other_id", "kind")).where(
    or_(_of(CaseLink).c.case_id == _case_id, _of(CaseLink).c.other_id == _case_id)
)
_ACCESS = (
    select(_person.name)
    .select_from(_of(CaseAccess).join(_of(Person), _person.id == _of(CaseAccess).c.person_id))
    .where(_of(CaseAccess).c.case_id == _case_id)
    .order_by(_person.id)
)
_NAMES = select(_person.id, _person.name).where(_person.id.in_(bindparam("ids", expanding=True)))


def _rows(session: Session, statement: Select[Any], case_id: int, **more: object) -> Rows:
    found = session.connection().execute(statement, {"case_id": case_id} | more)
    return cast(Rows, tuple(found.mappings()))


def parties(session: Session, case_id: int) -> Rows:
    """role, name and contact of each party, as masks."""
    return _rows(session, _PARTIES, case_id)


def visits(session: Session, case_id: int) -> Rows:
    """Follow-up visits with who made them."""
    return _rows(session, _VISITS, case_id)


def reviews(session: Session, case_id: int) -> Rows:
    """Reviews and re-reviews in the order they were asked."""
    return _rows(session, _REVIEWS, case_id)


def files(session: Session, case_id: int) -> Rows:
    """Files not removed, with who added them."""
    return _rows(session, _FILES, case_id)


def timeline(session: Session, case_id: int, newest: int | None = TIMELINE_ROWS) -> Rows:
    """The newest lines (all of them for None), oldest first, `detail` read."""
    rows = _rows(session, _TIMELINE, case_id, newest=newest or _EVERYTHING)
    return tuple({**row, "detail": json.loads(row["detail"])} for row in reversed(rows))


def lines(session: Session, case_id: int) -> int:
    """How many lines the timeline has."""
    return int(session.connection().scalar(_LINES, {"case_id": case_id}) or 0)


def link_rows(session: Session, case_id: int) -> Rows:
    """Links from and to the case, before anybody's scope."""
    return _rows(session, _LINKS, case_id)


def access(session: Session, case_id: int) -> tuple[str, ...]:
    """Who may see a sealed case, by name."""
    return tuple(row["name"] for row in _rows(session, _ACCESS, case_id))


def names(session: Session, ids: set[int]) -> Mapping[int, str]:
    """Names of people by id."""
    if not ids:
        return {}
    return {row.id: row.name for row in session.connection().execute(_NAMES, {"ids": sorted(ids)})}
