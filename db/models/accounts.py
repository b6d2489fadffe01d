"""Staff, their units in three levels, their roles, their sessions and what they open in an emergency."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Versioned


class Unit(Versioned, Base):
    """Centre → village or department → group. `path` is "/1/4/", so that "mine and below" is one prefix."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("parent_id", "name"),)

    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    level: Mapped[int]
    path: Mapped[str] = mapped_column(index=True, default="")
    kind: Mapped[str] = mapped_column(default="department")
    active: Mapped[bool] = mapped_column(default=True)


class Person(Versioned, Base):
    """A member of staff with an account. `epoch` rises with every password or role change and ends old sessions."""

    __tablename__ = "person"

    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    phone: Mapped[str] = mapped_column(default="", info={"journal": "digest"})
    language: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str] = mapped_column(default="", info={"journal": "secret"})
    password_scheme: Mapped[str] = mapped_column(default="")
    password_expires_at: Mapped[datetime | None]
    must_change: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class PersonRole(Base):
    """One role of one person."""

    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class SignInSession(Base):
    """A signed-in browser. Only the token's hash is kept."""

    __tablename__ = "sign_in_session"
    __table_args__ = (Index("ix_sign_in_session_person_id_revoked_at", "person_id", "revoked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    epoch: Mapped[int]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_why: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")


class SignInCounter(Base):
    """Failed tries of one typed name or one address, whether or not that name exists. The key is a digest.

    Or how often somebody asked for something (turns.py): `wait_until` is then when all of it may be asked again.
    """

    __tablename__ = "sign_in_counter"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]
    wait_until: Mapped[datetime | None]


class SignInTicket(Base):
    """A one-time note that a password was right, exchanged for a cookie by a POST within seconds."""

    __tablename__ = "sign_in_ticket"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(default="sign_in")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    target: Mapped[str] = mapped_column(default="/")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SecondFactor(Base):
    """A person's authenticator. It counts once `confirmed_at` stands; no code of `last_step` or before is taken."""

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret: Mapped[bytes]
    begun_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """A code that stands in once for a lost authenticator. Only a keyed digest is kept."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    used_at: Mapped[datetime | None]


class EmergencyReading(Versioned, Base):
    """One confidential record an administrator opened, with the reason and until when; a director takes note of it."""

    __tablename__ = "emergency_reading"
    __table_args__ = (
        CheckConstraint("(case_id IS NULL) <> (dispute_id IS NULL)", name="one_record"),
        Index("ix_emergency_reading_noted_at", "noted_at"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    dispute_id: Mapped[int | None] = mapped_column(ForeignKey("dispute.id"))
    reason: Mapped[str] = mapped_column(Text, info={"journal": "digest"})
    opened_at: Mapped[datetime]
    until: Mapped[datetime]
    noted_at: Mapped[datetime | None]
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


EmergencyReading.__table__.info["wall"] = "a director learns that there was one, behind the first wall alone"  # type: ignore[attr-defined]
for _model in (SignInSession, SignInCounter, SignInTicket, SecondFactor, RecoveryCode):
    _model.__table__.info["journal"] = "sign-ins, failures and sign-outs are noted as events of their own"  # type: ignore[attr-defined]
