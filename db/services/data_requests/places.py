"""Where other people's words about a person may stand: in their records, in what points at these, and beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, String, or_, select, true
from sqlalchemy.orm import Session

from db import models as m
from db.rules.permissions import Actor
from db.rules.problems import N_
from db.services.cases.scope import visible
from db.services.mediation.scope import visible as visible_disputes
from db.services.retention.grounds import CASE, DISPUTE, Root

ISSUED = N_("Issued: archive material of the office is not rewritten (PIPL Art. 72).")
BY_HAND = N_("This register tells its own changes word by word: correct it there.")
A_FILE = N_("Files are not looked into: open it, and take it out of the record where it must go.")
# What says something of a person and is no text anybody wrote.
_NO_WORDS = ("_mask", "_key", "sha256", "stored_name", "sex", "source_number", "court_number", "digest")


@dataclass(frozen=True)
class Place:
    """A column of the rows `which`; `near` belongs to a record of the person, `stays` says why it is not rewritten."""

    column: Column[Any]
    which: ColumnElement[bool]
    near: bool = False
    stays: str = ""

    @property
    def name(self) -> str:
        """Its table and column."""
        return f"{self.column.table.name}.{self.column.name}"


def of_record(root: Root, record_id: int) -> Iterator[Place]:
    """Everything written in a record, and in what points at it alone (grounds.py names both)."""
    for part in root.parts:
        if not part.goes and not part.table.name.startswith("data_request"):
            for column in part.emptied:
                if isinstance(column.type, String) and not column.name.endswith(_NO_WORDS):
                    yield Place(column, part.within([record_id]), near=True)
    if root is CASE:
        yield from _in(m.Meeting, _c(m.Meeting).case_id == record_id, "place", near=True)


def linked(session: Session, root: Root, record_id: int, actor: Actor) -> list[tuple[Root, int, str]]:
    """Records that belong to it and are the actor's to see, with their numbers: repeats, parts, merged, a dispute."""
    link, merge, dispute = m.CaseLink, m.CaseMerge, m.Dispute
    if root is DISPUTE:
        ids = [select(dispute.case_id).where(dispute.id == record_id)]
        others: Sequence[Any] = ()
    else:
        ids = [
            select(link.other_id).where(link.case_id == record_id),
            select(link.case_id).where(link.other_id == record_id),
            select(merge.gone_id).where(merge.kept_id == record_id),
            select(merge.kept_id).where(merge.gone_id == record_id),
        ]
        others = session.execute(
            select(dispute.id, dispute.number).where(dispute.case_id == record_id, visible_disputes(actor))
        ).all()
    wanted = select(m.Case.id, m.Case.number).where(or_(*(m.Case.id.in_(one) for one in ids)), visible(actor))
    cases = session.execute(wanted.execution_options(with_gone=True)).all()
    return [(CASE, *one) for one in cases] + [(DISPUTE, *one) for one in others]


def beside() -> Iterator[Place]:
    """What the office writes down elsewhere; only rows that belong to no single record."""
    loose = {m.MeetingDecision: _c(m.MeetingDecision).case_id.is_(None)}
    for model, names in _BESIDE.items():
        yield from _in(model, loose.get(model, true()), *names)
    for model, names in _BY_HAND.items():
        yield from _in(model, true(), *names, stays=BY_HAND)
    issued = or_(_c(m.Briefing).state == "issued", _c(m.Briefing).document != "")
    yield from _in(m.Briefing, issued, "title", "document", stays=ISSUED)
    for model in (m.MeetingMinutes, m.ScorePublication, m.ScoreResult):
        yield from _in(model, true(), "document", stays=ISSUED)


_BESIDE: dict[Any, tuple[str, ...]] = {
    m.SavedList: ("name", "query"),
    m.Meeting: ("title", "reason"),
    m.MeetingTopic: ("title", "note"),
    m.MeetingEdit: ("before", "after"),
    m.MeetingAttendance: ("note",),
    m.MeetingDecision: ("text", "note"),
    m.DutyHandover: ("text",),
    m.DutyAttendance: ("note",),
    m.DutyAbsence: ("reason",),
    m.DutySwap: ("reason", "decision"),
    m.RotaChange: ("reason",),
    m.ScoreEntry: ("reason",),
    m.ScoreCard: ("reason",),
    m.ScoreFigure: ("note",),
    m.ScoreAppeal: ("reason", "ruling"),
    m.BriefingBlock: ("text",),
    m.RetentionHold: ("reason",),
    m.StandIn: ("note",),
    m.DataIncident: ("what", "harm", "measures", "advice", "why_untold"),
}
_BY_HAND: dict[Any, tuple[str, ...]] = {
    m.Work: ("title", "note"),
    m.WorkUnit: ("note",),
    m.Rota: ("title", "note", "open_reason"),
    m.SavedChart: ("name",),
    m.DisputeSearch: ("note",),
}


def _c(model: Any) -> Any:
    return model.__table__.c


def _in(model: Any, which: Any, *names: str, near: bool = False, stays: str = "") -> Iterator[Place]:
    for name in names:
        yield Place(_c(model)[name], which, near, stays)
