"""What a committee does beside its files: trainings of its members (R-120), searches for disputes (R-08)."""

from collections.abc import Sequence
from datetime import date, datetime

import pandas as pd
from sqlalchemy import select

from db import clock
from db.engine import current, reading, transaction
from db.models import Committee, DisputeSearch, Mediator, MediatorTraining
from db.rules.mediation.committees import check_search, check_training
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check, NotThere
from db.services.acts import earlier, guarded, remember
from db.services.records import seen

TRAININGS = ["id", "version", "mediator_id", "member", "held_on", "subject", "hours", "organiser", "removed_at"]
SEARCHES = ["id", "version", "held_on", "found", "prevented", "note", "removed_at"]


@guarded(Permission.COMMITTEES_READ)
def trainings(actor: Actor, *, committee_id: int, removed: bool = False) -> pd.DataFrame:
    """Trainings of a committee's members, newest first, removed ones too when asked: columns of TRAININGS."""
    own = [getattr(MediatorTraining, name) for name in TRAININGS if name != "member"]
    query = (
        select(*own, Mediator.name.label("member"))
        .join(Mediator, Mediator.id == MediatorTraining.mediator_id)
        .where(Mediator.committee_id == committee_id)
        .order_by(MediatorTraining.held_on.desc(), MediatorTraining.id)
    )
    with reading() as session:
        rows = session.execute(query if removed else query.where(MediatorTraining.removed_at.is_(None)))
        return pd.DataFrame([dict(row) for row in rows.mappings()], columns=TRAININGS)


@guarded(Permission.COMMITTEES_MANAGE)
def add_training(
    actor: Actor,
    *,
    committee_id: int,
    mediator_ids: Sequence[int],
    held_on: date | None,
    subject: str,
    hours: int | None,
    organiser: str = "",
    key: str,
) -> list[int]:
    """One training, entered for every member who took part; answers the ids."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return list(done)
        check = Check()
        members = set(session.scalars(select(Mediator.id).where(Mediator.committee_id == committee_id)))
        check.that(mediator_ids, "mediator_ids", "Choose who took part.")
        check.that(members.issuperset(mediator_ids), "mediator_ids", "Choose members of this committee.")
        check_training(check, held_on=held_on, subject=subject, hours=hours, organiser=organiser, today=_today())
        check.done()
        words = {"held_on": held_on, "subject": subject.strip(), "hours": hours, "organiser": organiser.strip()}
        rows = [MediatorTraining(mediator_id=mediator_id, **words) for mediator_id in dict.fromkeys(mediator_ids)]
        session.add_all(rows)
        session.flush()
        ids = [row.id for row in rows]
        remember(session, actor, key, "training.add_training", ids)
        return ids


@guarded(Permission.COMMITTEES_MANAGE)
def remove_training(actor: Actor, *, training_id: int, version: int, key: str) -> int:
    """Take a training out; answers its new version."""
    return _set_removed(actor, MediatorTraining, training_id, version, clock.now(), key)


@guarded(Permission.COMMITTEES_MANAGE)
def restore_training(actor: Actor, *, training_id: int, version: int, key: str) -> int:
    """Put a training back; answers its new version."""
    return _set_removed(actor, MediatorTraining, training_id, version, None, key)


@guarded(Permission.COMMITTEES_READ)
def searches(actor: Actor, *, committee_id: int, removed: bool = False) -> pd.DataFrame:
    """Searches of a committee, newest first, removed ones too when asked: columns of SEARCHES."""
    own = [getattr(DisputeSearch, name) for name in SEARCHES]
    query = select(*own).where(DisputeSearch.committee_id == committee_id)
    query = query.order_by(DisputeSearch.held_on.desc(), DisputeSearch.id)
    with reading() as session:
        rows = session.execute(query if removed else query.where(DisputeSearch.removed_at.is_(None)))
        return pd.DataFrame([tuple(row) for row in rows], columns=SEARCHES)


@guarded(Permission.COMMITTEES_MANAGE)
def add_search(
    actor: Actor,
    *,
    committee_id: int,
    held_on: date | None,
    found: int | None,
    prevented: int | None,
    note: str = "",
    key: str,
) -> int:
    """A search for disputes, in numbers; answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        if session.get(Committee, committee_id) is None:
            raise NotThere("committee")
        check = Check()
        check_search(check, held_on=held_on, found=found, prevented=prevented, note=note, today=_today())
        check.done()
        row = DisputeSearch(
            committee_id=committee_id, held_on=held_on, found=found, prevented=prevented, note=note.strip()
        )
        session.add(row)
        session.flush()
        remember(session, actor, key, "training.add_search", row.id)
        return row.id


@guarded(Permission.COMMITTEES_MANAGE)
def remove_search(actor: Actor, *, search_id: int, version: int, key: str) -> int:
    """Take a search out; answers its new version."""
    return _set_removed(actor, DisputeSearch, search_id, version, clock.now(), key)


@guarded(Permission.COMMITTEES_MANAGE)
def restore_search(actor: Actor, *, search_id: int, version: int, key: str) -> int:
    """Put a search back; answers its new version."""
    return _set_removed(actor, DisputeSearch, search_id, version, None, key)


def _set_removed(
    actor: Actor,
    model: type[MediatorTraining] | type[DisputeSearch],
    row_id: int,
    version: int,
    removed_at: datetime | None,
    key: str,
) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = seen(session, model, row_id, version, {"removed_at": removed_at})
        row.removed_at = removed_at
        session.flush()
        act = "remove" if removed_at else "restore"
        remember(session, actor, key, f"training.{act}_{model.__tablename__}", row.version)
        return row.version


def _today() -> date:
    return clock.today(current().settings.timezone)
