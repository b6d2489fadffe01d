"""Bringing in another system's matters: which column means what, each import, and what became of each row."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Versioned


class ImportMapping(Versioned, Base):
    """Which heading of a file means which field, saved by name. `document` is JSON."""

    __tablename__ = "import_mapping"

    name: Mapped[str]
    register: Mapped[str]
    document: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]


class CaseImport(Versioned, Base):
    """One import. States: new (a file put by), waiting, running, done, stopped, failed, taken_back.

    `document` is the mapping used and `counts` what was told, both JSON; `stored` names the file in the data folder
    until the import is over.
    """

    __tablename__ = "case_import"

    file_name: Mapped[str]
    digest: Mapped[str]
    size: Mapped[int]
    encoding: Mapped[str] = mapped_column(default="")
    stored: Mapped[str] = mapped_column(default="")
    document: Mapped[str] = mapped_column(Text, default="{}")
    state: Mapped[str]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    counts: Mapped[str] = mapped_column(Text, default="{}")
    problem: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CaseImportRow(Base):
    """What became of one row: its verdict, and beside it rows with the verdict warning or repeat for what was told.

    `case_version` is the version the import left (none once taken back), `before` the earlier words (JSON).
    `message` and `told` (JSON) say why; `heading` and `value` name the cell it is about.
    """

    __tablename__ = "case_import_row"
    __table_args__ = (
        Index("ix_case_import_row_import_id_verdict_row", "import_id", "verdict", "row"),
        Index("ix_case_import_row_case_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("case_import.id"))
    row: Mapped[int]
    verdict: Mapped[str]
    case_id: Mapped[int | None]
    case_version: Mapped[int | None]
    repeat_of_id: Mapped[int | None]
    before: Mapped[str] = mapped_column(Text, default="")
    message: Mapped[str] = mapped_column(Text, default="")
    told: Mapped[str] = mapped_column(Text, default="{}")
    heading: Mapped[str] = mapped_column(default="")
    value: Mapped[str] = mapped_column(Text, default="")


CaseImportRow.__table__.info["journal"] = "what case_import did, case by case, stands there"  # type: ignore[attr-defined]
