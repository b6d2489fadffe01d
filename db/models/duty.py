"""Duties, who serves, and rotas. A duty is planned as one: its posts, its needs, its people and its rules.

Times of day are minutes from midnight, lengths are minutes. A rota's places keep what was published; later changes lie
on top of them and say who and why.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Versioned

DIGEST = {"journal": "digest"}
STANDING: dict[str, Any] = {"sqlite_where": text("ended_at IS NULL"), "postgresql_where": text("ended_at IS NULL")}


class Duty(Versioned, Base):
    """Something that is manned by rota (centre duty R-50, patrol posts R-52, reception days R-67), with its rules."""

    __tablename__ = "duty"

    name: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    source_en: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    responsible: Mapped[bool] = mapped_column(default=False)
    least_rest: Mapped[int] = mapped_column(default=0)
    most_days_running: Mapped[int | None]
    most_nights_running: Mapped[int | None]
    window_days: Mapped[int | None]
    window_most: Mapped[int | None]
    most_weekends: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)


class DutyPost(Versioned, Base):
    """A place that is manned: the centre, a police booth, a shop front, a school gate."""

    __tablename__ = "duty_post"
    __table_args__ = (UniqueConstraint("duty_id", "name"),)

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"))
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class DutyShift(Versioned, Base):
    """A kind of shift: when it begins, how long it lasts, and the rest it asks for afterwards."""

    __tablename__ = "duty_shift"
    __table_args__ = (UniqueConstraint("duty_id", "name"),)

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"))
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    mark: Mapped[str] = mapped_column(default="")
    mark_en: Mapped[str] = mapped_column(default="")
    begins: Mapped[int]
    minutes: Mapped[int]
    rest_after: Mapped[int] = mapped_column(default=0)
    night: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class DutyNeed(Versioned, Base):
    """How many of which role a post needs in a shift, on which days, and of which team, unit or skill."""

    __tablename__ = "duty_need"

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("duty_post.id"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("duty_shift.id"))
    role: Mapped[str]
    count: Mapped[int] = mapped_column(default=1)
    days: Mapped[str] = mapped_column(default="every")
    weekday: Mapped[int | None]
    on_holiday: Mapped[str] = mapped_column(default="keep")
    skill: Mapped[str] = mapped_column(default="")
    skill_least: Mapped[int] = mapped_column(default=0)
    team: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    period_id: Mapped[int | None] = mapped_column(ForeignKey("duty_period.id"))
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)


class DutyPeriod(Versioned, Base):
    """A special duty period (R-61): its needs come on top, and reserves may be called in."""

    __tablename__ = "duty_period"

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), index=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date]
    until_on: Mapped[date]
    reserves: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)


class DutyMember(Versioned, Base):
    """Somebody who serves in a duty, staff or volunteer, with or without an account. Lists are JSON arrays of codes.

    `unit_id` is said of who has no account, or serves for another unit than the account's.
    """

    __tablename__ = "duty_member"
    __table_args__ = (
        UniqueConstraint("duty_id", "name"),
        Index("ix_duty_member_person_id", "person_id"),
    )

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    phone: Mapped[bytes | None] = mapped_column(LargeBinary, info=DIGEST)
    roles: Mapped[str] = mapped_column(default="[]")
    skills: Mapped[str] = mapped_column(default="[]")
    posts: Mapped[str] = mapped_column(default="[]")
    team: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    share: Mapped[int] = mapped_column(default=100)
    reserve: Mapped[bool] = mapped_column(default=False)
    most: Mapped[int | None]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    begin_total: Mapped[int] = mapped_column(default=0)
    begin_nights: Mapped[int] = mapped_column(default=0)
    begin_weekends: Mapped[int] = mapped_column(default=0)
    begin_festivals: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class DutyAbsence(Versioned, Base):
    """Days a member can't serve (leave, unavailable) or would rather not or like to (avoid, want)."""

    __tablename__ = "duty_absence"
    __table_args__ = (Index("ix_duty_absence_member_id_from_on", "member_id", "from_on"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("duty_member.id"))
    kind: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date]
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("duty_shift.id"))
    weight: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(default="", info=DIGEST)
    removed_at: Mapped[datetime | None]


class DutyPair(Versioned, Base):
    """Two members who must not, or should, serve together."""

    __tablename__ = "duty_pair"
    __table_args__ = (UniqueConstraint("first_id", "second_id"),)

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), index=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("duty_member.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("duty_member.id"))
    kind: Mapped[str]
    removed_at: Mapped[datetime | None]


class Rota(Versioned, Base):
    """A rota of one duty for a period: a draft, then a numbered version that stays readable.

    `open_reason` says why it was published with open places; the journal keeps it.
    """

    __tablename__ = "rota"
    __table_args__ = (
        UniqueConstraint("duty_id", "number"),
        Index("ix_rota_duty_id_from_on", "duty_id", "from_on"),
    )

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="draft")
    number: Mapped[int | None]
    title: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="")
    open_reason: Mapped[str] = mapped_column(Text, default="")
    seed: Mapped[int] = mapped_column(default=1)
    provisional: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class RotaPlace(Versioned, Base):
    """One place of a rota on one day: who was published on it, and who serves now; nobody means it is open."""

    __tablename__ = "rota_place"
    __table_args__ = (
        UniqueConstraint("rota_id", "on_day", "post_id", "shift_id", "role", "place"),
        Index("ix_rota_place_on_day", "on_day"),
        Index("ix_rota_place_member_id_on_day", "member_id", "on_day"),
    )

    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id"))
    on_day: Mapped[date]
    post_id: Mapped[int] = mapped_column(ForeignKey("duty_post.id"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("duty_shift.id"))
    role: Mapped[str]
    place: Mapped[int] = mapped_column(default=0)
    begins_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    published_id: Mapped[int | None] = mapped_column(ForeignKey("duty_member.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("duty_member.id"))
    fixed: Mapped[bool] = mapped_column(default=False)


class RotaChange(Base):
    """A change on top of a published rota: who stood there, who stands there now, who changed it and why."""

    __tablename__ = "rota_change"
    __table_args__ = (Index("ix_rota_change_rota_id_id", "rota_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("rota_place.id"))
    kind: Mapped[str]
    was_id: Mapped[int | None] = mapped_column(ForeignKey("duty_member.id"))
    becomes_id: Mapped[int | None] = mapped_column(ForeignKey("duty_member.id"))
    swap_id: Mapped[int | None] = mapped_column(ForeignKey("duty_swap.id"))
    reason: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class DutySwap(Versioned, Base):
    """A swap: asked for, taken by a colleague of the same role, decided by the director (R-51)."""

    __tablename__ = "duty_swap"
    __table_args__ = (Index("ix_duty_swap_state", "state"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("rota_place.id"), index=True)
    state: Mapped[str] = mapped_column(default="asked")
    urgent: Mapped[bool] = mapped_column(default=False)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("duty_member.id"))
    taker_id: Mapped[int | None] = mapped_column(ForeignKey("duty_member.id"))
    return_place_id: Mapped[int | None] = mapped_column(ForeignKey("rota_place.id"))
    reason: Mapped[str] = mapped_column(Text, default="", info=DIGEST)
    asked_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[str] = mapped_column(Text, default="", info=DIGEST)


class DutyAttendance(Versioned, Base):
    """Start and end of one member's shift (R-55), with the uniform check (R-66). What is missing stays missing."""

    __tablename__ = "duty_attendance"
    __table_args__ = (UniqueConstraint("place_id", "member_id"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("rota_place.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("duty_member.id"))
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    uniform: Mapped[bool | None]
    note: Mapped[str] = mapped_column(Text, default="", info=DIGEST)


class DutyHandover(Versioned, Base):
    """The hand-over note of a shift at a post, and who of the next shift has read it."""

    __tablename__ = "duty_handover"
    __table_args__ = (Index("ix_duty_handover_post_id_written_at", "post_id", "written_at"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("duty_post.id"))
    on_day: Mapped[date]
    shift_id: Mapped[int] = mapped_column(ForeignKey("duty_shift.id"))
    text: Mapped[str] = mapped_column(Text, info=DIGEST)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    read_at: Mapped[datetime | None]


class RotaSearch(Versioned, Base):
    """A search for a rota in a process of its own: how far it is, the best so far, and how it ended."""

    __tablename__ = "rota_search"
    __table_args__ = (Index("uq_rota_search_running", "rota_id", unique=True, **STANDING),)

    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id"))
    seconds: Mapped[int]
    stop_asked: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    progress: Mapped[str] = mapped_column(Text, default="[]")
    result: Mapped[str] = mapped_column(Text, default="")
    taken: Mapped[bool] = mapped_column(default=False)
    failure: Mapped[str] = mapped_column(Text, default="")


RotaSearch.__table__.info["journal"] = "a search is nobody's record; the rota taken from it is journalled"  # type: ignore[attr-defined]
