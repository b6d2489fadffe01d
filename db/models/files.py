"""Files attached to a record, and files made for one person to fetch once."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Versioned


class Attachment(Versioned, Base):
    """A file kept under a random name outside any served folder; the user's name is only a label."""

    __tablename__ = "attachment"

    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    dispute_id: Mapped[int | None] = mapped_column(ForeignKey("dispute.id"), index=True)
    score_entry_id: Mapped[int | None] = mapped_column(ForeignKey("score_entry.id"), index=True)
    score_appeal_id: Mapped[int | None] = mapped_column(ForeignKey("score_appeal.id"), index=True)
    work_id: Mapped[int | None] = mapped_column(ForeignKey("work.id"), index=True)
    stored_name: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(info={"journal": "digest"})
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    internal: Mapped[bool] = mapped_column(default=True)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Export(Base):
    """A list somebody asked to take away: who, what, how many; fetched by its owner under a random id."""

    __tablename__ = "export"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    choice: Mapped[str] = mapped_column(Text)
    plain: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
