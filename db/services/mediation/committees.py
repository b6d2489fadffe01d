"""The directory of committees: set up, corrected, retired and put back (People's Mediation Law, Art. 8, 9, 34)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import Committee, Dispute, Mediator, Unit
from db.rules.limits import Limits
from db.rules.mediation.committees import Standing, check_committee, term_until, warnings
from db.rules.mediation.words import Position, Sex
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check, NotThere, Problem
from db.services.acts import earlier, guarded, remember
from db.services.limits_in_force import limits_in_force
from db.services.office.codes import active_codes
from db.services.records import fill, seen

COMMITTEES = ["id", "version", "name", "name_en", "kind", "field", "unit_id", "unit", "unit_en", "set_up_on"]
COMMITTEES += ["term_from", "term_until", "active", "members", "women", "full_time", "open_files", "warnings"]
_NOBODY = {"members": 0, "women": 0, "full_time": 0, "chairs": 0}


@guarded(Permission.COMMITTEES_READ)
def committees(actor: Actor, *, retired: bool = False) -> pd.DataFrame:
    """Committees in the order they were entered, with their members counted and warnings: columns of COMMITTEES."""
    query = (
        select(Committee, Unit.name.label("unit"), Unit.name_en.label("unit_en"))
        .outerjoin(Unit, Unit.id == Committee.unit_id)
        .order_by(Committee.id)
    )
    with reading() as session:
        limits, counts, files = limits_in_force(session, _today()), _counts(session), _open_files(session)
        found = session.execute(query if retired else query.where(Committee.active)).all()
        rows = [
            _row(row.Committee, counts.get(row.Committee.id, _NOBODY), limits)
            | {"unit": row.unit or "", "unit_en": row.unit_en or "", "open_files": files.get(row.Committee.id, 0)}
            for row in found
        ]
    return pd.DataFrame(rows, columns=COMMITTEES).astype({"unit_id": "Int64"})


@guarded(Permission.COMMITTEES_READ)
def warnings_of(actor: Actor, *, committee_id: int) -> tuple[Problem, ...]:
    """What one committee should look at; it works all the same."""
    with reading() as session:
        committee = session.get(Committee, committee_id)
        if committee is None:
            raise NotThere("committee")
        standing = _standing(committee, _counts(session).get(committee_id, _NOBODY))
        return warnings(standing, limits_in_force(session, _today()), _today())


@guarded(Permission.COMMITTEES_READ)
def committee_names(actor: Actor) -> dict[int, str]:
    """The committees in use, to choose from: id to name."""
    query = select(Committee.id, Committee.name).where(Committee.active).order_by(Committee.id)
    with reading() as session:
        return dict(session.execute(query).all())


@guarded(Permission.COMMITTEES_READ)
def mediator_names(actor: Actor, *, committee_id: int | None = None) -> dict[int, str]:
    """The mediators in use, chair first; with the committee's name behind theirs unless one committee is asked for."""
    query = (
        select(Mediator.id, Mediator.name, Committee.name.label("committee"))
        .join(Committee, Committee.id == Mediator.committee_id)
        .where(Mediator.active, Committee.active)
        .order_by(Committee.id, Mediator.position, Mediator.id)
    )
    with reading() as session:
        if committee_id is not None:
            return {row.id: row.name for row in session.execute(query.where(Committee.id == committee_id))}
        return {row.id: f"{row.name} · {row.committee}" for row in session.execute(query)}


@guarded(Permission.COMMITTEES_MANAGE)
def add_committee(
    actor: Actor,
    *,
    name: str,
    kind: str | None,
    name_en: str = "",
    field: str | None = "",
    unit_id: int | None = None,
    set_up_on: date | None = None,
    term_from: date | None = None,
    key: str,
) -> int:
    """A new committee; answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        values = _values(name, name_en, kind, field, unit_id, set_up_on, term_from)
        committee = Committee()
        _check(session, committee, values)
        fill(committee, values)
        session.add(committee)
        session.flush()
        remember(session, actor, key, "committees.add_committee", committee.id)
        return committee.id


@guarded(Permission.COMMITTEES_MANAGE)
def edit_committee(
    actor: Actor,
    *,
    committee_id: int,
    version: int,
    name: str,
    name_en: str,
    kind: str | None,
    field: str | None,
    unit_id: int | None,
    set_up_on: date | None,
    term_from: date | None,
    key: str,
) -> int:
    """Correct a committee, or begin its new term; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        values = _values(name, name_en, kind, field, unit_id, set_up_on, term_from)
        committee = seen(session, Committee, committee_id, version, values)
        _check(session, committee, values)
        fill(committee, values)
        session.flush()
        remember(session, actor, key, "committees.edit_committee", committee.version)
        return committee.version


@guarded(Permission.COMMITTEES_MANAGE)
def retire_committee(actor: Actor, *, committee_id: int, version: int, key: str) -> int:
    """Take a committee out of use; never while files are open with it. Answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        committee = seen(session, Committee, committee_id, version, {"active": False})
        check = Check()
        files = _open_files(session).get(committee_id, 0)
        check.that(not files, "active", "{count} open files are still with this committee.", count=files)
        check.done()
        return _use(session, actor, committee, False, key, "committees.retire_committee")


@guarded(Permission.COMMITTEES_MANAGE)
def restore_committee(actor: Actor, *, committee_id: int, version: int, key: str) -> int:
    """Put a retired committee back into use; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        committee = seen(session, Committee, committee_id, version, {"active": True})
        return _use(session, actor, committee, True, key, "committees.restore_committee")


def _use(session: Session, actor: Actor, committee: Committee, active: bool, key: str, act: str) -> int:
    committee.active = active
    session.flush()
    remember(session, actor, key, act, committee.version)
    return committee.version


def _values(
    name: str,
    name_en: str,
    kind: str | None,
    field: str | None,
    unit_id: int | None,
    set_up_on: date | None,
    term_from: date | None,
) -> dict[str, Any]:
    """The columns as they will be written."""
    words = {"name": name.strip(), "name_en": name_en.strip(), "kind": kind or "", "field": field or ""}
    return words | {"unit_id": unit_id, "set_up_on": set_up_on, "term_from": term_from}


def _check(session: Session, committee: Committee, values: Mapping[str, Any]) -> None:
    """Ask the rule; what stands on the committee already may stay although it was retired since."""
    check = Check()
    kinds = active_codes(session, "committee_kind") | {committee.kind}
    fields = active_codes(session, "dispute_category") | {committee.field}
    words = {name: value for name, value in values.items() if name != "unit_id"}
    check_committee(check, **words, kinds=kinds, fields=fields, today=_today())
    unit_id = values["unit_id"]
    if unit_id is not None and unit_id != committee.unit_id:
        unit = session.get(Unit, unit_id)
        check.that(unit is not None and unit.active, "unit_id", "Choose a unit that is in use.")
    same = select(Committee.id).where(Committee.name == values["name"], Committee.id != (committee.id or 0))
    check.that(
        session.scalar(same) is None, "name", "There is already a committee of this name, perhaps a retired one."
    )
    check.done()


def _row(committee: Committee, counted: Mapping[str, int], limits: Limits) -> dict[str, Any]:
    """One committee as the list shows it."""
    row = {name: getattr(committee, name) for name in COMMITTEES if hasattr(Committee, name)}
    return row | {
        "term_until": term_until(committee.term_from, limits["committee_term_years"].amount),
        "warnings": warnings(_standing(committee, counted), limits, _today()),
        "members": counted["members"],
        "women": counted["women"],
        "full_time": counted["full_time"],
    }


def _standing(committee: Committee, counted: Mapping[str, int]) -> Standing:
    return Standing(counted["members"], counted["women"], counted["chairs"], committee.term_from)


def _counts(session: Session) -> dict[int, Mapping[str, int]]:
    """The members in use of every committee: all, women, full-time, chairs."""
    marks = {"women": Mediator.sex == Sex.FEMALE, "full_time": Mediator.full_time}
    marks |= {"chairs": Mediator.position == Position.CHAIR}
    sums = [func.sum(case((mark, 1), else_=0)).label(name) for name, mark in marks.items()]
    counted = select(Mediator.committee_id, func.count().label("members"), *sums)
    query = counted.where(Mediator.active).group_by(Mediator.committee_id)
    return {row.committee_id: {name: int(getattr(row, name)) for name in _NOBODY} for row in session.execute(query)}


def _open_files(session: Session) -> dict[int, int]:
    query = select(Dispute.committee_id, func.count()).where(Dispute.open).group_by(Dispute.committee_id)
    return dict(session.execute(query).all())


def _today() -> date:
    return clock.today(current().settings.timezone)
