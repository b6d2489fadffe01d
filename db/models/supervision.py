"""Supervision notices: a unit is told to get on with a matter, and answers (W2, Art. 40)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Versioned


class Supervision(Versioned, Base):
    """One notice to the lead unit of a case. States: draft, issued, answered, closed, withdrawn.

    `why` is overdue, repeated, decision or other; `missed_on` the day the unit had missed when it was drafted. A number
    is given when it is issued; `repeats_id` names the notice before it, `decision_id` the decision of a meeting it
    carries out.
    """

    __tablename__ = "supervision"
    __table_args__ = (
        UniqueConstraint("year", "running"),
        Index("ix_supervision_case_id_unit_id", "case_id", "unit_id"),
    )

    number: Mapped[str] = mapped_column(default="")
    year: Mapped[int | None]
    running: Mapped[int | None]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[str] = mapped_column(default="draft", index=True)
    why: Mapped[str]
    text: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    missed_on: Mapped[date | None]
    answer_by: Mapped[date | None]
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("supervision.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_decision.id"))
    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime | None]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
