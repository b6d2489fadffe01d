"""The demo's rotas: each month planned some days before it, fairly and by hand, and published; the last a draft."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from db.demo.duties import DutyHall, DutyTold, month_of
from db.engine import reading
from db.models import Rota
from db.rules.duty.breaking import Member, Place, new_breaks
from db.rules.duty.counts import MEASURES, Tally, group_of, tally_of
from db.services.duty import absences, editing, ground, publishing, rotas

AHEAD = timedelta(days=8)
NEAR = timedelta(days=8)
MINUTE = timedelta(minutes=1)
FIRST_MONTH, LAST_MONTH = -1, 2


def planning(hall: DutyHall, duty: DutyTold) -> Iterator[datetime]:
    """Month after month from last month on; what would be published after the demo's last moment stays a draft, which
    not every duty has filled by then."""
    for months in range(FIRST_MONTH, LAST_MONTH + 1):
        month = month_of(hall.end.date(), months)
        planned = _planned_at(hall, duty, month)
        draft = planned + 90 * MINUTE > hall.end
        yield hall.end - 30 * MINUTE if draft else planned
        _take_leave(hall, duty, month)
        rota_id = _new(duty, month)
        if not draft or duty.row.get("drafted", True):
            _fill(duty, rota_id)
        if draft:
            return
        yield planned + 90 * MINUTE
        with reading() as session:
            version = session.get_one(Rota, rota_id).version
        why = hall.told["left_open"]
        publishing.publish(hall.director, rota_id=rota_id, version=version, reason=why, key=f"demo-publish-{rota_id}")


def _planned_at(hall: DutyHall, duty: DutyTold, month: date) -> datetime:
    """The duty's hour on a working day some days before the month."""
    day = month - AHEAD
    while not hall.town.calendar.is_working(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time(duty.row["hour"], 20), hall.end.tzinfo)


def _take_leave(hall: DutyHall, duty: DutyTold, month: date) -> None:
    """Some are away for some days of the month, each role's in turn."""
    dice = Random(f"{duty.key}-{month}")  # noqa: S311 - a demo must come out the same each time
    told = hall.told["leave"]
    for role, number in duty.row["away"].items():
        able = [who for who in duty.row["members"] if role in who["roles"] and not who.get("reserve")]
        for turn, who in enumerate(dice.sample(able, number)):
            # The first half of the month, then the second, so that no role is short.
            first = month + timedelta(days=dice.randint(2, 9) + turn * 14)
            member_id = duty.members[who.get("username") or who["name"]]
            absences.add_absence(
                duty.planner,
                member_id=member_id,
                kind=dice.choice(told["kinds"]),
                from_on=first,
                until_on=first + timedelta(days=dice.randint(1, 4)),
                reason=dice.choice(told["reasons"]),
                key=f"demo-leave-{member_id}-{first}",
            )


def _new(duty: DutyTold, month: date) -> int:
    """A draft of a month; answers its id."""
    last, key = month_of(month, 1) - timedelta(days=1), f"demo-rota-{duty.key}-{month}"
    return rotas.new_rota(duty.planner, duty_id=duty.duty_id, from_on=month, until_on=last, key=key)


def _fill(duty: DutyTold, rota_id: int) -> None:
    """Everybody where they break no rule and served least."""
    with reading() as session:
        placed = _by_hand(ground.planned(session, session.get_one(Rota, rota_id)))
    rows = {place_id: (1, {"member_id": member_id}) for place_id, member_id in placed.items()}
    editing.put(duty.planner, rota_id=rota_id, rows=rows, key=f"demo-put-{rota_id}")


def _by_hand(planned: ground.Planned) -> dict[int, int]:
    """Who serves where: place by place the one who served least of those who break nothing, reserves last."""
    served, placed = dict(planned.before), list[Place]()
    others = [place for place in planned.outside if place.member_id is not None]
    for place in planned.places:
        counts = tally_of(place.on_day, night=place.night, calendar=planned.calendar)
        near = [p for p in (*others, *placed) if abs(p.on_day - place.on_day) <= NEAR]
        able = [member for member in planned.ground.members.values() if place.role in member.roles]
        for member in sorted(able, key=lambda m: _burden(m, served, counts)):
            if not new_breaks([*near, place], {place.id: member.id}, planned.ground):
                placed.append(replace(place, member_id=member.id))
                served[member.id] += counts
                break
    return {place.id: place.member_id for place in placed if place.member_id is not None}


def _burden(member: Member, served: Mapping[int, Tally], counts: Tally) -> tuple[object, ...]:
    """How much somebody served of what this place counts, for their share: reserves last, then by number."""
    mine = served[member.id]
    share = sum(getattr(mine, measure) for measure in MEASURES if getattr(counts, measure)) * 100 / member.share
    return member.reserve, group_of(member.roles, reserve=member.reserve), share, member.id
