"""What was published: the list, one of them as a board for everybody, a unit's frozen sheet for who may open it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current, reading
from db.models import Assessment, Person, ScorePublication, ScoreResult, Unit
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.rules.scoring.appealing import last_day
from db.rules.scoring.issuing import TOTAL
from db.services.acts import guarded
from db.services.duty.rows import framed
from db.services.office import limits_in_force
from db.services.scoring import scope as reach

PUBLICATIONS = ["id", "assessment_id", "assessment", "assessment_en", "year", "kind", "scope", "name", "name_en"]
PUBLICATIONS += ["edition", "latest", "units", "published_at", "published_by"]
BOARD = ["unit_id", "unit", "unit_en", "rank", "total", "grade", "card", "opens"]
RANKS = ["year", "scope", "name", "name_en", "unit_id", "unit", "unit_en", "rank", "total"]
APPEAL_DAYS = "score_appeal"
_later = aliased(ScorePublication)


@dataclass(frozen=True)
class Published:
    """One publication: its document, its board (columns BOARD), its other editions, and until when units may appeal.

    `opens` in the board says whose frozen sheet this reader may open. `editions` is the number of the edition to its
    id, the newest first.
    """

    id: int
    document: Mapping[str, Any]
    published_at: datetime
    latest: bool
    editions: Mapping[int, int]
    board: pd.DataFrame
    appeal_until: date


@guarded(Permission.SCORES_READ)
def publications(actor: Actor, *, assessment_id: int | None = None) -> pd.DataFrame:
    """Everything that was announced, the newest first: columns of PUBLICATIONS."""
    units = select(func.count()).where(ScoreResult.publication_id == ScorePublication.id).scalar_subquery()
    query = (
        select(ScorePublication, Assessment, Person.name, _later.id, units)
        .join(Assessment, Assessment.id == ScorePublication.assessment_id)
        .join(Person, Person.id == ScorePublication.published_by_id)
        .outerjoin(_later, _later.replaces_id == ScorePublication.id)
        .order_by(ScorePublication.published_at.desc(), ScorePublication.id.desc())
    )
    if assessment_id is not None:
        query = query.where(Assessment.id == assessment_id)
    with reading() as session:
        told = []
        for row, assessment, by, later_id, counted in session.execute(query):
            scope = json.loads(row.document)["scope"]
            told.append(
                (
                    *(row.id, assessment.id, assessment.name, assessment.name_en, assessment.year, assessment.kind),
                    *(row.scope, scope["name"], scope["name_en"], row.edition, later_id is None, counted),
                    *(row.published_at, by),
                )
            )
    return framed(told, PUBLICATIONS, {})


@guarded(Permission.SCORES_READ)
def publication(actor: Actor, *, publication_id: int) -> Published:
    """One publication as everybody may read it: ranks, totals, grades and cards; raises NotThere."""
    with reading() as session:
        row = publication_row(session, publication_id)
        editions = select(ScorePublication.edition, ScorePublication.id).where(
            ScorePublication.assessment_id == row.assessment_id, ScorePublication.scope == row.scope
        )
        found = dict(session.execute(editions.order_by(ScorePublication.edition.desc())).all())
        return Published(
            id=row.id,
            document=json.loads(row.document),
            published_at=row.published_at,
            latest=row.edition == max(found),
            editions=found,
            board=_board(session, actor, row.id),
            appeal_until=appeal_until(session, row),
        )


@guarded(Permission.SCORES_OPEN)
def unit_sheet(actor: Actor, *, publication_id: int, unit_id: int) -> Mapping[str, Any]:
    """A unit's sheet as it was frozen, for who may open it: all, or one's own unit's; raises NotThere."""
    with reading() as session:
        return frozen_sheet(session, actor, publication_id, unit_id, Permission.SCORES_OPEN)


@guarded(Permission.SCORES_READ)
def ranks_over_time(actor: Actor, *, assessment_id: int) -> pd.DataFrame:
    """The rank of every unit in everything announced of this assessment and those of its code in years before.

    Columns of RANKS, in the order of the years; only editions that stand.
    """
    with reading() as session:
        assessment = session.get(Assessment, assessment_id)
        if assessment is None:
            raise NotThere(f"assessment {assessment_id}")
        alike = select(ScorePublication, Assessment.year).join(
            Assessment, Assessment.id == ScorePublication.assessment_id
        )
        alike = alike.where(Assessment.code == assessment.code, Assessment.year <= assessment.year)
        issued = session.execute(_standing(alike)).all()
        scopes = {row.id: (year, json.loads(row.document)["scope"]) for row, year in issued}
        ranked = (
            select(ScoreResult.publication_id, ScoreResult.unit_id, Unit.name, Unit.name_en)
            .add_columns(ScoreResult.rank, ScoreResult.tenths)
            .join(Unit, Unit.id == ScoreResult.unit_id)
            .where(ScoreResult.publication_id.in_(scopes), ScoreResult.rank.is_not(None))
            .order_by(Unit.path)
        )
        rows = session.execute(ranked).all()
    orders = {pk: _order(year, scope) for pk, (year, scope) in scopes.items()}
    told = []
    for row in sorted(rows, key=lambda row: orders[row.publication_id]):
        year, scope = scopes[row.publication_id]
        named = (year, scope["code"], scope["name"], scope["name_en"])
        told.append(
            (*named, row.unit_id, row.name, row.name_en, row.rank, None if row.tenths is None else row.tenths / 10)
        )
    return framed(told, RANKS, {"rank": "Int64", "total": "Float64"})


def publication_row(session: Session, publication_id: int) -> ScorePublication:
    """The row; raises NotThere."""
    row = session.get(ScorePublication, publication_id)
    if row is None:
        raise NotThere(f"publication {publication_id}")
    return row


def frozen_sheet(
    session: Session, actor: Actor, publication_id: int, unit_id: int, permission: Permission
) -> Mapping[str, Any]:
    """A unit's sheet as it was frozen, when a right reaches the unit; raises NotThere."""
    wanted = (
        select(ScoreResult.document)
        .join(Unit, Unit.id == ScoreResult.unit_id)
        .where(ScoreResult.publication_id == publication_id, ScoreResult.unit_id == unit_id)
        .where(reach.within(actor, permission))
    )
    found = session.scalar(wanted)
    if found is None:
        raise NotThere(f"publication {publication_id} unit {unit_id}")
    told: dict[str, Any] = json.loads(found)
    return told


def is_latest(session: Session, row: ScorePublication) -> bool:
    """Whether no corrected edition replaced it."""
    return session.scalar(select(ScorePublication.id).where(ScorePublication.replaces_id == row.id)) is None


def appeal_until(session: Session, row: ScorePublication) -> date:
    """The last day on which units may appeal against it."""
    published_on = clock.day_of(row.published_at, current().settings.timezone)
    return last_day(published_on, limits_in_force(session, published_on)[APPEAL_DAYS].amount)


def _standing(query: Any) -> Any:
    """Of these publications those no corrected edition replaced."""
    return query.outerjoin(_later, _later.replaces_id == ScorePublication.id).where(_later.id.is_(None))


def _order(year: int, scope: Mapping[str, str]) -> tuple[int, str, int, bool]:
    """By when it ends; what is shorter comes first, the total last."""
    days = date.fromisoformat(scope["ends"]) - date.fromisoformat(scope["begins"])
    return year, scope["ends"], days.days, scope["code"] == TOTAL


def _board(session: Session, actor: Actor, publication_id: int) -> pd.DataFrame:
    opens = reach.within(actor, Permission.SCORES_OPEN)
    rows = session.execute(
        select(ScoreResult.unit_id, Unit.name, Unit.name_en, ScoreResult.rank, ScoreResult.tenths)
        .add_columns(ScoreResult.grade, ScoreResult.card, opens.label("opens"))
        .join(Unit, Unit.id == ScoreResult.unit_id)
        .where(ScoreResult.publication_id == publication_id)
        .order_by(ScoreResult.rank.is_(None), ScoreResult.rank, Unit.path)
    )
    told = [
        (
            *(row.unit_id, row.name, row.name_en, row.rank, None if row.tenths is None else row.tenths / 10),
            *(row.grade, row.card, bool(row.opens)),
        )
        for row in rows
    ]
    return framed(told, BOARD, {"rank": "Int64", "total": "Float64"})
