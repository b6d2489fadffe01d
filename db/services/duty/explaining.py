"""Why places stay open: for everybody the rule that keeps them out, and the smallest set of changes that would help."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import reading
from db.languages import translate
from db.models import Code, DutyPost, DutyShift, Rota, RotaSearch
from db.rules.duty.breaking import Place
from db.rules.duty.helping import Change, Judge, Way, days_text, fewest, free_ways, reasons_of, ways_of
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Named, Problem
from db.services.acts import guarded
from db.services.duty import ground
from db.services.duty.ground import Planned

OPEN = ["place_id", "on_day", "post_id", "post", "shift_id", "shift", "role"]
REASONS = ["place_id", "on_day", "member_id", "member", "rules", "sentences"]
# Answers about one person and one open place; an empty rota asks for more than anybody reads.
MOST_REASONS, MOST_OPEN, MOST_WAYS = 5000, 120, 10
FREE = "free"
MESSAGES: Mapping[Change, str] = {
    Change.FREE: N_("{name} breaks no rule and could serve at once: {places}. Search again, or place them by hand."),
    Change.PERSON: N_("One more person ({role}): {places}."),
    Change.ABSENCE: N_("The absence of {name} ({absent}) moved, so that {name} can serve: {places}."),
    Change.WITHOUT: N_("Do without {role}: {places}."),
}
NOBODY_KEPT_OUT = N_("{name} breaks no rule here and could serve.")
TOO_MANY = N_("{all} places are open; the first {shown} of them are looked at. Search first.")


@dataclass(frozen=True)
class Explanation:
    """Why places are open and what would help.

    `open`: columns of OPEN; `reasons`: columns of REASONS, one row for each open place and member of its role, `rules`
    a tuple of names ("free": nothing keeps them out), `sentences` a tuple of Problem; `help`: the smallest set of
    changes found, a sentence each; `proven`: fewer can't do; `ways`: other single changes and what they would fill.
    """

    open: pd.DataFrame
    reasons: pd.DataFrame
    help: Sequence[Problem]
    proven: bool
    ways: Sequence[Problem]


@dataclass(frozen=True)
class _Names:
    """What posts, shifts, roles and members are called."""

    posts: Mapping[int, str]
    shifts: Mapping[int, str]
    roles: Mapping[str, str]
    units: Mapping[int, str]
    members: Mapping[int, str]
    language: str


@guarded(Permission.DUTY_PLAN)
def explain(actor: Actor, *, rota_id: int, language: str = "") -> Explanation:
    """Every open place of a rota and what would help; roles are named in `language`, or the actor's."""
    with reading() as session:
        rota = ground.rota_of(session, actor, rota_id)
        planned = ground.planned(session, rota)
        names = _names(session, planned, language or actor.language)
        perfect = _is_best(session, rota, planned)
    judge = Judge((*planned.places, *planned.outside), planned.ground)
    every = list(judge.open)
    judge.open = every[:MOST_OPEN]
    free = free_ways(judge)
    still = [place for place in judge.open if not any(place.id in way.ids for way in free)]
    ways = ways_of(judge, still)
    best = fewest(ways, still)
    told = [_sentence(way, names) for way in (*free, *best)]
    if len(every) > MOST_OPEN:
        told.insert(0, Problem("", TOO_MANY, {"all": len(every), "shown": MOST_OPEN}))
    others = [way for way in ways if way not in best][:MOST_WAYS]
    return Explanation(
        open=_open(every, names),
        reasons=_reasons(judge, names),
        help=told,
        proven=perfect and not free and sum(len(w.fills) if w.change is Change.WITHOUT else 1 for w in best) == 1,
        ways=[_sentence(way, names) for way in others],
    )


def _is_best(session: Session, rota: Rota, planned: Planned) -> bool:
    """Whether what stands is a search's result that was proven the best."""
    query = select(RotaSearch).where(RotaSearch.rota_id == rota.id, RotaSearch.ended_at.is_not(None))
    search = session.scalars(query.order_by(RotaSearch.id.desc()).limit(1)).one_or_none()
    kept = json.loads(search.result) if search else {}
    stands = {str(place.id): place.member_id for place in planned.places}
    return bool(kept.get("proven")) and kept.get("placed") == stands


def _names(session: Session, planned: Planned, language: str) -> _Names:
    duty_id = planned.rota.duty_id
    posts = session.execute(select(DutyPost.id, DutyPost.name, DutyPost.name_en).where(DutyPost.duty_id == duty_id))
    shifts = session.execute(
        select(DutyShift.id, DutyShift.name, DutyShift.name_en).where(DutyShift.duty_id == duty_id)
    )
    roles = session.execute(select(Code.code, Code.label_zh, Code.label_en).where(Code.list_name == "duty_role"))
    told: list[dict[Any, str]] = [
        {one: Named(name, english).within(language) for one, name, english in rows} for rows in (posts, shifts, roles)
    ]
    posts_told, shifts_told, roles_told = told
    units = {one: unit.name.within(language) for one, unit in planned.ground.units.items()}
    members = {member.id: member.name for member in planned.ground.members.values()}
    return _Names(posts_told, shifts_told, roles_told, units, members, language)


def _open(places: Sequence[Place], names: _Names) -> pd.DataFrame:
    rows = [
        (p.id, p.on_day, p.post_id, names.posts[p.post_id], p.shift_id, names.shifts[p.shift_id], p.role)
        for p in places
    ]
    return pd.DataFrame(rows, columns=OPEN)


def _reasons(judge: Judge, names: _Names) -> pd.DataFrame:
    rows = []
    for place, member, breaks in reasons_of(judge, MOST_REASONS):
        rules = tuple(str(each.rule) for each in breaks) or (FREE,)
        told = tuple(each.problem for each in breaks) or (Problem("", NOBODY_KEPT_OUT, {"name": member.name}),)
        rows.append((place.id, place.on_day, member.id, names.members[member.id], rules, told))
    return pd.DataFrame(rows, columns=REASONS)


def _sentence(way: Way, names: _Names) -> Problem:
    first = way.fills[0]
    values = {
        "name": names.members.get(way.member_id or 0, ""),
        "role": _asked(first, names),
        "absent": f"{way.away.from_on} – {way.away.until_on}" if way.away else "",
        "places": "; ".join(_where(way, names)),
    }
    message = MESSAGES[way.change]
    return Problem("", message, {name: value for name, value in values.items() if f"{{{name}}}" in message})


def _asked(place: Place, names: _Names) -> str:
    """Role, team and unit a place is for."""
    told = (names.roles.get(place.role, place.role), place.team, names.units.get(place.unit_id or 0, ""))
    return translate(N_(", "), names.language).join(one for one in told if one)


def _where(way: Way, names: _Names) -> list[str]:
    """Post, shift and days of what a change would fill."""
    at: dict[tuple[int, int], list[Place]] = {}
    for place in way.fills:
        at.setdefault((place.post_id, place.shift_id), []).append(place)
    return [
        f"{names.posts[post]} {names.shifts[shift]} {days_text(place.on_day for place in places)}"
        for (post, shift), places in at.items()
    ]
