"""Charts people saved, shared and pinned, and briefings with their blocks, frozen when they are issued.

A chart's `document` is the JSON of db/rules/briefings/chart.ChartSpec; it never holds figures.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Versioned


class SavedChart(Versioned, Base):
    """A question somebody saved; whoever opens it gets the answer that is theirs to see."""

    __tablename__ = "saved_chart"

    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    document: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class ChartShare(Base):
    """A role a chart is shared with."""

    __tablename__ = "chart_share"

    chart_id: Mapped[int] = mapped_column(ForeignKey("saved_chart.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class ChartPin(Base):
    """A chart on somebody's desk."""

    __tablename__ = "chart_pin"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    chart_id: Mapped[int] = mapped_column(ForeignKey("saved_chart.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class Briefing(Versioned, Base):
    """Figures, charts and text about the days `begins` to `ends`. States: draft, issued.

    `kind` is daily, half_month, monthly, quarterly, annual (Art. 41) or other. `document` is everything as it was
    issued, as JSON; a corrected one is another edition that replaces the first, which stays readable.
    """

    __tablename__ = "briefing"
    __table_args__ = (Index("ix_briefing_begins_kind", "begins", "kind"),)

    kind: Mapped[str]
    begins: Mapped[date]
    ends: Mapped[date]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    edition: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("briefing.id"))
    document: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime | None]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]


class BriefingBlock(Versioned, Base):
    """A part of a briefing in its place: heading, text (figures by name in it), chart, or row of single figures.

    `document` of a chart is its ChartSpec; of figures the codes of named figures with spaces between.
    """

    __tablename__ = "briefing_block"

    briefing_id: Mapped[int] = mapped_column(ForeignKey("briefing.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    document: Mapped[str] = mapped_column(Text, default="")
    removed_at: Mapped[datetime | None]
