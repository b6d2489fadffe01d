"""Limit sets: versions of all numbers, each in force from a day on; a set in use is never edited."""

from collections.abc import Mapping
from datetime import date
from functools import reduce
from operator import add

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.engine import reading, transaction
from db.models import Case, DataRequest, Dispute, LimitRule, LimitSet
from db.rules.limits import check_limit
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check
from db.services.acts import earlier, guarded, remember
from db.services.limits_in_force import limits_of
from db.services.records import Saved, Values, fill, seen
from db.services.taking_back import save_rows, table

TABLE = "limits"
SETS = ["id", "version", "name", "source", "effective_from", "active", "kept"]
# What is counted by a set of limits keeps that one.
KEPT_UNDER = (Case, Dispute, DataRequest)
EDITABLE = ("amount", "unit", "basis", "source")
RULES = ["id", "version", "code", "amount", "unit", "basis", "source"]


@guarded(Permission.LIMITS_MANAGE)
def limit_sets(actor: Actor) -> pd.DataFrame:
    """Every set, newest first, with the number of records kept under it: columns of SETS."""
    counts = (select(func.count()).where(one.limit_set_id == LimitSet.id).scalar_subquery() for one in KEPT_UNDER)
    used = reduce(add, counts)
    columns = [getattr(LimitSet, name) for name in SETS[:-1]]
    rows = select(*columns, used).order_by(LimitSet.effective_from.desc(), LimitSet.id.desc())
    with reading() as session:
        return pd.DataFrame([tuple(row) for row in session.execute(rows)], columns=SETS)


@guarded(Permission.LIMITS_MANAGE)
def limit_rules(actor: Actor, *, limit_set_id: int) -> pd.DataFrame:
    """The numbers of one set in the order the program lists them: columns of RULES."""
    rows = select(*(getattr(LimitRule, name) for name in RULES)).where(LimitRule.limit_set_id == limit_set_id)
    with reading() as session:
        return pd.DataFrame([tuple(row) for row in session.execute(rows.order_by(LimitRule.id))], columns=RULES)


@guarded(Permission.LIMITS_MANAGE)
def copy_limits(
    actor: Actor, *, limit_set_id: int, name: str, source: str, effective_from: date | None, key: str
) -> int:
    """A new set with the numbers of another, not yet active; answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        numbers = limits_of(session, limit_set_id)
        day = _check_set(session, name=name, source=source, effective_from=effective_from)
        copy = LimitSet(name=name.strip(), source=source.strip(), effective_from=day, active=False)
        session.add(copy)
        session.flush()
        session.add_all(
            LimitRule(
                limit_set_id=copy.id,
                code=r.code,
                amount=r.amount,
                unit=r.unit.value,
                basis=r.basis,
                source=r.source,
            )
            for r in numbers.rules.values()
        )
        remember(session, actor, key, "office.copy_limits", copy.id)
        return copy.id


@guarded(Permission.LIMITS_MANAGE)
def edit_limits(actor: Actor, *, rows: Mapping[int, tuple[int, Values]], key: str) -> Saved:
    """Change numbers (amount, unit, basis, source) of a set no case uses yet: rule id → (version seen, new values)."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        sets = set(session.scalars(select(LimitRule.limit_set_id).where(LimitRule.id.in_(rows))))
        saved = save_rows(session, actor, TABLE, ",".join(map(str, sorted(sets))), rows)
        session.info.pop("limits", None)
        remember(session, actor, key, "office.edit_limits", list(saved.saved))
        return saved


def _change_rule(session: Session, rule_id: int, version: int, values: Values) -> None:
    mine = {name: value for name, value in values.items() if name in EDITABLE}
    rule = seen(session, LimitRule, rule_id, version, mine)
    new = {name: getattr(rule, name) for name in EDITABLE} | mine
    check = Check()
    number = isinstance(new["amount"], int) and not isinstance(new["amount"], bool)
    check.that(number, "amount", "Give a whole number.")
    check.done()
    texts = {name: str(new[name] or "").strip() for name in ("unit", "basis", "source")}
    check_limit(code=rule.code, amount=new["amount"], unit=texts["unit"], basis=texts["basis"])
    _check_unused(session, rule.limit_set_id)
    fill(rule, {"amount": new["amount"], **texts})


table(TABLE, LimitRule, EDITABLE, Permission.LIMITS_MANAGE, _change_rule)


@guarded(Permission.LIMITS_MANAGE)
def activate_limits(actor: Actor, *, limit_set_id: int, version: int, active: bool, key: str) -> int:
    """Put a set in force from its day on, or take it back; one set always stays. Answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        limit_set = seen(session, LimitSet, limit_set_id, version, {"active": active})
        if not active:
            others = select(func.count()).where(LimitSet.active, LimitSet.id != limit_set_id)
            check = Check()
            check.that(session.scalar(others), "active", "One limit set must stay in force.")
            check.done()
        limit_set.active = active
        session.flush()
        remember(session, actor, key, "office.activate_limits", limit_set.version)
        return limit_set.version


def _check_set(session: Session, *, name: str, source: str, effective_from: date | None) -> date:
    check = Check()
    check.that(name.strip(), "name", "Give the set a name.")
    check.that(source.strip(), "source", "Say which regulation or decision the numbers come from.")
    taken = select(LimitSet.id).where(LimitSet.name == name.strip())
    check.that(session.scalar(taken) is None, "name", "There is already a set of this name.")
    check.that(effective_from, "effective_from", "Give the day from which it holds.")
    check.done()
    return effective_from or date.max


def _check_unused(session: Session, limit_set_id: int) -> None:
    check = Check()
    kept = (select(model.id).where(model.limit_set_id == limit_set_id).limit(1) for model in KEPT_UNDER)
    used = any(session.scalar(query) is not None for query in kept)
    check.that(not used, "amount", "Records are kept under this set; copy it to a new set with a new date.")
    check.done()
