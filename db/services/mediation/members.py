"""The members of a committee: with or without an account, in use or retired."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import Committee, Dispute, DisputeMediator, Mediator, MediatorTraining, Person, PersonRole
from db.rules.mediation.committees import check_member
from db.rules.permissions import Actor, Permission, Role
from db.rules.problems import Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.records import fill, seen

MEMBERS = ["id", "version", "committee_id", "person_id", "account", "name", "sex", "position", "full_time"]
MEMBERS += ["from_on", "until_on", "active", "hours", "open_files"]


@guarded(Permission.COMMITTEES_READ)
def members(actor: Actor, *, committee_id: int, retired: bool = False) -> pd.DataFrame:
    """The members of a committee, chair first, with hours of training and open files: columns of MEMBERS."""
    own = [getattr(Mediator, name) for name in MEMBERS if hasattr(Mediator, name)]
    query = (
        select(
            *own,
            func.coalesce(Person.username, "").label("account"),
            _hours().label("hours"),
            _files().label("open_files"),
        )
        .outerjoin(Person, Person.id == Mediator.person_id)
        .where(Mediator.committee_id == committee_id)
        .order_by(Mediator.active.desc(), Mediator.position, Mediator.id)
    )
    with reading() as session:
        rows = session.execute(query if retired else query.where(Mediator.active)).mappings().all()
    return pd.DataFrame([dict(row) for row in rows], columns=MEMBERS).astype({"person_id": "Int64"})


@guarded(Permission.COMMITTEES_MANAGE)
def account_names(actor: Actor) -> dict[int, str]:
    """Accounts a member may have, those of the mediators: id to name and user name."""
    query = select(Person.id, Person.name, Person.username).where(Person.id.in_(_mediators())).order_by(Person.id)
    with reading() as session:
        return {row.id: f"{row.name} ({row.username})" for row in session.execute(query)}


@guarded(Permission.COMMITTEES_MANAGE)
def add_member(
    actor: Actor,
    *,
    committee_id: int,
    name: str,
    sex: str | None = "",
    position: str | None = "member",
    full_time: bool = False,
    person_id: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    key: str,
) -> int:
    """A new member of a committee in use; answers the id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        _committee_in_use(session, committee_id)
        member = Mediator(committee_id=committee_id)
        values = _values(name, sex, position, full_time, person_id, from_on, until_on)
        _check(session, member, values)
        fill(member, values)
        session.add(member)
        session.flush()
        remember(session, actor, key, "members.add_member", member.id)
        return member.id


@guarded(Permission.COMMITTEES_MANAGE)
def edit_member(
    actor: Actor,
    *,
    mediator_id: int,
    version: int,
    name: str,
    sex: str | None,
    position: str | None,
    full_time: bool,
    person_id: int | None,
    from_on: date | None,
    until_on: date | None,
    key: str,
) -> int:
    """Correct a member, name the chair, or link an account; answers the new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        values = _values(name, sex, position, full_time, person_id, from_on, until_on)
        member = seen(session, Mediator, mediator_id, version, values)
        _check(session, member, values)
        fill(member, values)
        session.flush()
        remember(session, actor, key, "members.edit_member", member.version)
        return member.version


@guarded(Permission.COMMITTEES_MANAGE)
def retire_member(actor: Actor, *, mediator_id: int, version: int, key: str) -> int:
    """Take a member out of use; never while open files are theirs. Answers the new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        member = seen(session, Mediator, mediator_id, version, {"active": False})
        files = session.scalar(select(_files()).where(Mediator.id == mediator_id)) or 0
        check = Check()
        check.that(not files, "active", "{count} open files are still with this member.", count=files)
        check.done()
        return _use(session, actor, member, False, key, "members.retire_member")


@guarded(Permission.COMMITTEES_MANAGE)
def restore_member(actor: Actor, *, mediator_id: int, version: int, key: str) -> int:
    """Put a retired member back into use; answers the new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        member = seen(session, Mediator, mediator_id, version, {"active": True})
        check = Check()
        if member.person_id is not None:
            _check_taken(session, check, member, member.person_id)
        check.done()
        return _use(session, actor, member, True, key, "members.restore_member")


def _use(session: Session, actor: Actor, member: Mediator, active: bool, key: str, act: str) -> int:
    member.active = active
    session.flush()
    remember(session, actor, key, act, member.version)
    return member.version


def _committee_in_use(session: Session, committee_id: int) -> None:
    committee = session.get(Committee, committee_id)
    if committee is None:
        raise NotThere("committee")
    if not committee.active:
        raise Problems(Problem("name", "This committee is retired; restore it first."))


def _values(
    name: str,
    sex: str | None,
    position: str | None,
    full_time: bool,
    person_id: int | None,
    from_on: date | None,
    until_on: date | None,
) -> dict[str, Any]:
    """The columns as they will be written."""
    words = {"name": name.strip(), "sex": sex or "", "position": position or "", "full_time": full_time}
    return words | {"person_id": person_id, "from_on": from_on, "until_on": until_on}


def _check(session: Session, member: Mediator, values: Mapping[str, Any]) -> None:
    """Ask the rule, and see that name and account are this member's only."""
    check = Check()
    words = {name: value for name, value in values.items() if name not in ("full_time", "person_id")}
    check_member(check, **words, today=clock.today(current().settings.timezone))
    same = select(Mediator.id).where(
        Mediator.committee_id == member.committee_id,
        Mediator.name == values["name"],
        Mediator.id != (member.id or 0),
    )
    check.that(session.scalar(same) is None, "name", "There is already a member of this name, perhaps a retired one.")
    person_id = values["person_id"]
    if person_id != member.person_id:
        kept = select(DisputeMediator.id).where(DisputeMediator.mediator_id == member.id).limit(1)
        had = member.person_id is not None and session.scalar(kept) is not None
        check.that(not had, "person_id", "Files were kept under this account; it stays. Add another member instead.")
        if person_id is not None:
            may = session.scalar(_mediators().where(Person.id == person_id)) is not None
            check.that(may, "person_id", "Choose an open account with the role of a mediator.")
            _check_taken(session, check, member, person_id)
    check.done()


def _check_taken(session: Session, check: Check, member: Mediator, person_id: int) -> None:
    """No two members of a committee share an account."""
    taken = select(Mediator.name).where(
        Mediator.committee_id == member.committee_id,
        Mediator.person_id == person_id,
        Mediator.id != (member.id or 0),
        Mediator.active,
    )
    name = session.scalar(taken)
    check.that(name is None, "person_id", "{name} has this account already.", name=name or "")


def _mediators() -> Select[int]:
    return (
        select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.active, PersonRole.role == Role.MEDIATOR)
    )


def _hours() -> Any:
    """Hours of training of the member of the outer query."""
    total = func.coalesce(func.sum(MediatorTraining.hours), 0)
    mine = select(total).where(MediatorTraining.mediator_id == Mediator.id, MediatorTraining.removed_at.is_(None))
    return mine.correlate(Mediator).scalar_subquery()


def _files() -> Any:
    """Open files of the member of the outer query."""
    mine = (
        select(func.count())
        .select_from(DisputeMediator)
        .join(Dispute, Dispute.id == DisputeMediator.dispute_id)
        .where(DisputeMediator.mediator_id == Mediator.id, DisputeMediator.ended_on.is_(None), Dispute.open)
    )
    return mine.correlate(Mediator).scalar_subquery()
