"""Two members who must not, or should, serve together."""

from datetime import datetime

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import aliased

from db import clock
from db.engine import reading, transaction
from db.models import DutyMember, DutyPair
from db.rules.duty.members import check_pair
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check
from db.services.acts import earlier, guarded
from db.services.duty import scope
from db.services.duty.rows import Act, added, frame, save, standing

PAIRS = ["id", "version", "first_id", "first", "second_id", "second", "kind", "removed"]


@guarded(Permission.DUTY_READ)
def pairs(actor: Actor, *, duty_id: int, removed: bool = False) -> pd.DataFrame:
    """The pairs of a duty whose members are in use, those removed too when asked: columns of PAIRS."""
    first, second = aliased(DutyMember), aliased(DutyMember)
    names = (DutyPair.first_id, first.name, DutyPair.second_id, second.name)
    query = (
        select(DutyPair.id, DutyPair.version, *names, DutyPair.kind, DutyPair.removed_at.is_not(None))
        .join(first, first.id == DutyPair.first_id)
        .join(second, second.id == DutyPair.second_id)
        .where(DutyPair.duty_id == duty_id, first.active, second.active)
        .order_by(DutyPair.id)
    )
    with reading() as session:
        scope.reached(session, actor, duty_id, Permission.DUTY_READ)
        return frame(session, query if removed else query.where(DutyPair.removed_at.is_(None)), PAIRS)


@guarded(Permission.DUTY_PLAN)
def set_pair(
    actor: Actor, *, duty_id: int, first_id: int | None, second_id: int | None, kind: str | None, key: str
) -> int:
    """Say of two members whether they serve together, in place of what was said before; answers the id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        scope.in_use(session, actor, duty_id)
        members = select(DutyMember.id).where(DutyMember.duty_id == duty_id, DutyMember.active)
        check = Check()
        check_pair(check, first_id=first_id, second_id=second_id, kind=kind, members=set(session.scalars(members)))
        check.done()
        lower, higher = sorted((first_id or 0, second_id or 0))
        standing = select(DutyPair).where(DutyPair.first_id == lower, DutyPair.second_id == higher)
        pair = session.scalars(standing).one_or_none() or DutyPair(duty_id=duty_id)
        values = {"first_id": lower, "second_id": higher, "kind": kind, "removed_at": None}
        return added(session, actor, pair, values, key, "duty.set_pair")


@guarded(Permission.DUTY_PLAN)
def remove_pair(actor: Actor, *, pair_id: int, version: int, key: str) -> int:
    """Say nothing of two members any more; answers the pair's new version."""
    return _set_removed(actor, pair_id, version, clock.now(), key, "duty.remove_pair")


@guarded(Permission.DUTY_PLAN)
def restore_pair(actor: Actor, *, pair_id: int, version: int, key: str) -> int:
    """Say of two members again what was said before; answers the pair's new version."""
    return _set_removed(actor, pair_id, version, None, key, "duty.restore_pair")


def _set_removed(actor: Actor, pair_id: int, version: int, at: datetime | None, key: str, act: str) -> int:
    return save(Act(actor, key, act, Permission.DUTY_PLAN), standing(DutyPair, pair_id, version), {"removed_at": at})
