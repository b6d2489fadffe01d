"""How long records are kept, what was reviewed and removed, and what people ask about their own data."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Versioned

DIGEST = {"journal": "digest"}
SECRET = {"journal": "secret"}


class RetentionRule(Versioned, Base):
    """How long one class of records is kept: `amount` of `unit` from the day `counted_from`, then `act`."""

    __tablename__ = "retention_rule"

    record_class: Mapped[str] = mapped_column(unique=True)
    amount: Mapped[int]
    unit: Mapped[str]
    counted_from: Mapped[str]
    act: Mapped[str]
    source: Mapped[str]
    since: Mapped[date]


class RetentionReview(Versioned, Base):
    """One review list and what became of it: the protocol of an act. It holds counts, never contents.

    States: proposed, approved (being carried out), done, dropped. Whatever was kept until `until` is due.
    """

    __tablename__ = "retention_review"
    __table_args__ = (Index("ix_retention_review_state", "state"),)

    record_class: Mapped[str]
    act: Mapped[str]
    until: Mapped[date]
    source: Mapped[str]
    state: Mapped[str]
    total: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    backups_until: Mapped[date | None]


class RetentionItem(Base):
    """One record of a review list: due, kept, or done. `root` is its table; its number is all that is told of it."""

    __tablename__ = "retention_item"
    __table_args__ = (
        UniqueConstraint("review_id", "record_id"),
        Index("ix_retention_item_root_record_id", "root", "record_id"),
        Index("ix_retention_item_review_id_state_id", "review_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("retention_review.id"))
    root: Mapped[str]
    record_id: Mapped[int]
    number: Mapped[str]
    counted_on: Mapped[date | None]
    state: Mapped[str]


RetentionItem.__table__.info["journal"] = "the review it belongs to and every record it changes are journalled"  # type: ignore[attr-defined]


class RetentionHold(Versioned, Base):
    """A record that stays although its time is over, and why (a case at law, an audit); until released."""

    __tablename__ = "retention_hold"
    __table_args__ = (Index("ix_retention_hold_root_record_id", "root", "record_id"),)

    root: Mapped[str]
    record_id: Mapped[int]
    number: Mapped[str]
    reason: Mapped[str] = mapped_column(Text, info=DIGEST)
    held_at: Mapped[datetime]
    held_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime | None]


class DataRequest(Versioned, Base):
    """What somebody asks about their own data (PIPL Art. 44 to 50), on a clock of its own. Identities are encrypted.

    `kind` is access, copy, correct, delete, restrict or explain; `for_whom` self, guardian, relative or agent.
    """

    __tablename__ = "data_request"
    __table_args__ = (
        UniqueConstraint("year", "running"),
        Index("ix_data_request_state_due_on", "state", "due_on"),
    )

    number: Mapped[str] = mapped_column(unique=True)
    year: Mapped[int]
    running: Mapped[int]
    kind: Mapped[str]
    state: Mapped[str]
    for_whom: Mapped[str]
    name: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)
    contact: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)
    applicant: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)
    name_mask: Mapped[str] = mapped_column(default="", info=DIGEST)
    contact_mask: Mapped[str] = mapped_column(default="", info=DIGEST)
    name_key: Mapped[str] = mapped_column(default="", info=SECRET)
    contact_key: Mapped[str] = mapped_column(default="", info=SECRET)
    wants: Mapped[str] = mapped_column(Text, info=DIGEST)
    received_on: Mapped[date]
    due_on: Mapped[date]
    provisional: Mapped[bool] = mapped_column(default=False)
    limit_set_id: Mapped[int] = mapped_column(ForeignKey("limit_set.id"))
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    identity_how: Mapped[str] = mapped_column(default="")
    identity_on: Mapped[date | None]
    identity_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    article: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class DataRequestRecord(Versioned, Base):
    """A case or dispute that holds the person's data, found by the exact key `found_by`, as the party `party_id`.

    `withheld` is what stood in the party before it was restricted, encrypted.
    """

    __tablename__ = "data_request_record"
    __table_args__ = (UniqueConstraint("request_id", "root", "party_id"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("data_request.id"))
    root: Mapped[str]
    record_id: Mapped[int]
    party_id: Mapped[int]
    number: Mapped[str]
    found_by: Mapped[str]
    taken: Mapped[bool] = mapped_column(default=True)
    withheld: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)


class DataRequestPassage(Versioned, Base):
    """One field of one row in which other people's words about the person were masked, as somebody confirmed.

    `withheld` is what stood there and what became of it, encrypted, where it may be told again; `root` and `record_id`
    say for which record of the person it was done.
    """

    __tablename__ = "data_request_passage"

    request_id: Mapped[int] = mapped_column(ForeignKey("data_request.id"), index=True)
    root: Mapped[str]
    record_id: Mapped[int]
    number: Mapped[str]
    tbl: Mapped[str]
    field: Mapped[str]
    row_id: Mapped[int]
    masked_at: Mapped[datetime] = mapped_column(index=True)
    masked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    withheld: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)


class DataRequestEntry(Base):
    """What happened to a request: one line per act, never changed."""

    __tablename__ = "data_request_entry"
    __table_args__ = (Index("ix_data_request_entry_request_id_id", "request_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("data_request.id"))
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    act: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    detail: Mapped[str] = mapped_column(Text, default="{}", info=DIGEST)


class DataIncident(Versioned, Base):
    """Personal data that leaked, were lost or changed: what PIPL Art. 57 asks to be told, and who was told when."""

    __tablename__ = "data_incident"

    number: Mapped[str] = mapped_column(unique=True)
    what: Mapped[str] = mapped_column(Text, info=DIGEST)
    kinds: Mapped[str] = mapped_column(Text, info=DIGEST)
    found_on: Mapped[date] = mapped_column(index=True)
    happened_on: Mapped[date | None]
    people: Mapped[int | None]
    harm: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    measures: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    advice: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    authority_told_on: Mapped[date | None]
    people_told_on: Mapped[date | None]
    why_untold: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
