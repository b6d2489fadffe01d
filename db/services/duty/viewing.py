"""One rota with all that is shown of it: places, days, rules, counts, score and changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any, TypeVar

import pandas as pd
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from db.engine import reading
from db.models import CalendarDay, DutyAbsence, DutyMember, DutyPost, DutyShift, Person, Rota, RotaChange, RotaPlace
from db.rules.duty.breaking import Break, breaks_of
from db.rules.duty.counts import MEASURES, Score, Standing, Tally, group_of, score_of, tally_of
from db.rules.duty.needs import day_kind, days_between
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.duty import ground
from db.services.duty.ground import STORED, Planned
from db.services.duty.rows import frame, framed, records

Part = TypeVar("Part", DutyPost, DutyShift)

PLACES = [*STORED, "mark", "moved_from"]
MEMBERS = ["id", "name", "roles", "skills", "posts", "team", "share", "reserve", "person_id", "active"]
ABSENCES = ["id", "member_id", "kind", "from_on", "until_on", "shift_id", "weight"]
DAYS = ["day", "kind", "name", "period", "period_en", "known"]
COUNTS = ["member_id", "member", "group", "share", *MEASURES]
COUNTS += [f"ever_{name}" for name in MEASURES] + [f"over_{name}" for name in MEASURES]
CHANGES = ["id", "place_id", "on_day", "post_id", "shift_id", "role", "kind", "was_id", "was", "becomes_id", "becomes"]
CHANGES += ["swap_id", "reason", "person", "at"]


@dataclass(frozen=True)
class RotaView:
    """A rota as its screen shows it.

    Frames: `places` (PLACES; member_id is who serves now, published_id who was published; mark and moved_from say what
    a holiday did), `members` (MEMBERS), `absences` (ABSENCES, without reasons), `days` (DAYS; kind is a DayKind,
    `period` the names of special periods and `period_en` in English, `known` false without an official calendar),
    `counts` (COUNTS: this period, ever, and over the fair share), `changes` (CHANGES, newest first; reasons only for
    who plans). `posts`, `shifts` and `marks` are names by id, `posts_en`, `shifts_en` and `marks_en` the English ones,
    empty where none is given. `lacking` places are needed by now and not in the rota, `surplus` ones the reverse.
    `planned` is what it was judged by, for further questions of the same look.
    """

    id: int
    version: int
    duty_id: int
    duty: str
    duty_en: str
    title: str
    from_on: date
    until_on: date
    state: str
    number: int | None
    note: str
    open_reason: str
    provisional: bool
    seed: int
    made_at: datetime
    published_at: datetime | None
    published_by: str
    posts: Mapping[int, str]
    posts_en: Mapping[int, str]
    shifts: Mapping[int, str]
    shifts_en: Mapping[int, str]
    marks: Mapping[int, str]
    marks_en: Mapping[int, str]
    places: pd.DataFrame
    members: pd.DataFrame
    absences: pd.DataFrame
    days: pd.DataFrame
    breaks: tuple[Break, ...]
    counts: pd.DataFrame
    score: Score
    changes: pd.DataFrame
    lacking: int
    surplus: int
    may_plan: bool
    may_publish: bool
    planned: Planned

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The places as plain rows: a frame asked again for each day and person costs more than the screen itself."""
        return records(self.places)

    @cached_property
    def people(self) -> list[dict[str, Any]]:
        """The members as plain rows."""
        return records(self.members)

    @cached_property
    def facts(self) -> dict[date, dict[str, Any]]:
        """What each day is."""
        return {row["day"]: row for row in records(self.days)}

    @cached_property
    def standing(self) -> dict[int, dict[str, Any]]:
        """What each member served, by id."""
        return {int(row["member_id"]): row for row in records(self.counts)}

    @cached_property
    def names(self) -> dict[int, str]:
        """The members by id."""
        return {int(row["id"]): str(row["name"]) for row in self.people}


@guarded(Permission.DUTY_READ)
def rota_view(actor: Actor, *, rota_id: int) -> RotaView:
    """One rota with all that is shown of it; raises NotThere."""
    with reading() as session:
        rota = ground.rota_of(session, actor, rota_id, Permission.DUTY_READ)
        found = ground.planned(session, rota)
        breaks = breaks_of((*found.places, *found.outside), found.ground)
        standings = standings_of(found)
        score = score_of(standings, open_places=sum(p.member_id is None for p in found.places), broken=len(breaks))
        places = _places(found)
        present, wanted = set(_keys(places)), {ground.key_of(each) for each in found.wanted}
        posts, shifts = _named(session, DutyPost, rota.duty_id), _named(session, DutyShift, rota.duty_id)
        may_plan = ground.reaches(session, actor, rota, Permission.DUTY_PLAN)
        return RotaView(
            id=rota.id,
            version=rota.version,
            duty_id=rota.duty_id,
            duty=found.duty.name,
            duty_en=found.duty.name_en,
            title=rota.title,
            from_on=rota.from_on,
            until_on=rota.until_on,
            state=rota.state,
            number=rota.number,
            note=rota.note,
            open_reason=rota.open_reason,
            provisional=not found.calendar.is_known(rota.from_on, rota.until_on),
            seed=rota.seed,
            made_at=rota.made_at,
            published_at=rota.published_at,
            published_by=_name(session, rota.published_by_id),
            posts={post.id: post.name for post in posts},
            posts_en={post.id: post.name_en for post in posts},
            shifts={shift.id: shift.name for shift in shifts},
            shifts_en={shift.id: shift.name_en for shift in shifts},
            marks={shift.id: shift.mark for shift in shifts},
            marks_en={shift.id: shift.mark_en for shift in shifts},
            places=places,
            members=_members(found),
            absences=_absences(session, rota),
            days=_days(session, found),
            breaks=breaks,
            counts=_counts(found, standings, score),
            score=score,
            changes=_changes(session, rota, with_reasons=may_plan),
            lacking=len(wanted - present),
            surplus=len(present - wanted),
            may_plan=may_plan,
            may_publish=ground.reaches(session, actor, rota, Permission.DUTY_PUBLISH),
            planned=found,
        )


def standings_of(found: Planned) -> list[Standing]:
    """Members who may serve in this rota, and whoever does."""
    served: dict[int, Tally] = {}
    for place in found.places:
        if place.member_id is not None:
            counts = tally_of(place.on_day, night=place.night, calendar=found.calendar)
            served[place.member_id] = served.get(place.member_id, Tally()) + counts
    may = {member.id for member in found.serving()}
    return [
        Standing(
            m.id,
            group_of(m.roles, reserve=m.reserve),
            m.share,
            served.get(m.id, Tally()),
            found.before[m.id] + served.get(m.id, Tally()),
        )
        for m in found.ground.members.values()
        if m.id in may or m.id in served
    ]


def _places(found: Planned) -> pd.DataFrame:
    stored = framed(found.stored, STORED, {"member_id": "Int64", "published_id": "Int64"})
    marks = {ground.key_of(each): (each.mark, each.moved_from) for each in found.wanted}
    found_marks = [marks.get(key, ("", None)) for key in _keys(stored)]
    moved = pd.Series([day for _, day in found_marks], index=stored.index, dtype=object)
    return stored.assign(mark=[mark for mark, _ in found_marks], moved_from=moved)


def _keys(places: pd.DataFrame) -> list[ground.Key]:
    """Which places these are."""
    return list(zip(*(places[name] for name in ("on_day", "post_id", "shift_id", "role", "place")), strict=True))


def _members(found: Planned) -> pd.DataFrame:
    rows = [
        (
            *(m.id, m.name, m.roles, tuple(sorted(m.skills)), tuple(sorted(m.posts)), m.team, m.share, m.reserve),
            *(found.accounts[m.id], m.active),
        )
        for m in found.ground.members.values()
    ]
    return framed(rows, MEMBERS, {"person_id": "Int64", "reserve": "bool", "active": "bool"})


def _absences(session: Session, rota: Rota) -> pd.DataFrame:
    query = (
        select(*(getattr(DutyAbsence, name) for name in ABSENCES))
        .join(DutyMember, DutyMember.id == DutyAbsence.member_id)
        .where(DutyMember.duty_id == rota.duty_id, DutyAbsence.removed_at.is_(None))
        .where(DutyAbsence.from_on <= rota.until_on, DutyAbsence.until_on >= rota.from_on)
        .order_by(DutyAbsence.from_on, DutyAbsence.id)
    )
    return frame(session, query, ABSENCES, "shift_id")


def _days(session: Session, found: Planned) -> pd.DataFrame:
    rota, calendar = found.rota, found.calendar
    named = dict(
        session.execute(
            select(CalendarDay.day, CalendarDay.name).where(CalendarDay.day.between(rota.from_on, rota.until_on))
        ).all()
    )
    rows = [
        (
            day,
            day_kind(day, calendar).value,
            named.get(day, ""),
            "、".join(str(period.named) for period in found.periods if period.covers(day)),
            ", ".join(period.named.within("en") for period in found.periods if period.covers(day)),
            calendar.is_known(day, day),
        )
        for day in days_between(rota.from_on, rota.until_on)
    ]
    return pd.DataFrame(rows, columns=DAYS)


def _counts(found: Planned, standings: Iterable[Standing], score: Score) -> pd.DataFrame:
    rows = [
        {"member_id": each.member_id, "member": found.ground.members[each.member_id].name}
        | {"group": each.group, "share": each.share}
        | {name: getattr(each.period, name) for name in MEASURES}
        | {f"ever_{name}": getattr(each.ever, name) for name in MEASURES}
        | {f"over_{name}": score.over[each.member_id][name] for name in MEASURES}
        for each in standings
    ]
    return pd.DataFrame(rows, columns=COUNTS)


def _changes(session: Session, rota: Rota, *, with_reasons: bool) -> pd.DataFrame:
    found = frame(session, _changes_made(), CHANGES, "was_id", "becomes_id", "swap_id", of={"rota_id": rota.id})
    return found if with_reasons else found.assign(reason="")


@cache
def _changes_made() -> Select[*tuple[object, ...]]:
    """The changes of the rota bound as rota_id; built once, because building it costs more than running it."""
    was, becomes = aliased(DutyMember), aliased(DutyMember)
    return (
        select(RotaChange.id, RotaChange.place_id, RotaPlace.on_day, RotaPlace.post_id, RotaPlace.shift_id)
        .add_columns(RotaPlace.role, RotaChange.kind, RotaChange.was_id, func.coalesce(was.name, ""))
        .add_columns(RotaChange.becomes_id, func.coalesce(becomes.name, ""), RotaChange.swap_id, RotaChange.reason)
        .add_columns(func.coalesce(Person.name, ""), RotaChange.at)
        .join(RotaPlace, RotaPlace.id == RotaChange.place_id)
        .outerjoin(was, was.id == RotaChange.was_id)
        .outerjoin(becomes, becomes.id == RotaChange.becomes_id)
        .outerjoin(Person, Person.id == RotaChange.person_id)
        .where(RotaChange.rota_id == bindparam("rota_id"))
        .order_by(RotaChange.id.desc())
    )


def _named(session: Session, part: type[Part], duty_id: int) -> Sequence[Part]:
    """Posts or shifts of a duty in their order, retired ones too."""
    return session.scalars(select(part).where(part.duty_id == duty_id).order_by(part.position, part.id)).all()


def _name(session: Session, person_id: int | None) -> str:
    return session.scalar(select(Person.name).where(Person.id == person_id)) or ""
