"""What belongs to each class of records: which rows are due, and every table that says something of a person.

What the journal keeps as a digest or not at all is what leaves a record (`info["journal"]` of the column), and beside
it what `also` names. Figures, days, states and units stay.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, Date, Table, and_, exists, func, or_, select

from db import models as m
from db.engine import current
from db.rules.cases import Kind
from db.rules.retention import Item, RecordClass, State

Ids = Sequence[int]


@dataclass(frozen=True)
class Part:
    """A table whose rows belong to a record; the rows go where `goes`, otherwise their hidden columns are emptied."""

    table: Table
    within: Callable[[Ids], ColumnElement[bool]]
    also: tuple[str, ...] = ()
    goes: bool = False

    @property
    def emptied(self) -> tuple[Column[Any], ...]:
        """The columns that say something of a person."""
        return tuple(c for c in self.table.columns if c.info.get("journal") or c.name in self.also)


@dataclass(frozen=True)
class Root:
    """What a record is: its table, how it is called, and the parts it has."""

    name: str
    number: Column[Any]
    parts: tuple[Part, ...]

    @property
    def table(self) -> Table:
        """The table of the record itself."""
        return self.parts[0].table


@dataclass(frozen=True)
class Bulk:
    """Rows that are no records of their own: emptied in the columns named, deleted where there are none."""

    table: Table
    empties: tuple[str, ...]
    due: Callable[[date], ColumnElement[bool]]


def _table(model: Any) -> Table:
    found: Table = model.__table__
    return found


def _part(model: Any, *keys: str, also: tuple[str, ...] = (), goes: bool = False) -> Part:
    table = _table(model)
    return Part(table, lambda ids: or_(*(table.c[key].in_(ids) for key in keys)), also, goes)


def _of_meetings(model: Any) -> Part:
    """What was written down in meetings about a case alone."""
    meeting = _table(m.Meeting).c
    return Part(
        _table(model), lambda ids: _table(model).c.meeting_id.in_(select(meeting.id).where(meeting.case_id.in_(ids)))
    )


def _naming(model: Any, record: str) -> Part:
    """Rows that name a record by its kind and id."""
    of = _table(model).c
    return Part(of.record.table, lambda ids: and_(of.record == record, of.record_id.in_(ids)))


def _performances(ids: Ids) -> ColumnElement[bool]:
    of_dispute = select(m.Obligation.id).where(m.Obligation.dispute_id.in_(ids))
    return _table(m.Performance).c.obligation_id.in_(of_dispute)


def _requests(model: Any, root: str) -> Part:
    """What was withheld of a record's parties, or of others' words about them, for a data request."""
    of = _table(model).c
    return Part(of.root.table, lambda ids: and_(of.root == root, of.record_id.in_(ids)))


CASE = Root(
    "case_file",
    _table(m.Case).c.number,
    (
        _part(m.Case, "id"),
        _part(m.CaseParty, "case_id"),
        _part(m.CaseUnit, "case_id"),
        _part(m.CaseEntry, "case_id"),
        _part(m.CaseExtension, "case_id"),
        _part(m.CaseVisit, "case_id"),
        _part(m.CaseReview, "case_id"),
        _part(m.CaseRecusal, "case_id"),
        _part(m.CaseConference, "case_id"),
        _part(m.EmergencyReading, "case_id", also=("reason",)),
        _part(m.CaseMerge, "kept_id", "gone_id"),
        _part(m.Supervision, "case_id"),
        _part(m.MeetingDecision, "case_id"),
        _part(m.Meeting, "case_id"),
        _of_meetings(m.MeetingTopic),
        _of_meetings(m.MeetingAttendance),
        _naming(m.MeetingEdit, "case_file"),
        _naming(m.ScoreEntry, "case"),
        _part(m.CaseImportRow, "case_id", also=("before", "told", "value")),
        _part(m.CaseWords, "case_id", goes=True),
        _part(m.CaseLikely, "case_id", "other_id", goes=True),
        _requests(m.DataRequestRecord, "case_file"),
        _requests(m.DataRequestPassage, "case_file"),
        _part(m.Attachment, "case_id", also=("sha256",)),
    ),
)
DISPUTE = Root(
    "dispute",
    _table(m.Dispute).c.number,
    (
        _part(m.Dispute, "id"),
        _part(m.DisputeParty, "dispute_id"),
        _part(m.DisputeMediator, "dispute_id"),
        _part(m.DisputeSession, "dispute_id"),
        _part(m.Agreement, "dispute_id"),
        _part(m.Obligation, "dispute_id"),
        Part(_table(m.Performance), _performances),
        _part(m.DisputeExtension, "dispute_id"),
        _part(m.DisputeVisit, "dispute_id"),
        _part(m.DisputePaper, "dispute_id"),
        _part(m.DisputeEntry, "dispute_id"),
        _part(m.EmergencyReading, "dispute_id", also=("reason",)),
        _naming(m.ScoreEntry, "dispute"),
        _part(m.DisputeWords, "dispute_id", goes=True),
        _requests(m.DataRequestRecord, "dispute"),
        _requests(m.DataRequestPassage, "dispute"),
        _part(m.Attachment, "dispute_id", also=("sha256",)),
    ),
)
DATA_REQUEST = Root(
    "data_request",
    _table(m.DataRequest).c.number,
    (
        _part(m.DataRequest, "id"),
        _part(m.DataRequestEntry, "request_id"),
        _part(m.DataRequestRecord, "request_id", goes=True),
        _part(m.DataRequestPassage, "request_id", goes=True),
    ),
)
ROOTS: Mapping[str, Root] = {root.name: root for root in (CASE, DISPUTE, DATA_REQUEST)}
# What an emptied column holds where it is not simply nothing.
EMPTY: Mapping[str, str] = {"subject": "—", "case_merge.before": "{}", "told": "{}"}

_case, _dispute, _request = _table(m.Case).c, _table(m.Dispute).c, _table(m.DataRequest).c


def _closed(kind: Kind) -> ColumnElement[bool]:
    return and_(_case.kind == kind.value, _case.gone == "", ~_case.open)


# A request stays while names are withheld for it: they stand nowhere else.
_withholds = or_(
    *(
        exists().where(one.request_id == _request.id, one.withheld.is_not(None))
        for one in (m.DataRequestRecord, m.DataRequestPassage)
    )
)
RECORDS: Mapping[RecordClass, tuple[Root, ColumnElement[bool]]] = {
    RecordClass.REQUESTS: (CASE, _closed(Kind.REQUEST)),
    RecordClass.SUGGESTIONS: (CASE, _closed(Kind.SUGGESTION)),
    RecordClass.ACCUSATIONS: (CASE, _closed(Kind.ACCUSATION)),
    RecordClass.GONE: (CASE, _case.gone != ""),
    RecordClass.DISPUTES: (DISPUTE, ~_dispute.open),
    RecordClass.DATA_REQUESTS: (DATA_REQUEST, and_(_request.answered_on.is_not(None), ~_withholds)),
}


def reached(column: Column[Any], until: date) -> ColumnElement[bool]:
    """Whether a day, or a moment by the office's own clock, is not later than a day."""
    if isinstance(column.type, Date):
        return column <= until
    return column < datetime.combine(until + timedelta(days=1), time(), ZoneInfo(current().settings.timezone))


def _by(model: Any, column: str) -> Callable[[date], ColumnElement[bool]]:
    return lambda until: reached(_table(model).c[column], until)


def _of(model: Any, key: str, other: Any, column: str, *more: ColumnElement[bool]) -> Callable[[date], Any]:
    """Rows whose `key` names a row of another table that is due."""
    parent = _table(other).c
    return lambda until: _table(model).c[key].in_(select(parent.id).where(reached(parent[column], until), *more))


_meeting = (m.Meeting, "until")
BULKS: Mapping[RecordClass, tuple[Bulk, ...]] = {
    RecordClass.DUTY: (
        Bulk(_table(m.DutyHandover), ("text",), _by(m.DutyHandover, "on_day")),
        Bulk(_table(m.DutyAttendance), ("note",), _by(m.DutyAttendance, "started_at")),
        Bulk(_table(m.DutyAbsence), ("reason",), _by(m.DutyAbsence, "until_on")),
        Bulk(_table(m.DutySwap), ("reason", "decision"), _by(m.DutySwap, "asked_at")),
        Bulk(_table(m.RotaChange), ("reason",), _by(m.RotaChange, "at")),
    ),
    RecordClass.SCORING: (
        Bulk(_table(m.ScoreAppeal), ("reason", "ruling"), _by(m.ScoreAppeal, "asked_at")),
        Bulk(_table(m.ScoreEntry), ("reason",), _by(m.ScoreEntry, "on_day")),
        Bulk(_table(m.ScoreCard), ("reason",), _by(m.ScoreCard, "on_day")),
    ),
    RecordClass.MEETINGS: (
        Bulk(_table(m.MeetingTopic), ("title", "note"), _of(m.MeetingTopic, "meeting_id", *_meeting)),
        Bulk(_table(m.MeetingEdit), ("before", "after"), _of(m.MeetingEdit, "meeting_id", *_meeting)),
        Bulk(
            _table(m.MeetingDecision),
            ("text", "note"),
            lambda until: and_(
                _of(m.MeetingDecision, "meeting_id", *_meeting)(until), _table(m.MeetingDecision).c.state != "open"
            ),
        ),
        Bulk(_table(m.MeetingAttendance), ("note",), _of(m.MeetingAttendance, "meeting_id", *_meeting)),
        Bulk(_table(m.Meeting), ("title", "reason"), _by(m.Meeting, "until")),
    ),
    RecordClass.IMPORT_ROWS: (
        Bulk(_table(m.CaseImportRow), (), _of(m.CaseImportRow, "import_id", m.CaseImport, "ended_at")),
    ),
    RecordClass.REMOVED_FILES: (Bulk(_table(m.Attachment), ("name", "sha256"), _by(m.Attachment, "removed_at")),),
    RecordClass.UNDO: (Bulk(_table(m.UndoableAct), (), _by(m.UndoableAct, "at")),),
    RecordClass.DRAFTS: (Bulk(_table(m.Draft), (), _by(m.Draft, "saved_at")),),
    RecordClass.SIGN_IN: (
        Bulk(_table(m.SignInSession), (), _by(m.SignInSession, "expires_at")),
        Bulk(_table(m.SignInTicket), (), _by(m.SignInTicket, "expires_at")),
        Bulk(_table(m.SignInCounter), (), _by(m.SignInCounter, "since")),
    ),
}


def due_records(record_class: RecordClass, counted_from: str, until: date) -> tuple[Root, ColumnElement[bool]]:
    """The records of a class that are due: neither held, nor done before, nor on a list that is not over."""
    root, of_class = RECORDS[record_class]
    item, review, hold = m.RetentionItem, m.RetentionReview, m.RetentionHold
    same = and_(item.root == root.name, item.record_id == root.table.c.id)
    taken = exists().where(
        same,
        item.review_id == review.id,
        or_(item.state == Item.DONE, review.state.in_((State.PROPOSED, State.APPROVED))),
    )
    held = exists().where(hold.root == root.name, hold.record_id == root.table.c.id, hold.released_at.is_(None))
    return root, and_(of_class, reached(root.table.c[counted_from], until), ~taken, ~held)


def due_rows(bulk: Bulk, until: date) -> ColumnElement[bool]:
    """The rows that are due and still say something."""
    if not bulk.empties:
        return bulk.due(until)
    return and_(bulk.due(until), or_(*(func.length(bulk.table.c[name]) > 0 for name in bulk.empties)))
