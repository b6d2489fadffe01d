"""Scoring: assessments with their rubrics, sheets of points, what was published of them, appeals, cards, registers.

Points are hundredths of a point, shown scores tenths, exact scores "n/d" fractions. A sheet's period is a code of its
rubric; the sheet with the period "" is the unit's book of the year (bonuses, deductions, minimums, targets).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Versioned

STANDING: dict[str, Any] = {"sqlite_where": text("removed_at IS NULL"), "postgresql_where": text("removed_at IS NULL")}


class Assessment(Versioned, Base):
    """What units are scored by in one year: a total of 100 points (R-01) or the monthly ladder of a figure (R-28)."""

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("code", "year"),)

    code: Mapped[str]
    year: Mapped[int]
    kind: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)


class Rubric(Versioned, Base):
    """One edition of an assessment's rubric; `document` is JSON of the shape of db/presets/rubrics.toml.

    States: draft, in_force, replaced. A published edition is never changed again; a new edition is.
    """

    __tablename__ = "score_rubric"
    __table_args__ = (UniqueConstraint("assessment_id", "edition"),)

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    edition: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")
    document: Mapped[str] = mapped_column(Text)


class AssessedUnit(Versioned, Base):
    """A unit that is scored, and where it stands: kept with every write, so that the board need not add up.

    `standing` is JSON: points of every part, bonus, deduction, what is missing, minimums and targets, as "n/d".
    """

    __tablename__ = "assessed_unit"
    __table_args__ = (UniqueConstraint("assessment_id", "unit_id"), Index("ix_assessed_unit_unit_id", "unit_id"))

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    active: Mapped[bool] = mapped_column(default=True)
    total: Mapped[str] = mapped_column(default="")
    tenths: Mapped[int | None]
    whole: Mapped[bool] = mapped_column(default=False)
    standing: Mapped[str] = mapped_column(Text, default="{}")


class ScoreSheet(Versioned, Base):
    """One unit in one period; `score` is exact, "" while something is open or nothing applies."""

    __tablename__ = "score_sheet"
    __table_args__ = (UniqueConstraint("assessed_unit_id", "period"),)

    assessed_unit_id: Mapped[int] = mapped_column(ForeignKey("assessed_unit.id"))
    period: Mapped[str] = mapped_column(default="")
    score: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[datetime | None]
    finished_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    computed_at: Mapped[datetime | None]


class ScoreEntry(Versioned, Base):
    """One point given or taken: count, reason, day, evidence, author. Computed ones show their formula and records.

    `record` and `record_id` name the evidence (case, dispute, work, rota); `basis` of a computed one is JSON.
    """

    __tablename__ = "score_entry"
    __table_args__ = (
        Index("ix_score_entry_sheet_id_item", "sheet_id", "item"),
        # One computed entry for each item of a sheet, however often it is computed.
        Index("uq_score_entry_computed", "sheet_id", "computed", unique=True, **STANDING),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    item: Mapped[str]
    on_day: Mapped[date]
    count: Mapped[int] = mapped_column(default=1)
    points: Mapped[int | None]
    value: Mapped[str] = mapped_column(default="")
    not_applicable: Mapped[bool] = mapped_column(default=False)
    event: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    record: Mapped[str] = mapped_column(default="")
    record_id: Mapped[int | None]
    computed: Mapped[str | None]
    basis: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class ScoreCard(Versioned, Base):
    """A yellow card, a red card or a veto (R-23, R-31, R-42): decided by a person, with reason and signature."""

    __tablename__ = "score_card"

    assessed_unit_id: Mapped[int] = mapped_column(ForeignKey("assessed_unit.id"), index=True)
    kind: Mapped[str]
    on_day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class ScoreFigure(Versioned, Base):
    """The figure of a unit in a month of a ladder and that of the same month a year before, in hundredths (R-28)."""

    __tablename__ = "score_figure"
    __table_args__ = (UniqueConstraint("assessed_unit_id", "month"),)

    assessed_unit_id: Mapped[int] = mapped_column(ForeignKey("assessed_unit.id"))
    month: Mapped[int]
    before: Mapped[int | None]
    now: Mapped[int | None]
    ineffective: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})


class ScorePublication(Versioned, Base):
    """A result as it was announced; `document` is JSON with the rubric. A corrected one replaces, never changes it."""

    __tablename__ = "score_publication"
    __table_args__ = (UniqueConstraint("assessment_id", "scope", "edition"),)

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    rubric_id: Mapped[int] = mapped_column(ForeignKey("score_rubric.id"))
    scope: Mapped[str]
    edition: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("score_publication.id"))
    document: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    published_at: Mapped[datetime]
    published_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class ScoreResult(Base):
    """One unit in a publication: total in tenths, rank, grade, card, and its whole sheet as JSON."""

    __tablename__ = "score_result"

    publication_id: Mapped[int] = mapped_column(ForeignKey("score_publication.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    tenths: Mapped[int | None]
    rank: Mapped[int | None]
    grade: Mapped[str] = mapped_column(default="")
    card: Mapped[str] = mapped_column(default="")
    document: Mapped[str] = mapped_column(Text, info={"journal": "digest"})


class ScoreAppeal(Versioned, Base):
    """A unit's appeal against one entry or item of a publication; the director rules. Nothing is undone by it alone.

    States: asked, accepted, refused, withdrawn.
    """

    __tablename__ = "score_appeal"

    publication_id: Mapped[int] = mapped_column(ForeignKey("score_publication.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    period: Mapped[str] = mapped_column(default="")
    item: Mapped[str]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("score_entry.id"))
    state: Mapped[str] = mapped_column(default="asked")
    reason: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    ruling: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    ruled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ruled_at: Mapped[datetime | None]


class Work(Versioned, Base):
    """A line of a simple register: a meeting, report, inspection or activity (R-05, R-07, R-12 to R-20, R-27).

    The words are those of db/rules/scoring/works.py. `level` is the highest level at which a piece of information was
    adopted; `about` what kind of meeting, report or activity it is; `on_day` of a report is the day it is due; `papers`
    which of the seven things of R-27 are there, codes with spaces between.
    """

    __tablename__ = "work"
    __table_args__ = (Index("ix_work_kind_on_day", "kind", "on_day"),)

    kind: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    on_day: Mapped[date]
    title: Mapped[str]
    level: Mapped[str] = mapped_column(default="")
    papers: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="")
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]


class WorkUnit(Versioned, Base):
    """A unit's part in a line: present, excused, absent (`persons` of them), led, handed in, missing, done.

    A report that is not handed in stands as missing from the beginning, and counts so when its day is over. Who was
    taken out of the line stands as "", so that it is known who did and nobody's later change is overwritten.
    """

    __tablename__ = "work_unit"
    __table_args__ = (UniqueConstraint("work_id", "unit_id"), Index("ix_work_unit_unit_id", "unit_id"))

    work_id: Mapped[int] = mapped_column(ForeignKey("work.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    standing: Mapped[str]
    persons: Mapped[int] = mapped_column(default=0)
    handed_in_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
