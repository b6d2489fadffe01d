"""A sheet: read whole, finished when nothing is open in it, reopened to be corrected."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading, transaction
from db.models import AssessedUnit, Assessment, ScoreSheet
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.rules.scoring.totals import period_score
from db.services.acts import earlier, guarded, remember
from db.services.records import seen
from db.services.scoring import entries, ledger, scope
from db.services.scoring.told import Told, unit_told

OPEN = N_("Still open: {items}.")


@dataclass(frozen=True)
class Sheets:
    """All sheets of one unit with what this reader may do; `versions` of the sheets by period."""

    assessment_id: int
    year: int
    name: str
    name_en: str
    document: dict[str, Any]
    edition: ledger.Edition
    told: Told
    versions: dict[str, int]
    may_enter: bool
    own_unit: bool


@guarded(Permission.SCORES_OPEN)
def sheets(actor: Actor, *, assessed_unit_id: int) -> Sheets:
    """The sheets of a unit within reach; raises NotThere, and Problems without a rubric in force."""
    with reading() as session:
        assessed = scope.reached(session, actor, assessed_unit_id)
        assessment = session.get_one(Assessment, assessed.assessment_id)
        edition = ledger.must_be_in_force(session, assessment.id)
        own = scope.belongs(session, actor, assessed.unit_id)
        versions = select(ScoreSheet.period, ScoreSheet.version).where(ScoreSheet.assessed_unit_id == assessed.id)
        return Sheets(
            assessment_id=assessment.id,
            year=assessment.year,
            name=assessment.name,
            name_en=assessment.name_en,
            document=edition.document,
            edition=edition,
            told=unit_told(session, edition, assessed),
            versions=dict(session.execute(versions).all()),
            may_enter=actor.may(Permission.SCORES_ENTER) and not own and assessment.active and assessed.active,
            own_unit=own,
        )


@guarded(Permission.SCORES_ENTER)
def finish(actor: Actor, *, assessed_unit_id: int, period: str, version: int, key: str) -> int:
    """The sheet is complete; its score counts from now on. Raises Problems naming what is open. Answers its version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        assessed, sheet, edition = _sheet(session, actor, assessed_unit_id, period, version)
        standing = ledger.entries_of(session, [assessed.id])[assessed.id]
        score = period_score(edition.rubric, period, standing)
        if score.open:
            names = {item["code"]: item["name"] for item in edition.document["items"]}
            still = "、".join(names[item.code] for item in score.open)
            raise Problems(Problem("", OPEN, {"items": still}))
        if sheet.finished_at is None:
            sheet.finished_at, sheet.finished_by_id = clock.now(), actor.id
        return _done(session, actor, assessed, edition, sheet, key)


@guarded(Permission.SCORES_ENTER)
def reopen(actor: Actor, *, assessed_unit_id: int, period: str, version: int, key: str) -> int:
    """The sheet is to be corrected; what was published stays. Answers its version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        assessed, sheet, edition = _sheet(session, actor, assessed_unit_id, period, version)
        sheet.finished_at = sheet.finished_by_id = None
        return _done(session, actor, assessed, edition, sheet, key)


def _sheet(
    session: Session, actor: Actor, assessed_unit_id: int, period: str, version: int
) -> tuple[AssessedUnit, ScoreSheet, ledger.Edition]:
    """The sheet as it was seen; version 0 is a sheet nothing was written in yet."""
    assessed = scope.entered(session, actor, assessed_unit_id)
    edition = ledger.must_be_in_force(session, assessed.assessment_id)
    if not period:
        raise NotThere("sheet")
    ledger.period_of(edition.rubric, period)
    sheet = entries.sheet_of(session, assessed.id, period)
    return assessed, seen(session, ScoreSheet, sheet.id, version or sheet.version, {"period": period}), edition


def _done(
    session: Session, actor: Actor, assessed: AssessedUnit, edition: ledger.Edition, sheet: ScoreSheet, key: str
) -> int:
    ledger.refresh(session, assessed, edition)
    session.flush()
    remember(session, actor, key, "scoring.sheet", sheet.version)
    return sheet.version
