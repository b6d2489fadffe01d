"""Drafts, submission keys and running numbers."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class Draft(Base):
    """What somebody has typed and not yet saved, encrypted; one per person, form and record."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "form", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    form: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    key: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    content: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime]


class Submission(Base):
    """A submission key that was used, with what it led to, so that a second click writes nothing."""

    __tablename__ = "submission"

    key: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    act: Mapped[str]
    result: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class RunningNumber(Base):
    """The last running number given in a series and year; numbers are never given twice."""

    __tablename__ = "running_number"

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


Draft.__table__.info["journal"] = "a draft is nobody's record yet"  # type: ignore[attr-defined]
Submission.__table__.info["journal"] = "the act it belongs to is journalled"  # type: ignore[attr-defined]
RunningNumber.__table__.info["journal"] = "the number given is journalled with its record"  # type: ignore[attr-defined]
