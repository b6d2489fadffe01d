"""Swaps as a list with what each person may do next, and who could take a place."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import reading
from db.models import Duty, DutyMember, DutyPost, DutyShift, DutySwap, Person, Rota, RotaPlace
from db.rules.duty.breaking import Member, new_breaks
from db.rules.duty.swapping import LIVE, MOVES, By, State, Step, steps_from
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import guarded
from db.services.duty.ground import Planned, planned
from db.services.duty.rows import framed
from db.services.duty.scope import within
from db.services.duty.serving import charges, in_charge, is_own, no_account, plans, served

SWAPS = ["id", "version", "state", "urgent", "duty_id", "duty", "duty_en", "place_id", "on_day", "begins_at", "ends_at"]
SWAPS += [
    "post",
    "post_en",
    "shift",
    "shift_en",
    "role",
    "asked_by_id",
    "asked_by",
    "taker_id",
    "taker",
    "return_place_id",
    "return_day",
]
SWAPS += [
    "return_shift",
    "return_shift_en",
    "reason",
    "asked_at",
    "taken_at",
    "decided_at",
    "decided_by",
    "decision",
    "steps",
    "takers",
]
TAKERS = ["member_id", "member", "reserve", "total", "fits", "why"]


@dataclass(frozen=True)
class Reach:
    """What the actor has to do with: members spoken for (id to duty, name and roles), duties by what one may there."""

    serves: bool
    spoken: Mapping[int, tuple[int, str, frozenset[str]]]
    planned: frozenset[int]
    charged: frozenset[int]
    published: frozenset[int]

    def takers(self, swap: DutySwap, place: RotaPlace, duty_id: int) -> dict[int, str]:
        """The members spoken for who could take a swap: of the role when it is asked, the named one when offered."""
        return {
            member_id: name
            for member_id, (of, name, roles) in self.spoken.items()
            if (swap.state == State.OFFERED and member_id == swap.taker_id)
            or (swap.state == State.ASKED and of == duty_id and place.role in roles and member_id != swap.asked_by_id)
        }

    def may(self, by: By, step: Step, swap: DutySwap, takers: Mapping[int, str], duty_id: int) -> bool:
        """Whether the actor is one of those who take a step."""
        if not self.serves:
            return False
        if by is By.ASKER:
            return swap.asked_by_id in self.spoken or duty_id in self.planned
        if by is By.TAKER:
            return bool(takers) if step is Step.TAKE else swap.taker_id in self.spoken
        if by is By.ON_SHIFT:
            return bool(takers) or duty_id in self.planned | self.charged
        return duty_id in self.published

    def reads(self, swap: DutySwap, duty_id: int) -> bool:
        """Whether reasons and decisions are told."""
        return bool({swap.asked_by_id, swap.taker_id} & self.spoken.keys()) or duty_id in self.planned | self.charged


@guarded(Permission.DUTY_READ)
def swaps(actor: Actor, *, duty_id: int | None = None, live: bool = True) -> pd.DataFrame:
    """Swaps one has to do with (asked, named for, could take, plans or decides), newest first: columns of SWAPS.

    `steps` is a tuple of the steps open to this actor (db.rules.duty.swapping.Step), `takers` the members of the
    actor who could take it, id to name. Reasons and decisions are "" for everybody but asker, taker and planners.
    """
    now = clock.now()
    with reading() as session:
        reach = _reach(session, actor, now)
        condition = and_(
            _concerns(reach),
            DutySwap.state.in_(LIVE) if live else true(),
            Duty.id == duty_id if duty_id is not None else true(),
        )
        rows = [_told(reach, now, *row) for row in session.execute(_told_with().where(condition))]
    return framed(rows, SWAPS, dict.fromkeys(("taker_id", "return_place_id"), "Int64"))


@guarded(Permission.DUTY_SERVE)
def propose(actor: Actor, *, place_id: int) -> pd.DataFrame:
    """Who has the role of a place, those who fit first, then those with the fewest shifts: columns of TAKERS.

    `why` is a tuple of Problem, empty for who fits; `total` counts the shifts of the rota and all before. For whose
    place it is, for who plans the duty, and for its leader or deputy on shift; raises NotThere.
    """
    with reading() as session:
        shift = served(session, place_id)
        holder = session.get(DutyMember, shift.place.member_id) if shift.place.member_id is not None else None
        own = holder is not None and is_own(holder, actor)
        ordering = plans(session, actor, shift.duty.id) or in_charge(session, actor, shift.duty.id, clock.now())
        if not own and not ordering:
            raise NotThere(RotaPlace.__tablename__)
        rows = _candidates(planned(session, shift.rota), shift.place)
    frame = pd.DataFrame(rows, columns=TAKERS)
    return frame.sort_values(
        ["fits", "reserve", "total", "member_id"], ascending=[False, True, True, True]
    ).reset_index(drop=True)


def _candidates(plan: Planned, place: RotaPlace) -> list[tuple[object, ...]]:
    counted = Counter(one.member_id for one in plan.places)
    near = plan.near(place.on_day, place.on_day)

    def row(member: Member) -> tuple[object, ...]:
        why = tuple(one.problem for one in new_breaks(near, {place.id: member.id}, plan.ground))
        before = plan.before[member.id].total if member.id in plan.before else 0
        return member.id, member.name, member.reserve, counted[member.id] + before, not why, why

    candidates = [one for one in plan.ground.members.values() if one.active and place.role in one.roles]
    return [row(one) for one in candidates if one.id != place.member_id]


def _reach(session: Session, actor: Actor, now: datetime) -> Reach:
    charged = charges(session, actor, now)
    spoken_for = or_(
        DutyMember.person_id == actor.id, and_(no_account(), or_(within(actor, Permission.DUTY_PLAN), charged))
    )
    members = select(DutyMember).join(Duty, Duty.id == DutyMember.duty_id).where(DutyMember.active, spoken_for)
    spoken = session.scalars(members.order_by(DutyMember.id)).all()
    return Reach(
        serves=actor.may(Permission.DUTY_SERVE),
        spoken={one.id: (one.duty_id, one.name, frozenset(json.loads(one.roles))) for one in spoken},
        planned=_duties(session, within(actor, Permission.DUTY_PLAN)),
        charged=_duties(session, charged),
        published=_duties(session, within(actor, Permission.DUTY_PUBLISH)),
    )


def _duties(session: Session, condition: ColumnElement[bool]) -> frozenset[int]:
    return frozenset(session.scalars(select(Duty.id).where(condition)))


def _concerns(reach: Reach) -> ColumnElement[bool]:
    serves = {duty_id for duty_id, _, _ in reach.spoken.values()}
    return or_(
        DutySwap.asked_by_id.in_(reach.spoken),
        DutySwap.taker_id.in_(reach.spoken),
        and_(DutySwap.state == State.ASKED, Duty.id.in_(serves)),
        Duty.id.in_(reach.planned | reach.charged | reach.published),
    )


@cache
def _told_with() -> Select[*tuple[Any, ...]]:
    """Swaps with what is told of them; built once, because building it costs more than running it."""
    asker, taker, back, back_shift = aliased(DutyMember), aliased(DutyMember), aliased(RotaPlace), aliased(DutyShift)
    return (
        select(
            DutySwap, RotaPlace, Duty, DutyPost, DutyShift, asker.name, taker.name,
            back.on_day, back_shift, Person.name,
        )
        .join(RotaPlace, RotaPlace.id == DutySwap.place_id)
        .join(Rota, Rota.id == RotaPlace.rota_id)
        .join(Duty, Duty.id == Rota.duty_id)
        .join(DutyPost, DutyPost.id == RotaPlace.post_id)
        .join(DutyShift, DutyShift.id == RotaPlace.shift_id)
        .join(asker, asker.id == DutySwap.asked_by_id)
        .outerjoin(taker, taker.id == DutySwap.taker_id)
        .outerjoin(back, back.id == DutySwap.return_place_id)
        .outerjoin(back_shift, back_shift.id == back.shift_id)
        .outerjoin(Person, Person.id == DutySwap.decided_by_id)
        .order_by(DutySwap.asked_at.desc(), DutySwap.id.desc())
    )  # fmt: skip


def _told(
    reach: Reach,
    now: datetime,
    swap: DutySwap,
    place: RotaPlace,
    duty: Duty,
    post: DutyPost,
    shift: DutyShift,
    asked_by: str,
    taker: str | None,
    return_day: object,
    return_shift: DutyShift | None,
    decided_by: str | None,
) -> tuple[object, ...]:
    state = State(swap.state)
    takers = reach.takers(swap, place, duty.id)
    steps = tuple(
        step
        for step in steps_from(state, place.begins_at, place.ends_at, now)
        if reach.may(MOVES[state, step].by, step, swap, takers, duty.id)
    )
    reads = reach.reads(swap, duty.id)
    back = (return_shift.name, return_shift.name_en) if return_shift else ("", "")
    return (
        *(swap.id, swap.version, swap.state, swap.urgent, duty.id, duty.name, duty.name_en, place.id, place.on_day),
        *(place.begins_at, place.ends_at, post.name, post.name_en, shift.name, shift.name_en, place.role),
        *(swap.asked_by_id, asked_by, swap.taker_id, taker or ""),
        *(swap.return_place_id, return_day, *back, swap.reason if reads else "", swap.asked_at),
        *(swap.taken_at, swap.decided_at, decided_by or "", swap.decision if reads else "", steps, takers),
    )
