"""The demo's swaps in every state, shifts taken over, a sick call, and wishes for the month to come."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from db.demo.duties import DutyHall, DutyTold, month_of
from db.engine import reading
from db.models import DutySwap, Rota, RotaPlace
from db.rules.duty.swapping import OPEN, State
from db.rules.duty.words import Absence
from db.services.duty import absences, attendance, editing, publishing, swaps

WEEK = timedelta(days=7)


def stories(hall: DutyHall) -> Iterator[Iterator[datetime]]:
    """Every swap, taking over, sick call and wish the preset tells."""
    for what, story in (("wish", _wish), ("swap", _swap), ("take_over", _take_over), ("sick_call", _sick_call)):
        for number, row in enumerate(hall.told[what]):
            yield story(hall, row, f"demo-{what}-{number}")


def _wish(hall: DutyHall, row: Mapping[str, Any], key: str) -> Iterator[datetime]:
    """A wish of a member for the month to come."""
    yield hall.moment(row["entered"], 12, 35)
    month = month_of(hall.end.date(), 1)
    first, last = (month + timedelta(days=day - 1) for day in row["days"])
    absences.add_wish(
        hall.town.people[row["who"]],
        member_id=hall.duties[row["duty"]].members[row["who"]],
        kind=row["kind"],
        from_on=first,
        until_on=last,
        weight=row["weight"],
        reason=row["reason"],
        key=key,
    )


def _swap(hall: DutyHall, row: Mapping[str, Any], key: str) -> Iterator[datetime]:
    """Asked, and taken, decided or withdrawn as the preset says."""
    yield hall.moment(row["asked"], 10, 12)
    duty, ends = hall.duties[row["duty"]], State(row["ends"])
    found = _exchange(hall, duty, row, hall.day(row["asked"] - row["ahead"]))
    if found is None:
        return
    place, taker_id = found
    asker = hall.speaker(place.member_id)
    swap_id = swaps.ask_swap(
        asker,
        place_id=place.id,
        version=place.version,
        reason=row["reason"],
        taker_id=taker_id if ends is State.OFFERED else None,
        key=key,
    )
    if ends in (State.ASKED, State.OFFERED):
        return
    yield hall.moment(row["asked"], 13, 40)
    if ends is State.WITHDRAWN:
        swaps.withdraw(asker, swap_id=swap_id, version=1, reason=row["decision"], key=f"{key}-end")
        return
    swaps.take_swap(hall.speaker(taker_id), swap_id=swap_id, version=1, taker_id=taker_id, key=f"{key}-taken")
    if ends is State.TAKEN:
        return
    yield hall.moment(row["asked"], 16, 25)
    if ends is State.APPROVED:
        swaps.approve(hall.director, swap_id=swap_id, version=2, key=f"{key}-end")
    else:
        swaps.refuse(hall.director, swap_id=swap_id, version=2, reason=row["decision"], key=f"{key}-end")


def _take_over(hall: DutyHall, row: Mapping[str, Any], key: str) -> Iterator[datetime]:
    """Somebody leaves in the middle of a shift, another comes at once; the leader on shift says so."""
    yield hall.moment(row["days"], row["hour"], 18)
    duty, day = hall.duties[row["duty"]], hall.day(row["days"])
    found = _exchange(hall, duty, row, day, day)
    if found is None:
        return
    place, taker_id = found
    told = {"place_id": place.id, "taker_id": taker_id, "reason": row["reason"]}
    swap_id = swaps.take_over_now(hall.in_charge(), version=place.version, key=key, **told)
    asker, version = hall.speaker(place.member_id), place.version + 1
    attendance.end_shift(asker, place_id=place.id, version=version, key=f"{key}-leaves")
    yield hall.moment(row["days"], row["hour"], 46)
    taker = hall.speaker(taker_id)
    attendance.start_shift(taker, place_id=place.id, version=version, uniform=None, key=f"{key}-comes")
    if row["approved"]:
        yield hall.moment(row["days"] - 1, 9, 5)
        swaps.approve(hall.director, swap_id=swap_id, version=1, key=f"{key}-approved")


def _sick_call(hall: DutyHall, row: Mapping[str, Any], key: str) -> Iterator[datetime]:
    """Leave for two days, and whoever is free on the shift in it."""
    yield hall.moment(row["days"], 15, 30)
    duty, day = hall.duties[row["duty"]], hall.day(row["days"] - 1)
    found = _exchange(hall, duty, row, day, day)
    if found is None:
        return
    place, taker_id = found
    absences.add_absence(
        duty.planner,
        member_id=place.member_id or 0,
        kind=Absence.LEAVE,
        from_on=day,
        until_on=day + timedelta(days=1),
        reason=row["reason"],
        key=f"{key}-leave",
    )
    publishing.override(
        duty.planner,
        rota_id=place.rota_id,
        place_id=place.id,
        version=place.version,
        member_id=taker_id,
        reason=row["reason"],
        key=key,
    )


def _exchange(
    hall: DutyHall, duty: DutyTold, row: Mapping[str, Any], first: date, last: date | None = None
) -> tuple[RotaPlace, int] | None:
    """A published place from `first` on and a colleague who may take it, nothing when there is none.

    Whoever has not asked yet comes first, and people with an account before others.
    """
    under_way = select(DutySwap.place_id).where(DutySwap.state.in_(OPEN))
    query = (
        select(RotaPlace)
        .join(Rota, Rota.id == RotaPlace.rota_id)
        .where(Rota.duty_id == duty.duty_id, Rota.state == "published", RotaPlace.role == row["role"])
        .where(RotaPlace.on_day.between(first, last or first + WEEK), RotaPlace.id.not_in(under_way))
        .where(RotaPlace.member_id.is_not(None))
        .order_by(RotaPlace.on_day, RotaPlace.begins_at, RotaPlace.id)
    )
    with reading() as session:
        places = session.scalars(query).all()
    asker = duty.members[row["who"]] if "who" in row else None
    for place in sorted(places, key=lambda one: (one.member_id in hall.asked, one.member_id not in hall.accounts)):
        if asker in (None, place.member_id):
            free = editing.candidates(duty.planner, rota_id=place.rota_id, place_id=place.id)
            takers = [int(member_id) for member_id in free[free["free"]]["member_id"]]
            if takers:
                hall.asked.add(place.member_id or 0)
                return place, min(takers, key=lambda taker: taker not in hall.accounts)
    return None
