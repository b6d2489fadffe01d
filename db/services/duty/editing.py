"""Who serves where: drafts edited by hand, and what a placing would break before it is made."""

from collections.abc import Mapping
from functools import partial

import pandas as pd
from sqlalchemy.orm import Session

from db.engine import reading, transaction
from db.models import DutyMember, Rota, RotaPlace
from db.rules.duty.breaking import Break, new_breaks
from db.rules.duty.counts import over_share
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere
from db.services.acts import earlier, guarded, remember
from db.services.duty import ground
from db.services.duty.ground import Planned
from db.services.duty.viewing import standings_of
from db.services.records import Saved, Values, fill, save_each, seen

CANDIDATES = ["member_id", "member", "free", "breaks", "over_total"]
EDITABLE = ("member_id", "fixed")
NO_MEMBER = N_("Choose somebody who serves in this duty.")


@guarded(Permission.DUTY_PLAN)
def put(actor: Actor, *, rota_id: int, rows: Mapping[int, tuple[int, Values]], key: str) -> Saved:
    """Put members on places of a draft: place id to (version seen, {"member_id": id or None, "fixed": yes or no}).

    What breaks a rule is saved and marked in the view; in a published rota nothing is (see publishing.override).
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        rota = ground.draft_of(session, actor, rota_id)
        saved = save_each(session, rows, partial(_put, session, rota))
        if saved.saved:
            ground.touch(session, rota)
        remember(session, actor, key, "editing.put", saved.saved)
        return saved


@guarded(Permission.DUTY_PLAN)
def would_break(actor: Actor, *, rota_id: int, place_id: int, member_id: int) -> tuple[Break, ...]:
    """The rules that would be broken by putting a member on a place; nothing is written."""
    with reading() as session:
        found, place = _looked_at(session, actor, rota_id, place_id)
        return new_breaks(found.near(place.on_day, place.on_day), {place_id: member_id}, found.ground)


@guarded(Permission.DUTY_PLAN)
def candidates(actor: Actor, *, rota_id: int, place_id: int, planned: Planned | None = None) -> pd.DataFrame:
    """Everybody of the role, who breaks nothing and served least first: columns of CANDIDATES.

    `breaks` is a tuple of Break, `free` whether it is empty; judged by `planned` when the rota was just looked at.
    """
    with reading() as session:
        found, place = _looked_at(session, actor, rota_id, place_id, planned)
        near = found.near(place.on_day, place.on_day)
        over = over_share(standings_of(found), "total")
        rows = []
        for member in found.ground.members.values():
            if member.active and place.role in member.roles and member.id != place.member_id:
                breaks = new_breaks(near, {place_id: member.id}, found.ground)
                rows.append((member.id, member.name, not breaks, breaks, over[member.id]))
    rows.sort(key=lambda row: (len(row[3]), row[4], row[0]))
    return pd.DataFrame(rows, columns=CANDIDATES)


def place_of(session: Session, rota: Rota, place_id: int, version: int, mine: Values) -> RotaPlace:
    """A place of this rota as it was seen; raises NotThere or Changed."""
    place = seen(session, RotaPlace, place_id, version, mine)
    if place.rota_id != rota.id:
        raise NotThere(f"place {place_id}")
    return place


def check_member(session: Session, check: Check, rota: Rota, member_id: object) -> None:
    """Somebody in use of the duty, or nobody."""
    if member_id is not None:
        member = session.get(DutyMember, member_id) if isinstance(member_id, int) else None
        check.that(member and member.duty_id == rota.duty_id and member.active, "member_id", NO_MEMBER)


def _put(session: Session, rota: Rota, place_id: int, version: int, values: Values) -> None:
    mine = {name: value for name, value in values.items() if name in EDITABLE}
    place = place_of(session, rota, place_id, version, mine)
    check = Check()
    if mine.get("member_id", place.member_id) != place.member_id:
        check_member(session, check, rota, mine.get("member_id"))
    check.that(isinstance(mine.get("fixed", False), bool), "fixed", N_("This is not one of the choices."))
    check.done()
    fill(place, mine)


def _looked_at(
    session: Session, actor: Actor, rota_id: int, place_id: int, planned: Planned | None = None
) -> tuple[Planned, RotaPlace]:
    rota = ground.rota_of(session, actor, rota_id)
    place = session.get(RotaPlace, place_id)
    if place is None or place.rota_id != rota.id:
        raise NotThere(f"place {place_id}")
    return planned if planned and planned.rota.id == rota_id else ground.planned(session, rota), place
