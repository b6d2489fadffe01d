"""Disputes the committees mediate, their agreements and what was promised. Amounts are whole fen (0.01 yuan)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Versioned

# Each engine as SQLAlchemy writes it there: SQLite leaves a partial index unused when the words differ.
OPEN_ONLY: dict[str, Any] = {"sqlite_where": text("open = 1"), "postgresql_where": text("open")}
LISTED_BY = ("state", "committee_id", "child", "received_on", "visitor_id")
STANDING: dict[str, Any] = {"sqlite_where": text("ended_on IS NULL"), "postgresql_where": text("ended_on IS NULL")}
DIGEST = {"journal": "digest"}
SECRET = {"journal": "secret"}


class Removable:
    """A row that can be taken out of the file and put back; what is out counts nowhere."""

    removed_at: Mapped[datetime | None]


class Committee(Versioned, Base):
    """A people's mediation committee (Art. 8, 9, 34): of a village, a street, or for one field such as traffic."""

    __tablename__ = "committee"

    name: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    field: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    set_up_on: Mapped[date | None]
    term_from: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)


class Mediator(Versioned, Base):
    """A member of a committee, full-time or part-time, with or without an account."""

    __tablename__ = "mediator"
    __table_args__ = (
        UniqueConstraint("committee_id", "name"),
        Index("ix_mediator_person_id", "person_id"),
    )

    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    sex: Mapped[str] = mapped_column(default="")
    position: Mapped[str] = mapped_column(default="member")
    full_time: Mapped[bool] = mapped_column(default=False)
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)


class MediatorTraining(Removable, Versioned, Base):
    """One training a mediator took part in (R-120)."""

    __tablename__ = "mediator_training"

    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediator.id"), index=True)
    held_on: Mapped[date]
    subject: Mapped[str]
    hours: Mapped[int] = mapped_column(default=0)
    organiser: Mapped[str] = mapped_column(default="")


class DisputeSearch(Removable, Versioned, Base):
    """A search for disputes a committee made, in numbers only (R-08): found, and prevented from beginning."""

    __tablename__ = "dispute_search"

    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"), index=True)
    held_on: Mapped[date]
    found: Mapped[int] = mapped_column(default=0)
    prevented: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")


class Dispute(Versioned, Base):
    """One dispute from the application to the archive. Due days are stored for lists and recomputed by the rules."""

    __tablename__ = "dispute"
    __table_args__ = (
        UniqueConstraint("year", "running"),
        # What a list is asked by stands in its index: the rows are wide, and are read for one page only.
        Index("ix_dispute_open_next_due_on", "next_due_on", *LISTED_BY, **OPEN_ONLY),
        Index("ix_dispute_committee_id_open_received_on", "committee_id", "open", "received_on", "child", "state"),
        Index("ix_dispute_category_state_received_on", "category", "state", "received_on", "source", "child"),
        Index("ix_dispute_received_on_id", "received_on", "id", "state", "source", "committee_id", "child", "open"),
        Index("ix_dispute_accepted_on", "accepted_on"),
        Index("ix_dispute_ended_on", "ended_on"),
        Index("ix_dispute_visitor_id", "visitor_id"),
        Index("ix_dispute_case_id", "case_id"),
    )

    number: Mapped[str] = mapped_column(unique=True)
    year: Mapped[int]
    running: Mapped[int]
    state: Mapped[str]
    open: Mapped[bool] = mapped_column(default=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    source: Mapped[str]
    category: Mapped[str]
    child: Mapped[bool] = mapped_column(default=False)
    major: Mapped[bool] = mapped_column(default=False)
    subject: Mapped[str] = mapped_column(Text, info=DIGEST)
    facts: Mapped[str] = mapped_column(Text, info=DIGEST)
    request: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    place: Mapped[str] = mapped_column(default="", info=DIGEST)
    head_count: Mapped[int] = mapped_column(default=2)
    amount: Mapped[int] = mapped_column(BigInteger, default=0)

    received_on: Mapped[date]
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    privacy_notice_id: Mapped[int | None] = mapped_column(ForeignKey("privacy_notice.id"))
    limit_set_id: Mapped[int] = mapped_column(ForeignKey("limit_set.id"))
    accepted_on: Mapped[date | None]
    extended_days: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date | None]
    next_due_on: Mapped[date | None]
    provisional: Mapped[bool] = mapped_column(default=False)

    ended_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    refused_by: Mapped[str] = mapped_column(default="")
    routes_told: Mapped[str] = mapped_column(default="")
    routes_told_on: Mapped[date | None]

    escalation: Mapped[bool] = mapped_column(default=False)
    escalation_measure: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    police_reported_at: Mapped[datetime | None]
    escalation_prevented: Mapped[bool] = mapped_column(default=False)

    visitor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    file_note: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    retention: Mapped[str] = mapped_column(default="")
    standard: Mapped[bool | None]
    archived_on: Mapped[date | None]
    archived_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_incomplete: Mapped[str] = mapped_column(Text, default="", info=DIGEST)


class DisputeParty(Removable, Versioned, Base):
    """A person or organisation in dispute, with its agent. Identities are encrypted; the masks are for lists."""

    __tablename__ = "dispute_party"

    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), index=True)
    side: Mapped[str]
    kind: Mapped[str] = mapped_column(default="person")
    name: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)
    contact: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)
    address: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)
    guardian: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)
    agent: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)
    agent_contact: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)
    name_mask: Mapped[str] = mapped_column(default="", info=DIGEST)
    contact_mask: Mapped[str] = mapped_column(default="", info=DIGEST)
    agent_mask: Mapped[str] = mapped_column(default="", info=DIGEST)
    name_key: Mapped[str] = mapped_column(default="", index=True, info={"journal": "secret"})
    tail_key: Mapped[str] = mapped_column(default="", index=True, info={"journal": "secret"})
    initials_key: Mapped[str] = mapped_column(default="", index=True, info={"journal": "secret"})
    sex: Mapped[str] = mapped_column(default="", info=DIGEST)
    age: Mapped[int | None] = mapped_column(info=DIGEST)
    occupation: Mapped[str] = mapped_column(default="", info=DIGEST)
    child: Mapped[bool] = mapped_column(default=False)
    agent_powers: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    agent_until: Mapped[date | None]
    identity_seen_on: Mapped[date | None]
    identity_seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    told_on: Mapped[date | None]
    told_how: Mapped[str] = mapped_column(default="")
    consent: Mapped[str] = mapped_column(default="")
    consent_on: Mapped[date | None]
    signed_on: Mapped[date | None]
    signed_by_agent: Mapped[bool] = mapped_column(default=False)


class DisputeMediator(Versioned, Base):
    """A mediator on a file: assigned or chosen by a party, until stepping aside, an objection or a change."""

    __tablename__ = "dispute_mediator"
    __table_args__ = (
        Index("uq_dispute_mediator_standing", "dispute_id", "mediator_id", unique=True, **STANDING),
        Index("ix_dispute_mediator_mediator_id", "mediator_id", "ended_on", "end_kind", "dispute_id"),
    )

    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"))
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediator.id"))
    lead: Mapped[bool] = mapped_column(default=False)
    how: Mapped[str] = mapped_column(default="assigned")
    party_id: Mapped[int | None] = mapped_column(ForeignKey("dispute_party.id"))
    from_on: Mapped[date]
    ended_on: Mapped[date | None]
    end_kind: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(Text, default="", info=DIGEST)


class DisputeSession(Removable, Versioned, Base):
    """An enquiry, a session with the parties, or a caucus whose note only its mediators see."""

    __tablename__ = "dispute_session"

    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), index=True)
    kind: Mapped[str]
    held_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(default="", info=DIGEST)
    present: Mapped[str] = mapped_column(default="[]")
    invited: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    open_to_others: Mapped[bool] = mapped_column(default=False)
    notices: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    statements: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    checked: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    result: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    recorder: Mapped[str] = mapped_column(default="")
    mediators: Mapped[str] = mapped_column(default="[]")
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Agreement(Versioned, Base):
    """What the parties agreed, written or oral (Art. 28 to 31), and its judicial confirmation (Art. 33)."""

    __tablename__ = "agreement"

    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), unique=True)
    form: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    copies: Mapped[int] = mapped_column(default=0)
    party_asks_written: Mapped[bool] = mapped_column(default=False)
    performed_at_once: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    content: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    performance: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
    reached_on: Mapped[date | None]
    mediator_signed_on: Mapped[date | None]
    sealed_on: Mapped[date | None]
    effective_on: Mapped[date | None] = mapped_column(index=True)
    recorder: Mapped[str] = mapped_column(default="")

    excluded_matter: Mapped[str] = mapped_column(default="")
    confirm_by: Mapped[date | None]
    confirmation: Mapped[str] = mapped_column(default="")
    requested_on: Mapped[date | None]
    requested_jointly: Mapped[bool] = mapped_column(default=False)
    court: Mapped[str] = mapped_column(default="")
    court_number: Mapped[str] = mapped_column(default="", info=DIGEST)
    decided_on: Mapped[date | None]


class Obligation(Removable, Versioned, Base):
    """One thing one party owes another: an amount or an act, with its day; instalments share a series."""

    __tablename__ = "obligation"
    __table_args__ = (Index("ix_obligation_standing_due_on", "standing", "due_on"),)

    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    debtor_id: Mapped[int] = mapped_column(ForeignKey("dispute_party.id"))
    creditor_id: Mapped[int] = mapped_column(ForeignKey("dispute_party.id"))
    kind: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
    act: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    manner: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="", info=DIGEST)
    due_on: Mapped[date]
    series: Mapped[int] = mapped_column(default=0)
    standing: Mapped[str] = mapped_column(default="due")
    fulfilled_on: Mapped[date | None]


class Performance(Removable, Versioned, Base):
    """What was done towards an obligation, on which day, and what proves it."""

    __tablename__ = "performance"

    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligation.id"), index=True)
    done_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
    whole: Mapped[bool] = mapped_column(default=True)
    evidence: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class DisputeExtension(Removable, Versioned, Base):
    """More time for the mediation, with the consent of every party on record."""

    __tablename__ = "dispute_extension"

    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), index=True)
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, info=DIGEST)
    consented_on: Mapped[date]
    consented_how: Mapped[str]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class DisputeVisit(Removable, Versioned, Base):
    """A follow-up visit by somebody other than the mediators."""

    __tablename__ = "dispute_visit"

    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    visited_on: Mapped[date]
    how: Mapped[str]
    reason: Mapped[str] = mapped_column(default="", info=DIGEST)
    performance: Mapped[str]
    satisfaction: Mapped[str] = mapped_column(default="")
    court_case: Mapped[bool] = mapped_column(default=False)
    recurrence: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(Text, default="", info=DIGEST)


class DisputePaper(Removable, Versioned, Base):
    """A document in the file that Linli does not print itself, or the pages of one it does."""

    __tablename__ = "dispute_paper"

    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), index=True)
    document: Mapped[str]
    title: Mapped[str] = mapped_column(default="", info=DIGEST)
    dated_on: Mapped[date | None]
    pages: Mapped[int] = mapped_column(default=1)
    remark: Mapped[str] = mapped_column(default="", info=DIGEST)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))


class DisputeEntry(Base):
    """What happened to a dispute: one line per act, never changed."""

    __tablename__ = "dispute_entry"
    __table_args__ = (Index("ix_dispute_entry_dispute_id_id", "dispute_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    step: Mapped[str]
    from_state: Mapped[str] = mapped_column(default="")
    to_state: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    detail: Mapped[str] = mapped_column(Text, default="{}", info=DIGEST)


class DisputeWords(Base):
    """The words of a dispute as single characters and pairs, for search from one character up."""

    __tablename__ = "dispute_words"

    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)


Dispute.__table__.info["wall"] = "a dispute is its mediators'; a sealed matter becomes none"  # type: ignore[attr-defined]
DisputeWords.__table__.info["journal"] = "an index of dispute"  # type: ignore[attr-defined]


class DisputeCount(Base):
    """What the figures of a month add up from; kept by triggers on disputes and agreements (migration 0003).

    Of each month (its first day), category and source there is a row per committee and one for all of them (0). Counts
    of results stand in the month of acceptance, refused and failed in that of the ending.
    """

    __tablename__ = "dispute_count"

    committee_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    accepted: Mapped[int]
    succeeded: Mapped[int]
    written: Mapped[int]
    oral: Mapped[int]
    confirmed: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    persons: Mapped[int]
    difficult: Mapped[int]
    prevented: Mapped[int]
    refused: Mapped[int]
    failed: Mapped[int]


DisputeCount.__table__.info["journal"] = "counted from dispute and agreement"  # type: ignore[attr-defined]
