"""Around a register: lists people saved, acts that can be undone, who stands in for whom, pairs that look alike."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Versioned


class SavedList(Versioned, Base):
    """A list with its filters, saved by name. `screen` is the screen's path, `query` what stands in its address."""

    __tablename__ = "saved_list"

    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(info={"journal": "digest"})
    screen: Mapped[str]
    query: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    saved_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class ListShare(Base):
    """A role a saved list is shared with."""

    __tablename__ = "list_share"

    list_id: Mapped[int] = mapped_column(ForeignKey("saved_list.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class ListPin(Base):
    """A saved list on somebody's desk, with its count."""

    __tablename__ = "list_pin"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("saved_list.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class UndoableAct(Versioned, Base):
    """An act on cases, or a save of a table edited in place ("codes:category"), that can be taken back.

    `kind` says which; `rows` is JSON, by case or row: what stood before and the version it led to.
    """

    __tablename__ = "undoable_act"
    __table_args__ = (Index("ix_undoable_act_person_id_at", "person_id", "at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    count: Mapped[int]
    rows: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class StandIn(Versioned, Base):
    """Who acts for an absent handler from `begins` to `ends`, both days included; the cases stay the handler's."""

    __tablename__ = "stand_in"
    __table_args__ = (Index("ix_stand_in_stand_in_id_ends", "stand_in_id", "ends"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    stand_in_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    begins: Mapped[date]
    ends: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]


class CaseLikely(Versioned, Base):
    """Two cases that may be one matter. `why` is JSON with the reasons; state: open, repeat, merged, different."""

    __tablename__ = "case_likely"
    __table_args__ = (
        UniqueConstraint("case_id", "other_id"),
        Index("ix_case_likely_state_id", "state", "id"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    why: Mapped[str] = mapped_column(Text)
    score: Mapped[float]
    state: Mapped[str] = mapped_column(default="open")
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CaseMerge(Versioned, Base):
    """Case `gone_id` went into `kept_id`; `before` is JSON with what the kept one said before, for taking it back."""

    __tablename__ = "case_merge"

    kept_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    gone_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    before: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    reason: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    merged_at: Mapped[datetime]
    merged_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CaseConference(Versioned, Base):
    """A joint co-ordination meeting about a matter of several units: who sat together, what was agreed, who leads."""

    __tablename__ = "case_conference"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    held_at: Mapped[datetime]
    place: Mapped[str]
    convened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    units: Mapped[str] = mapped_column(Text)
    others: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    topic: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    statements: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    agreed: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    lead_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    due_on: Mapped[date | None]
    removed_at: Mapped[datetime | None]


class SuggestionModel(Versioned, Base):
    """What the office's own closed cases taught: for `kind` category or unit, with how good it is on held-back cases.

    `weights` are numbers over hashed pieces of text: no word anybody wrote can be read from them. `measured` is JSON.
    """

    __tablename__ = "suggestion_model"
    __table_args__ = (Index("ix_suggestion_model_kind_trained_at", "kind", "trained_at"),)

    kind: Mapped[str]
    trained_at: Mapped[datetime]
    trained_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    cases: Mapped[int]
    measured: Mapped[str] = mapped_column(Text)
    labels: Mapped[str] = mapped_column(Text)
    weights: Mapped[bytes] = mapped_column(LargeBinary, info={"journal": "digest"})
    active: Mapped[bool] = mapped_column(default=True)


class Ledger(Versioned, Base):
    """One of the ledgers a centre keeps: its name as this office says it; `code` tells what is in it."""

    __tablename__ = "ledger"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class Layout(Versioned, Base):
    """A superior's own sheet: an Excel or Word file whose places are filled from chosen columns of a register.

    `document` is JSON: where the rows begin, which column takes what, in which format.
    """

    __tablename__ = "layout"

    name: Mapped[str]
    register: Mapped[str]
    file_name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, info={"journal": "digest"})
    document: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]
