"""A matter a resident brings, from registration to the archive. Its object is the matter, never the person."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from db.base import Base, Versioned

# Each engine as SQLAlchemy writes it there: SQLite leaves a partial index unused when the words differ.
OPEN_ONLY: dict[str, Any] = {"sqlite_where": text("open = 1"), "postgresql_where": text("open")}


class Case(Versioned, Base):
    """One matter. Due dates are stored for lists and always recomputed by db/rules/clocks.py.

    `notice_due_on` and `answer_due_on` stay when they were met, so that rates can be counted of them. `next_step` is
    what a meeting agreed to do next, in words. `gone` (binned, merged) keeps a case out of every list, count and
    search: a query sees it only with the execution option `with_gone`.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        UniqueConstraint("year", "running"),
        Index("ix_case_file_state_next_due_on", "state", "next_due_on"),
        Index("ix_case_file_open_next_due_on", "next_due_on", **OPEN_ONLY),
        Index("ix_case_file_open_received_at_id", "received_at", "id", **OPEN_ONLY),
        Index("ix_case_file_open_handler_id_received_at", "handler_id", "received_at", **OPEN_ONLY),
        Index("ix_case_file_received_at_id", "received_at", "id"),
        Index("ix_case_file_lead_unit_id_state", "lead_unit_id", "state"),
        Index("ix_case_file_handler_id_state", "handler_id", "state"),
        Index("ix_case_file_category_received_at", "category", "received_at"),
        Index("ix_case_file_closed_on", "closed_on"),
        Index("ix_case_file_replied_on", "replied_on"),
        Index("ix_case_file_notice_due_on", "notice_due_on"),
        Index("ix_case_file_answer_due_on", "answer_due_on"),
        Index("ix_case_file_place_key", "place_key"),
        Index("ix_case_file_gone", "gone_at", sqlite_where=text("gone <> ''"), postgresql_where=text("gone <> ''")),
        Index("ix_case_file_merged_into_id", "merged_into_id"),
    )

    number: Mapped[str] = mapped_column(unique=True)
    year: Mapped[int]
    running: Mapped[int]
    state: Mapped[str]
    open: Mapped[bool] = mapped_column(default=True)
    sealed: Mapped[bool] = mapped_column(default=False, index=True)

    channel: Mapped[str]
    source: Mapped[str]
    source_number: Mapped[str | None] = mapped_column(unique=True, info={"journal": "digest"})
    kind: Mapped[str]
    procedure: Mapped[str] = mapped_column(default="ordinary")
    other_procedure: Mapped[str] = mapped_column(default="")
    grade: Mapped[str]
    category: Mapped[str]

    subject: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    text: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    request: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    place: Mapped[str] = mapped_column(default="", info={"journal": "digest"})
    place_key: Mapped[str] = mapped_column(default="", info={"journal": "secret"})
    since: Mapped[str] = mapped_column(default="", info={"journal": "digest"})
    note: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    next_step: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})

    anonymous: Mapped[bool] = mapped_column(default=False)
    child: Mapped[bool] = mapped_column(default=False)
    head_count: Mapped[int] = mapped_column(default=1)
    accused_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), info={"journal": "secret"})
    new_facts: Mapped[bool] = mapped_column(default=False)
    exhausted: Mapped[bool] = mapped_column(default=False)
    privacy_notice_id: Mapped[int | None] = mapped_column(ForeignKey("privacy_notice.id"))
    query_code: Mapped[bytes] = mapped_column(LargeBinary, info={"journal": "secret"})

    received_at: Mapped[datetime]
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    first_responsible_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lead_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    bounces: Mapped[int] = mapped_column(default=0)
    ruled: Mapped[bool] = mapped_column(default=False)

    outcome: Mapped[str] = mapped_column(default="")
    facts: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    legal_basis: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    answer: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    satisfaction: Mapped[str] = mapped_column(default="")
    solved: Mapped[str] = mapped_column(default="")

    notice_on: Mapped[date | None]
    transferred_on: Mapped[date | None]
    responded_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    extended_days: Mapped[int] = mapped_column(default=0)
    answered_on: Mapped[date | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_on: Mapped[date | None]
    replied_on: Mapped[date | None]
    visited_on: Mapped[date | None]
    reopened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    archived_on: Mapped[date | None]

    limit_set_id: Mapped[int] = mapped_column(ForeignKey("limit_set.id"))
    imported_due_on: Mapped[date | None]
    promise_due_on: Mapped[date | None]
    statute_due_on: Mapped[date | None]
    next_due_on: Mapped[date | None]
    notice_due_on: Mapped[date | None]
    answer_due_on: Mapped[date | None]
    provisional: Mapped[bool] = mapped_column(default=False)

    gone: Mapped[str] = mapped_column(default="")
    gone_at: Mapped[datetime | None]
    gone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))


class CaseParty(Versioned, Base):
    """Who brought the matter: the resident or one of at most five representatives. Encrypted; the mask is for lists."""

    __tablename__ = "case_party"
    __table_args__ = (
        Index("ix_case_party_contact_key", "contact_key"),
        Index("ix_case_party_name_key", "name_key"),
        Index("ix_case_party_tail_key", "tail_key"),
        Index("ix_case_party_initials_key", "initials_key"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    role: Mapped[str] = mapped_column(default="resident")
    name: Mapped[bytes | None] = mapped_column(LargeBinary, info={"journal": "digest"})
    contact: Mapped[bytes | None] = mapped_column(LargeBinary, info={"journal": "digest"})
    address: Mapped[bytes | None] = mapped_column(LargeBinary, info={"journal": "digest"})
    guardian: Mapped[bytes | None] = mapped_column(LargeBinary, info={"journal": "digest"})
    name_mask: Mapped[str] = mapped_column(default="", info={"journal": "digest"})
    contact_mask: Mapped[str] = mapped_column(default="", info={"journal": "digest"})
    name_key: Mapped[str] = mapped_column(default="", info={"journal": "secret"})
    contact_key: Mapped[str] = mapped_column(default="", info={"journal": "secret"})
    tail_key: Mapped[str] = mapped_column(default="", info={"journal": "secret"})
    initials_key: Mapped[str] = mapped_column(default="", info={"journal": "secret"})


class CaseUnit(Versioned, Base):
    """One unit's share: the lead or a co-handling unit, each with its own due date, answer and sign-off."""

    __tablename__ = "case_unit"
    __table_args__ = (Index("ix_case_unit_unit_id_case_id", "unit_id", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str]
    state: Mapped[str] = mapped_column(default="sent")
    sent_on: Mapped[date]
    due_on: Mapped[date | None]
    object_by: Mapped[date | None]
    accepted_on: Mapped[date | None]
    objection: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    answer: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    answered_on: Mapped[date | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_on: Mapped[date | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CaseEntry(Base):
    """The timeline: one line per step, never changed. `public` marks words meant for the resident."""

    __tablename__ = "case_entry"
    __table_args__ = (Index("ix_case_entry_case_id_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    step: Mapped[str]
    from_state: Mapped[str] = mapped_column(default="")
    to_state: Mapped[str] = mapped_column(default="")
    public: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    detail: Mapped[str] = mapped_column(Text, default="{}", info={"journal": "digest"})


class CaseExtension(Versioned, Base):
    """The one extension a matter may have (Art. 34: at most 30 days, approved, reason told to the resident)."""

    __tablename__ = "case_extension"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_on: Mapped[date]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_on: Mapped[date | None]
    approved: Mapped[bool | None]
    told_on: Mapped[date | None]


class CaseVisit(Versioned, Base):
    """A follow-up visit or call by somebody other than the handler, with the resident's rating."""

    __tablename__ = "case_visit"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    visited_on: Mapped[date] = mapped_column(index=True)
    how: Mapped[str]
    reached: Mapped[bool] = mapped_column(default=True)
    satisfaction: Mapped[str] = mapped_column(default="")
    solved: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})


class CaseReview(Versioned, Base):
    """A review or re-review (Art. 35, 36); hearing days stop the re-review's clock."""

    __tablename__ = "case_review"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str]
    asked_on: Mapped[date]
    hearing_from: Mapped[date | None]
    hearing_to: Mapped[date | None]
    decided_on: Mapped[date | None]
    decision: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(Text, default="", info={"journal": "digest"})
    told_on: Mapped[date | None]


class CaseLink(Versioned, Base):
    """Two matters that belong together: `kind` is repeat (of the earlier one), related, part_of or split_from."""

    __tablename__ = "case_link"
    __table_args__ = (UniqueConstraint("case_id", "other_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str]


class CaseAccess(Versioned, Base):
    """Who may see a sealed matter; nobody else can, in no list, count or search (Art. 30)."""

    __tablename__ = "case_access"
    __table_args__ = (
        UniqueConstraint("case_id", "person_id"),
        Index("ix_case_access_person_id", "person_id"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CaseRecusal(Versioned, Base):
    """Somebody with a direct interest who stepped aside (Art. 28); from then on not theirs to see."""

    __tablename__ = "case_recusal"
    __table_args__ = (
        UniqueConstraint("case_id", "person_id"),
        Index("ix_case_recusal_person_id", "person_id"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, info={"journal": "digest"})


class CaseWords(Base):
    """The words of a case as single characters and pairs, for search from one character up.

    `digest` is the one of its text alone, by which the same words under another number are known.
    """

    __tablename__ = "case_words"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(default="", index=True)


CaseWords.__table__.info["wall"] = "a sealed case has no words, and hits are told of cases"  # type: ignore[attr-defined]
CaseWords.__table__.info["journal"] = "an index of case_file"  # type: ignore[attr-defined]


@event.listens_for(Session, "do_orm_execute")
def _leave_gone_cases_out(query: ORMExecuteState) -> None:
    """What is in the bin or merged is in no list, count, chart or search; `with_gone` asks for it all the same."""
    if query.is_select and not query.is_column_load and not query.execution_options.get("with_gone"):
        query.statement = query.statement.options(_STANDING)


_STANDING = with_loader_criteria(Case, lambda case: case.gone == "", include_aliases=True)
