"""Re-planning a published rota after leave or sick calls: as few changes as possible, seen before they are taken."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import DutyPost, DutyShift, Rota, RotaPlace
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.duty import ground, publishing, running
from db.services.duty.editing import check_member, place_of
from db.services.duty.rows import framed
from db.services.duty.tasks import Tasked, placed, replan_task
from db.services.records import Saved

SECONDS = 20
KIND = "replan"
CHANGES = ["place_id", "version", "on_day", "post_id", "post", "shift_id", "shift", "role"]
CHANGES += ["was_id", "was", "becomes_id", "becomes"]
OTHERS_SEARCH = N_("Other rotas are being searched; try again as soon as they are ready.")
FOUND_NOTHING = N_("No way was found in this time; give it more.")
# A search that was told to stop has ended by then.
_STOPS_WITHIN = 10.0
_STARTS_WITHIN = 5.0


@dataclass(frozen=True)
class Replan:
    """What would change from a day on, and the open places afterwards; nothing is written yet.

    `changes`: columns of CHANGES (nobody: None and ""); `proven`: fewer changes can't do.
    """

    rota_id: int
    from_on: date
    changes: pd.DataFrame
    open: int
    proven: bool


@guarded(Permission.DUTY_PLAN)
def replan(actor: Actor, *, rota_id: int, from_on: date | None, seconds: int = SECONDS) -> Replan:
    """The fewest changes from a day on that mend what leave broke; writes nothing, waits at most `seconds`."""
    with reading() as session:
        rota = ground.rota_of(session, actor, rota_id)
        first = _checked(rota, from_on)
        planned = ground.planned(session, rota)
        now = clock.now()
        fixed = [place.id for place in planned.places if place.on_day < first or place.begins_at <= now]
        tasked = replan_task(session, planned, fixed=fixed)
        serving = {place.id: place.member_id for place in planned.places}
        names = {member.id: member.name for member in planned.ground.members.values()}
    found, proven = _searched(tasked, seconds, rota.seed, serving)
    with reading() as session:
        changes = _changes(session, found, serving, names)
    return Replan(rota_id, first, changes, sum(found[place] is None for place in found if place not in fixed), proven)


@guarded(Permission.DUTY_PLAN)
def take_replan(
    actor: Actor, *, rota_id: int, rows: Mapping[int, tuple[int, int | None]], reason: str, key: str
) -> Saved:
    """Make the changes that were shown: place id to (version seen, member id or None). All of them or none."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        rota = ground.published_of(session, actor, rota_id)
        check = Check()
        publishing.check_reason(check, reason, publishing.NEEDED)
        places = [place_of(session, rota, i, version, {"member_id": new}) for i, (version, new) in rows.items()]
        for _, new in rows.values():
            check_member(session, check, rota, new)
        check.done()
        becomes = {place_id: new for place_id, (_, new) in rows.items()}
        breaks = publishing.newly_broken(session, rota, becomes)
        if breaks:
            raise Problems(*(each.problem for each in breaks))
        for place in places:
            publishing.change_hands(session, actor, place, becomes[place.id], kind=KIND, reason=reason.strip())
        ground.touch(session, rota)
        remember(session, actor, key, "replanning.take_replan", list(becomes))
        return Saved(tuple(becomes), {}, {})


def _checked(rota: Rota, from_on: date | None) -> date:
    check = Check()
    check.that(rota.state == ground.PUBLISHED, "", ground.NOT_PUBLISHED)
    check.that(from_on, "from_on", "Choose a day.")
    if from_on is not None:
        inside = rota.from_on <= from_on <= rota.until_on
        check.that(inside, "from_on", "The rota goes from {first} to {last}.", first=rota.from_on, last=rota.until_on)
        today = clock.today(current().settings.timezone)
        check.that(from_on >= today, "from_on", "What is past stays as it was; begin today or later.")
    check.done()
    return from_on or rota.from_on


def _searched(
    tasked: Tasked, seconds: int, seed: int, serving: Mapping[int, int | None]
) -> tuple[dict[int, int | None], bool]:
    """Who serves at each place afterwards, found by a process of its own within its time."""
    folder = running.folder_of(current().settings.folder, f"replan-{secrets.token_hex(8)}")
    running.begin(folder, tasked, seconds=seconds, seed=seed)
    try:
        if not running.wait(folder, seconds + _STARTS_WITHIN):
            running.ask_to_stop(folder)
            running.wait(folder, _STOPS_WITHIN)
        seen = running.look(folder)
        if seen.best is None:
            raise Problems(Problem("", OTHERS_SEARCH if seen.waits else FOUND_NOTHING))
        return placed(tasked.meaning, seen.best.roster, serving), bool(seen.ended and seen.ended.proven)
    finally:
        running.remove(folder)


def _changes(
    session: Session, found: Mapping[int, int | None], serving: Mapping[int, int | None], names: Mapping[int, str]
) -> pd.DataFrame:
    new = [place for place, member in found.items() if member != serving[place]]
    query = (
        select(RotaPlace, DutyPost.name, DutyShift.name)
        .join(DutyPost, DutyPost.id == RotaPlace.post_id)
        .join(DutyShift, DutyShift.id == RotaPlace.shift_id)
        .where(RotaPlace.id.in_(new))
        .order_by(RotaPlace.on_day, RotaPlace.begins_at, RotaPlace.post_id, RotaPlace.role, RotaPlace.place)
    )
    rows = [
        (
            place.id,
            place.version,
            place.on_day,
            place.post_id,
            post,
            place.shift_id,
            shift,
            place.role,
            serving[place.id],
            names.get(serving[place.id] or 0, ""),
            found[place.id],
            names.get(found[place.id] or 0, ""),
        )
        for place, post, shift in session.execute(query)
    ]
    return framed(rows, CHANGES, {"was_id": "Int64", "becomes_id": "Int64"})
