"""What stands beside a dispute, read by statements built once (decision 0012); removed rows too, for the bin."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, FromClause, LargeBinary, Select, Table, bindparam, select
from sqlalchemy.orm import Session

from db.models import (
    Agreement,
    Attachment,
    Case,
    Committee,
    Dispute,
    DisputeEntry,
    DisputeExtension,
    DisputeMediator,
    DisputePaper,
    DisputeParty,
    DisputeVisit,
    Mediator,
    Obligation,
    Performance,
    Person,
)
from db.services.mediation.rows import Row, Rows

_dispute_id: BindParameter[int] = bindparam("dispute_id")


def _of(model: Any) -> Table:
    table: Table = model.__table__
    return table


_person, _dispute, _case, _committee = _of(Person), _of(Dispute), _of(Case), _of(Committee)
_party, _mediator, _dispute_mediator = _of(DisputeParty), _of(Mediator), _of(DisputeMediator)
_obligation, _performance = _of(Obligation), _of(Performance)


def _rows_of(table: Table, *more: ColumnElement[Any], joined: FromClause | None = None) -> Select[Any]:
    """Every column that is no identity, and `more`, of the rows of one dispute in the order they were made."""
    own = [column for column in table.c if not isinstance(column.type, LargeBinary)]
    found = select(*own, *more).select_from(table if joined is None else joined)
    return found.where(table.c.dispute_id == _dispute_id).order_by(table.c.id)


def _by(table: Table, column: str) -> Select[Any]:
    joined = table.outerjoin(_person, _person.c.id == table.c[column])
    return _rows_of(table, _person.c.name.label("person"), joined=joined)


_HEAD = (
    select(_committee.c.name, _committee.c.name_en, _case.c.number)
    .select_from(
        _dispute.join(_committee, _committee.c.id == _dispute.c.committee_id).outerjoin(
            _case, _case.c.id == _dispute.c.case_id
        )
    )
    .where(_dispute.c.id == _dispute_id)
)
_PARTIES = _rows_of(
    _party,
    _party.c.name_mask.label("name"),
    _party.c.contact_mask.label("contact"),
    _party.c.agent_mask.label("agent"),
    _party.c.guardian.is_not(None).label("has_guardian"),
)
_MEDIATORS = _rows_of(
    _dispute_mediator,
    _mediator.c.name.label("name"),
    _mediator.c.person_id,
    _mediator.c.position,
    _committee.c.name.label("committee"),
    _dispute_mediator.c.ended_on.is_(None).label("standing"),
    joined=_dispute_mediator.join(_mediator, _mediator.c.id == _dispute_mediator.c.mediator_id).join(
        _committee, _committee.c.id == _mediator.c.committee_id
    ),
)
_AGREEMENT = _rows_of(_of(Agreement))
_OBLIGATIONS = _rows_of(_obligation)
_PERFORMANCES = (
    select(*_performance.c, _person.c.name.label("person"))
    .select_from(
        _performance.join(_obligation, _obligation.c.id == _performance.c.obligation_id).outerjoin(
            _person, _person.c.id == _performance.c.recorded_by_id
        )
    )
    .where(_obligation.c.dispute_id == _dispute_id)
    .order_by(_performance.c.done_on, _performance.c.id)
)
_EXTENSIONS = _by(_of(DisputeExtension), "recorded_by_id")
_VISITS = _by(_of(DisputeVisit), "person_id")
_PAPERS = _rows_of(_of(DisputePaper))
_FILES = _by(_of(Attachment), "uploaded_by_id")
_TIMELINE = _by(_of(DisputeEntry), "person_id")
_NAMES = select(_person.c.id, _person.c.name).where(_person.c.id.in_(bindparam("ids", expanding=True)))


def _rows(session: Session, statement: Select[Any], dispute_id: int) -> Rows:
    found = session.connection().execute(statement, {"dispute_id": dispute_id})
    return cast(Rows, tuple(found.mappings()))


def head(session: Session, dispute_id: int) -> tuple[str, str, str]:
    """The committee's name, the same in English, and the number of the case it came from ("" for none)."""
    name, name_en, number = session.connection().execute(_HEAD, {"dispute_id": dispute_id}).one()
    return name, name_en, number or ""


def parties(session: Session, dispute_id: int) -> Rows:
    """Parties as masks, removed ones too."""
    return _rows(session, _PARTIES, dispute_id)


def mediators(session: Session, dispute_id: int) -> Rows:
    """Who mediates and who did."""
    return _rows(session, _MEDIATORS, dispute_id)


def agreement(session: Session, dispute_id: int) -> Row | None:
    """The agreement, if it was written down."""
    return next(iter(_rows(session, _AGREEMENT, dispute_id)), None)


def obligations(session: Session, dispute_id: int) -> Rows:
    """What was promised, in the order of its days; removed ones too."""
    found = _rows(session, _OBLIGATIONS, dispute_id)
    return tuple(sorted(found, key=lambda row: (row["due_on"], row["position"], row["id"])))


def performances(session: Session, dispute_id: int) -> Rows:
    """What was done towards it, by day; removed ones too."""
    return _rows(session, _PERFORMANCES, dispute_id)


def extensions(session: Session, dispute_id: int) -> Rows:
    """Extensions with who recorded them, removed ones too."""
    return _rows(session, _EXTENSIONS, dispute_id)


def visits(session: Session, dispute_id: int) -> Rows:
    """Follow-up visits with who made them, removed ones too."""
    return _rows(session, _VISITS, dispute_id)


def papers(session: Session, dispute_id: int) -> Rows:
    """Papers of the file, removed ones too."""
    return _rows(session, _PAPERS, dispute_id)


def files(session: Session, dispute_id: int) -> Rows:
    """Attachments with who uploaded them, removed ones too."""
    return tuple({**row, "uploaded_by": row["person"]} for row in _rows(session, _FILES, dispute_id))


def timeline(session: Session, dispute_id: int) -> Rows:
    """Every line, oldest first, `detail` read."""
    return tuple({**row, "detail": json.loads(row["detail"])} for row in _rows(session, _TIMELINE, dispute_id))


def names(session: Session, ids: Iterable[int | None]) -> Mapping[int, str]:
    """Names of people by id."""
    known = sorted({one for one in ids if one is not None})
    if not known:
        return {}
    return {row.id: row.name for row in session.connection().execute(_NAMES, {"ids": known})}
