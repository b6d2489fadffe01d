"""What the office edits itself: code lists, limit sets, the working calendar, facts about itself, notices."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Versioned


class Code(Versioned, Base):
    """One entry of a code list (category, channel to another body, ...), retired rather than deleted."""

    __tablename__ = "code"
    __table_args__ = (UniqueConstraint("list_name", "code"),)

    list_name: Mapped[str]
    code: Mapped[str]
    label_zh: Mapped[str]
    label_en: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str] = mapped_column(default="")


class LimitSet(Versioned, Base):
    """A named set of time limits and other numbers in force from a day on."""

    __tablename__ = "limit_set"

    name: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    effective_from: Mapped[date]
    active: Mapped[bool] = mapped_column(default=True)


class LimitRule(Versioned, Base):
    """One number of a set: amount and unit (calendar_days, working_days, count, flag), with its basis."""

    __tablename__ = "limit_rule"
    __table_args__ = (UniqueConstraint("limit_set_id", "code"),)

    limit_set_id: Mapped[int] = mapped_column(ForeignKey("limit_set.id"))
    code: Mapped[str]
    amount: Mapped[int]
    unit: Mapped[str]
    basis: Mapped[str]
    source: Mapped[str] = mapped_column(default="")


class CalendarYear(Versioned, Base):
    """A year whose holidays and make-up days are known, and from where."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(unique=True)
    source: Mapped[str]


class CalendarDay(Versioned, Base):
    """A day that is not what its weekday says: kind is holiday or workday (a make-up day)."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(unique=True)
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")


class OfficeFact(Versioned, Base):
    """A fact about this office it edits itself: name, address, telephone, closing time."""

    __tablename__ = "office_fact"

    name: Mapped[str] = mapped_column(unique=True)
    value: Mapped[str] = mapped_column(Text, default="")


class PrivacyNotice(Versioned, Base):
    """One version of the notice residents are shown; a record keeps the version it was taken in under."""

    __tablename__ = "privacy_notice"

    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    effective_from: Mapped[date]
    created_at: Mapped[datetime]
