"""Editions of a rubric: read, drafted, put in force; what was put in force is never changed, a new edition is."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import reading, transaction
from db.models import Assessment, Rubric
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.rules.scoring.drafting import faults
from db.rules.scoring.typed import Document
from db.services.acts import earlier, guarded, remember
from db.services.records import last_writer, seen
from db.services.scoring import ledger
from db.services.scoring.scope import RETIRED

DRAFT, IN_FORCE, REPLACED, DISCARDED = "draft", "in_force", "replaced", "discarded"
PUBLISHED = N_("This edition is published and is never changed; a new edition is offered.")
DRAFTED = N_("Edition {edition} is being drafted already.")


@dataclass(frozen=True)
class Edition:
    """One edition in the list of an assessment's."""

    id: int
    edition: int
    state: str


@dataclass(frozen=True)
class RubricView:
    """One edition with the assessment it belongs to; `faults` keep a draft from being put in force, `by` saved last."""

    id: int
    version: int
    edition: int
    state: str
    document: Document
    faults: tuple[Problem, ...]
    by: str
    editions: tuple[Edition, ...]
    assessment_id: int
    year: int
    kind: str
    name: str
    name_en: str
    source: str
    active: bool
    may_manage: bool

    @property
    def may_edit(self) -> bool:
        """Whether it is a draft of an assessment in use, and this person's to change."""
        return self.may_manage and self.state == DRAFT and self.active

    def id_of(self, *states: str) -> int | None:
        """The newest edition in one of these states, None where there is none."""
        return next((one.id for one in reversed(self.editions) if one.state in states), None)


@guarded(Permission.SCORES_READ)
def rubric_view(actor: Actor, *, rubric_id: int) -> RubricView:
    """One edition; drafts and discarded ones only for who keeps rubrics or sees open sheets; raises NotThere."""
    with reading() as session:
        rubric = session.get(Rubric, rubric_id)
        drafts = may_draft(actor)
        if rubric is None or (rubric.state in (DRAFT, DISCARDED) and not drafts):
            raise NotThere(f"rubric {rubric_id}")
        assessment = session.get_one(Assessment, rubric.assessment_id)
        document = parsed(rubric.document)
        every = select(Rubric.id, Rubric.edition, Rubric.state).where(Rubric.assessment_id == assessment.id)
        found = [Edition(*row) for row in session.execute(every.order_by(Rubric.edition))]
        return RubricView(
            id=rubric.id,
            version=rubric.version,
            edition=rubric.edition,
            state=rubric.state,
            document=document,
            faults=faults(document, assessment.year) if rubric.state == DRAFT else (),
            by=last_writer(session, Rubric.__tablename__, rubric.id),
            editions=tuple(one for one in found if drafts or one.state in (IN_FORCE, REPLACED)),
            assessment_id=assessment.id,
            year=assessment.year,
            kind=assessment.kind,
            name=assessment.name,
            name_en=assessment.name_en,
            source=assessment.source,
            active=assessment.active,
            may_manage=actor.may(Permission.RUBRICS_MANAGE),
        )


@guarded(Permission.RUBRICS_MANAGE)
def put_in_force(actor: Actor, *, rubric_id: int, version: int, key: str) -> int:
    """Score by a draft from now on: it is whole and right, and the edition before it is replaced.

    Every unit is added up again by it. Answers the edition's new version; raises Problems beside parts and items.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        rubric, assessment = drafted(session, rubric_id, version, {"state": IN_FORCE})
        if found := faults(parsed(rubric.document), assessment.year):
            raise Problems(*found)
        before = select(Rubric).where(Rubric.assessment_id == assessment.id, Rubric.state == IN_FORCE)
        for replaced in session.scalars(before):
            replaced.state = REPLACED
        session.flush()
        rubric.state = IN_FORCE
        session.flush()
        ledger.refresh_all(session, assessment.id)
        remember(session, actor, key, "rubrics.put_in_force", rubric.version)
        return rubric.version


@guarded(Permission.RUBRICS_MANAGE)
def new_edition(actor: Actor, *, rubric_id: int, key: str) -> int:
    """A draft that begins as this edition stands; answers its id. One draft at a time."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        rubric, assessment = locked(session, rubric_id)
        _must_have_no_draft(session, assessment.id)
        edition = latest(session, assessment.id).edition + 1
        draft = Rubric(assessment_id=assessment.id, edition=edition, document=rubric.document)
        session.add(draft)
        session.flush()
        remember(session, actor, key, "rubrics.new_edition", draft.id)
        return draft.id


@guarded(Permission.RUBRICS_MANAGE)
def discard_draft(actor: Actor, *, rubric_id: int, version: int, key: str) -> int:
    """Put a draft aside; it can be taken up again. Answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        rubric, _ = drafted(session, rubric_id, version, {"state": DISCARDED})
        rubric.state = DISCARDED
        session.flush()
        remember(session, actor, key, "rubrics.discard_draft", rubric.version)
        return rubric.version


@guarded(Permission.RUBRICS_MANAGE)
def restore_draft(actor: Actor, *, rubric_id: int, version: int, key: str) -> int:
    """Take a discarded draft up again, unless another is being drafted; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        rubric, assessment = locked(session, rubric_id)
        seen(session, Rubric, rubric_id, version, {"state": DRAFT})
        if rubric.state != DISCARDED:
            raise Problems(Problem("", PUBLISHED))
        _must_have_no_draft(session, assessment.id)
        rubric.state = DRAFT
        session.flush()
        remember(session, actor, key, "rubrics.restore_draft", rubric.version)
        return rubric.version


# --- shared by acts on editions ---


def locked(session: Session, rubric_id: int) -> tuple[Rubric, Assessment]:
    """An edition and its assessment, locked so that no two acts on its editions cross; raises NotThere or Problems."""
    rubric = session.get(Rubric, rubric_id)
    if rubric is None:
        raise NotThere(f"rubric {rubric_id}")
    wanted = select(Assessment).where(Assessment.id == rubric.assessment_id).with_for_update()
    assessment = session.scalars(wanted.execution_options(populate_existing=True)).one()
    session.refresh(rubric)
    if not assessment.active:
        raise Problems(Problem("", RETIRED))
    return rubric, assessment


def drafted(
    session: Session, rubric_id: int, version: int | None, mine: dict[str, object]
) -> tuple[Rubric, Assessment]:
    """A draft to be written to, as it was seen where a version is named; raises NotThere, Problems or Changed."""
    rubric, assessment = locked(session, rubric_id)
    if version is not None:
        seen(session, Rubric, rubric_id, version, mine)
    if rubric.state != DRAFT:
        raise Problems(Problem("", PUBLISHED))
    return rubric, assessment


def may_draft(actor: Actor) -> bool:
    """Whether somebody sees drafts: who keeps rubrics, and who sees open sheets."""
    return actor.may(Permission.RUBRICS_MANAGE) or actor.may(Permission.SCORES_OPEN)


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


def _must_have_no_draft(session: Session, assessment_id: int) -> None:
    query = select(Rubric.edition).where(Rubric.assessment_id == assessment_id, Rubric.state == DRAFT)
    edition = session.scalar(query)
    if edition is not None:
        raise Problems(Problem("", DRAFTED, {"edition": edition}))
