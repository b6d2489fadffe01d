"""The schedule: how long which class of records is kept and why; presets, edited by the office."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import clock, wall
from db.engine import current, reading, transaction
from db.models import RetentionReview, RetentionRule
from db.rules.permissions import Actor, Permission
from db.rules.problems import Problem, Problems
from db.rules.retention import CLASSES, RecordClass, State, check_rule, kept_until
from db.services.acts import earlier, guarded, remember
from db.services.records import Saved, Values, fill, seen
from db.services.retention.grounds import BULKS, RECORDS, Root, due_records, due_rows
from db.services.taking_back import save_rows, table

TABLE = "retention"
RULES = [
    "id",
    "version",
    "record_class",
    "amount",
    "unit",
    "counted_from",
    "act",
    "source",
    "since",
    "due",
    "review_id",
]
EDITABLE = ("amount", "unit", "counted_from", "source")
# Nobody reviews more at once; the rest is due on the next list.
MOST = 5_000


def load_rules(session: Session, presets: list[dict[str, object]]) -> int:
    """Add the periods that are missing; what the office corrected stays. Answers how many."""
    known = set(session.scalars(select(RetentionRule.record_class)))
    today = clock.today(current().settings.timezone)
    added = [
        RetentionRule(**rule, act=CLASSES[RecordClass(str(rule["record_class"]))].act.value, since=today)
        for rule in presets
        if rule["record_class"] not in known
    ]
    session.add_all(added)
    return len(added)


@guarded(Permission.RETENTION_PROPOSE)
def schedule(actor: Actor) -> pd.DataFrame:
    """Every class with its period, how many are due today (at most MOST are counted) and its open list: RULES."""
    today = clock.today(current().settings.timezone)
    with reading() as session:
        found = {rule.record_class: rule for rule in session.scalars(select(RetentionRule))}
        open_lists = select(RetentionReview.record_class, RetentionReview.id).where(
            RetentionReview.state.in_((State.PROPOSED, State.APPROVED))
        )
        reviews: dict[str, int] = dict(session.execute(open_lists).all())
        rows = []
        for one in RecordClass:
            rule = found.get(one)
            if rule is None:
                continue
            told = [getattr(rule, name) for name in RULES[:-2]]
            with wall.beyond(session):
                due = count_due(session, rule, today)
            rows.append([*told, due, reviews.get(one)])
    frame = pd.DataFrame(rows, columns=RULES)
    return frame.astype({"due": "Int64", "review_id": "Int64"})


@guarded(Permission.RETENTION_APPROVE)
def edit_rules(actor: Actor, *, rows: Mapping[int, tuple[int, Values]], key: str) -> Saved:
    """Change periods: rule id → (version seen, new values of EDITABLE)."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        saved = save_rows(session, actor, TABLE, "", rows)
        remember(session, actor, key, "retention.edit_rules", saved.saved)
        return saved


def rule_of(session: Session, record_class: str) -> RetentionRule:
    """The period of a class; raises Problems when there is none."""
    rule = session.scalars(select(RetentionRule).where(RetentionRule.record_class == record_class)).one_or_none()
    if rule is None:
        raise Problems(Problem("record_class", "This is not one of the choices."))
    return rule


def count_due(session: Session, rule: RetentionRule, today: date) -> int:
    """How many records or rows of a class are due, counted up to MOST."""
    one, until = RecordClass(rule.record_class), kept_until(today, rule.amount, rule.unit)
    if one in RECORDS:
        root, due = due_records(one, rule.counted_from, until)
        some = select(root.table.c.id).where(due).limit(MOST)
        return session.scalar(select(func.count()).select_from(some.subquery())) or 0
    return sum(
        session.scalar(select(func.count()).select_from(bulk.table).where(due_rows(bulk, until))) or 0
        for bulk in BULKS[one]
    )


def is_over(session: Session, root: Root, record_id: int, today: date) -> bool:
    """Whether a record's period is over and nobody holds it, so that persons may be taken out of it."""
    for one, (of, _) in RECORDS.items():
        if of is root:
            rule = rule_of(session, one)
            due = due_records(one, rule.counted_from, kept_until(today, rule.amount, rule.unit))[1]
            if session.scalar(select(of.table.c.id).where(of.table.c.id == record_id, due)) is not None:
                return True
    return False


def _change(session: Session, rule_id: int, version: int, values: Values) -> None:
    mine = {name: value for name, value in values.items() if name in EDITABLE}
    rule = seen(session, RetentionRule, rule_id, version, mine)
    new = {name: getattr(rule, name) for name in EDITABLE} | mine
    texts = {name: str(new[name] or "").strip() for name in ("unit", "counted_from", "source")}
    check_rule(record_class=rule.record_class, amount=new["amount"], **texts)
    fill(rule, {"amount": new["amount"], "since": clock.today(current().settings.timezone), **texts})


table(TABLE, RetentionRule, EDITABLE, Permission.RETENTION_APPROVE, _change)
