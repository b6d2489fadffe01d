"""Editions of a rubric: read, drafted, put in force; what was put in force is never changed, a new edition is."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import transaction
from db.models import Assessment, Rubric
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.rules.scoring.rubric import Known, check_rubric
from db.rules.scoring.triggers import TRIGGERS
from db.rules.scoring.written import rubric_of
from db.services.acts import earlier, guarded, remember
from db.services.records import seen
from db.services.scoring import ledger

DRAFT, IN_FORCE, REPLACED = "draft", "in_force", "replaced"
PUBLISHED = N_("This edition is published and is never changed; a new edition is offered.")
Document = Mapping[str, Any]


@guarded(Permission.RUBRICS_MANAGE)
def put_in_force(actor: Actor, *, rubric_id: int, version: int, key: str) -> int:
    """Score by a draft from now on: it is whole and right, and the edition before it is replaced.

    Every unit is added up again by it. Answers the edition's new version; raises Problems beside parts and items.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        rubric = seen(session, Rubric, rubric_id, version, {"state": IN_FORCE})
        assessment = _locked(session, rubric.assessment_id)
        if rubric.state != DRAFT:
            raise Problems(Problem("", PUBLISHED))
        check_rubric(rubric_of(parsed(rubric.document), assessment.year), Known(frozenset(TRIGGERS)))
        before = select(Rubric).where(Rubric.assessment_id == assessment.id, Rubric.state == IN_FORCE)
        for replaced in session.scalars(before):
            replaced.state = REPLACED
        rubric.state = IN_FORCE
        session.flush()
        ledger.refresh_all(session, assessment.id)
        remember(session, actor, key, "rubrics.put_in_force", rubric.version)
        return rubric.version


def latest(session: Session, assessment_id: int) -> Rubric:
    """The newest edition of an assessment, be it a draft; raises NotThere."""
    newest = select(Rubric).where(Rubric.assessment_id == assessment_id).order_by(Rubric.edition.desc()).limit(1)
    found = session.scalars(newest).one_or_none()
    if found is None:
        raise NotThere(f"rubric of assessment {assessment_id}")
    return found


def parsed(document: str) -> dict[str, Any]:
    """A document as it is kept, read."""
    told: dict[str, Any] = json.loads(document)
    return told


def written(document: Document) -> str:
    """A document as it is kept."""
    return json.dumps(document, ensure_ascii=False)


def _locked(session: Session, assessment_id: int) -> Assessment:
    """The assessment, so that two editions are never put in force at once."""
    return session.scalars(select(Assessment).where(Assessment.id == assessment_id).with_for_update()).one()
