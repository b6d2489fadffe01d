"""The numbers an office works by: those of one set, and those of the set in force on a day."""

from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from db.models import LimitRule, LimitSet
from db.rules.limits import Limit, Limits, LimitUnit
from db.rules.problems import NotThere, Problem, Problems

_set, _rule = LimitSet.__table__.c, LimitRule.__table__.c
# Built once: asked on every page with a clock.
_NUMBERS = (
    select(_set.name, _set.effective_from, _rule.code, _rule.amount, _rule.unit, _rule.basis, _rule.source)
    .where(_set.id == bindparam("limit_set_id"), _rule.limit_set_id == _set.id)
    .order_by(_rule.id)
)


def limits_of(session: Session, limit_set_id: int) -> Limits:
    """The numbers of one set; kept for the life of the session. Raises NotThere."""
    kept: dict[int, Limits] = session.info.setdefault("limits", {})
    if limit_set_id not in kept:
        rows = session.connection().execute(_NUMBERS, {"limit_set_id": limit_set_id}).all()
        if not rows:
            raise NotThere("limit_set")
        numbers = {r.code: Limit(r.code, r.amount, LimitUnit(r.unit), r.basis, r.source) for r in rows}
        kept[limit_set_id] = Limits(limit_set_id, rows[0].name, rows[0].effective_from, numbers)
    return kept[limit_set_id]


def limits_in_force(session: Session, day: date) -> Limits:
    """The active set with the latest start on or before `day`; for an earlier day the first there is."""
    active = select(LimitSet.id).where(LimitSet.active)
    latest = active.where(LimitSet.effective_from <= day).order_by(LimitSet.effective_from.desc(), LimitSet.id.desc())
    first = active.order_by(LimitSet.effective_from, LimitSet.id)
    found = session.scalar(latest.limit(1)) or session.scalar(first.limit(1))
    if found is None:
        raise Problems(Problem("limit_set", "No limit set is in force. Ask the administrator."))
    return limits_of(session, found)
