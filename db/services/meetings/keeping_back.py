"""Minutes stay as they were frozen, but what was sealed since, or what a reader stands aside from, is not shown."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import wall
from db.models import Case, MeetingDecision, Supervision
from db.rules.meetings.agenda import CASE_LISTS
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor
from db.services.meetings.scope import open_to_a_meeting
from db.services.meetings.telling import CASE, DECISION, SUPERVISION

RECORDS: Mapping[str, str] = {
    **dict.fromkeys(CASE_LISTS, CASE),
    TopicCode.SUPERVISED.value: SUPERVISION,
    TopicCode.DECISIONS.value: DECISION,
}
Row = dict[str, Any]


def kept_back(session: Session, actor: Actor, document: Row) -> Row:
    """The document (closing.Minutes) without rows of matters kept from the actor; its totals stay as they were."""
    hidden = _Hidden(session, actor, document)
    told = document | {
        "topics": [topic | {"rows": _shown(hidden, topic)} for topic in document["topics"]],
        "decisions": [row for row in document["decisions"] if not hidden.has(DECISION, row["id"])],
        "edits": [row for row in document["edits"] if not hidden.has(row["record"], row["record_id"])],
    }
    head = document["meeting"]
    if head.get("case_number") in hidden.numbers:
        told["meeting"] = head | {"case_number": ""}
    return told


def _shown(hidden: "_Hidden", topic: Row) -> list[Row]:
    """The rows of a list that may be shown; those of other registers than matters all may."""
    record = RECORDS.get(topic["code"])
    return [row for row in topic["rows"] if record is None or not hidden.has(record, row["id"])]


class _Hidden:
    """Which records of a document are about matters this reader may not be told of."""

    def __init__(self, session: Session, actor: Actor, document: Row) -> None:
        ids: dict[str, set[int]] = {CASE: set(), SUPERVISION: set(), DECISION: set()}
        for topic in document["topics"]:
            if topic["code"] in RECORDS:
                ids[RECORDS[topic["code"]]] |= {row["id"] for row in topic["rows"]}
        ids[DECISION] |= {row["id"] for row in document["decisions"]}
        for edit in document["edits"]:
            ids.setdefault(edit["record"], set()).add(edit["record_id"])
        # Behind the second wall what is kept back is not there to be named; what is not there would be shown.
        with wall.beyond(session):
            self._look(session, actor, document, ids)

    def _look(self, session: Session, actor: Actor, document: Row, ids: Mapping[str, set[int]]) -> None:
        about = {CASE: {one: one for one in ids[CASE]}}
        for record, model in ((SUPERVISION, Supervision), (DECISION, MeetingDecision)):
            found = select(model.id, model.case_id).where(model.id.in_(ids[record]))
            about[record] = {one: case_id for one, case_id in session.execute(found) if case_id is not None}
        cases = {case_id for of_record in about.values() for case_id in of_record.values()}
        number = document["meeting"].get("case_number") or ""
        shut = self._shut(session, actor, cases, number)
        self.numbers = set(shut.values()) - {""}
        self._ids = {record: {one for one, case_id in of.items() if case_id in shut} for record, of in about.items()}

    def has(self, record: str, record_id: int) -> bool:
        """Whether a record is kept back."""
        return record_id in self._ids.get(record, ())

    @staticmethod
    def _shut(session: Session, actor: Actor, cases: Collection[int], number: str) -> dict[int, str]:
        """Of these matters those this reader may not be told of: id to number."""
        named = or_(Case.id.in_(cases), Case.number == number) if number else Case.id.in_(cases)
        open_ones = select(Case.id).where(named, open_to_a_meeting(actor))
        return dict(session.execute(select(Case.id, Case.number).where(named, Case.id.not_in(open_ones))).all())
