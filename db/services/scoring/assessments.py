"""Assessments: begun from a preset or from another year's, named, the units they score, retired and put back."""

import zlib
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import and_, false, func, select, true
from sqlalchemy.orm import Session, aliased

from db.engine import reading, transaction
from db.models import AssessedUnit, Assessment, Rubric, Unit
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Changed, Check, NotThere, Problem, Problems
from db.rules.text import is_fit_line
from db.services.acts import earlier, guarded, remember
from db.services.office.presets import preset as preset_file
from db.services.records import fill, seen
from db.services.scoring import ledger
from db.services.scoring.rubrics import DRAFT, IN_FORCE, latest, may_draft, parsed, written
from db.services.scoring.scope import RETIRED

ASSESSMENTS = ["id", "version", "year", "code", "kind", "name", "name_en", "source", "active", "units"]
ASSESSMENTS += ["rubric_id", "edition", "draft_id", "draft_edition"]
UNITS = ["id", "unit_id", "name", "name_en", "kind"]
# What a preset says of the assessment and not of its rubric.
_HEAD = ("code", "name", "name_en")
_LONGEST_NAME = 60
YEARS = range(2000, date.max.year)


@guarded(Permission.SCORES_READ)
def assessments(actor: Actor, *, retired: bool = False) -> pd.DataFrame:
    """Assessments, the latest year first, with their editions and units in use counted: columns of ASSESSMENTS.

    Drafts are named only for who may see them.
    """
    force, draft = aliased(Rubric), aliased(Rubric)
    drafts = and_(draft.assessment_id == Assessment.id, draft.state == DRAFT, true() if may_draft(actor) else false())
    units = select(func.count()).where(AssessedUnit.assessment_id == Assessment.id, AssessedUnit.active)
    query = (
        select(
            *(getattr(Assessment, name) for name in ASSESSMENTS if hasattr(Assessment, name)),
            units.scalar_subquery().label("units"),
            *(force.id.label("rubric_id"), force.edition, draft.id.label("draft_id")),
            draft.edition.label("draft_edition"),
        )
        .outerjoin(force, and_(force.assessment_id == Assessment.id, force.state == IN_FORCE))
        .outerjoin(draft, drafts)
        .order_by(Assessment.year.desc(), Assessment.id)
    )
    with reading() as session:
        rows = session.execute(query if retired else query.where(Assessment.active)).mappings().all()
    found = pd.DataFrame([dict(row) for row in rows], columns=ASSESSMENTS)
    return found.astype(dict.fromkeys(("rubric_id", "edition", "draft_id", "draft_edition"), "Int64"))


@guarded(Permission.RUBRICS_MANAGE)
def rubric_presets(actor: Actor) -> tuple[dict[str, str], ...]:
    """The rubrics to begin with: code, kind, name, name_en and source of each."""
    return tuple({name: told[name] for name in (*_HEAD, "kind", "source")} for told in preset_file("rubrics")["rubric"])


@guarded(Permission.SCORES_READ)
def units_of(actor: Actor, *, assessment_id: int) -> pd.DataFrame:
    """The units an assessment scores, in the order of the tree of units: columns of UNITS."""
    query = (
        select(AssessedUnit.id, AssessedUnit.unit_id, Unit.name, Unit.name_en, Unit.kind)
        .join(Unit, Unit.id == AssessedUnit.unit_id)
        .where(AssessedUnit.assessment_id == assessment_id, AssessedUnit.active)
        .order_by(Unit.level, Unit.id)
    )
    with reading() as session:
        if session.get(Assessment, assessment_id) is None:
            raise NotThere(f"assessment {assessment_id}")
        return pd.DataFrame([tuple(row) for row in session.execute(query)], columns=UNITS)


@guarded(Permission.RUBRICS_MANAGE)
def add_assessment(
    actor: Actor,
    *,
    preset: str | None = None,
    copy_of_id: int | None = None,
    year: int | None,
    name: str,
    name_en: str = "",
    unit_ids: Collection[int] = (),
    key: str,
) -> int:
    """A new assessment whose first edition is a draft: a preset's, or another one's newest, its days in this year.

    Answers its id.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        code, source, document = _beginning(session, preset, copy_of_id)
        check = Check()
        if check.that(year in YEARS, "year", N_("Choose the year.")):
            _check_name(session, check, year or 0, name, name_en)
        _check_units(session, check, unit_ids)
        check.done()
        assessment = Assessment(code=_free(session, code, year or 0), year=year or 0, kind=document["kind"])
        fill(assessment, {"name": name.strip(), "name_en": name_en.strip(), "source": source})
        session.add(assessment)
        session.flush()
        session.add(Rubric(assessment_id=assessment.id, edition=1, document=written(document)))
        session.add_all(AssessedUnit(assessment_id=assessment.id, unit_id=unit_id) for unit_id in sorted(set(unit_ids)))
        session.flush()
        remember(session, actor, key, "assessments.add_assessment", assessment.id)
        return assessment.id


@guarded(Permission.RUBRICS_MANAGE)
def edit_assessment(
    actor: Actor, *, assessment_id: int, version: int, name: str, name_en: str = "", source: str = "", key: str
) -> int:
    """Correct the name of an assessment and where it comes from; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        mine = {"name": name.strip(), "name_en": name_en.strip(), "source": source.strip()}
        assessment = seen(session, Assessment, assessment_id, version, mine)
        check = Check()
        _check_name(session, check, assessment.year, name, name_en, besides=assessment_id)
        check.that(is_fit_line(source), "source", N_("Some characters can't be kept."))
        check.done()
        return _changed(session, actor, assessment, mine, key, "assessments.edit_assessment")


@guarded(Permission.RUBRICS_MANAGE)
def retire_assessment(actor: Actor, *, assessment_id: int, version: int, key: str) -> int:
    """Take an assessment out of use; its sheets and publications stay. Answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        assessment = seen(session, Assessment, assessment_id, version, {"active": False})
        return _changed(session, actor, assessment, {"active": False}, key, "assessments.retire_assessment")


@guarded(Permission.RUBRICS_MANAGE)
def restore_assessment(actor: Actor, *, assessment_id: int, version: int, key: str) -> int:
    """Put a retired assessment back into use; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        assessment = seen(session, Assessment, assessment_id, version, {"active": True})
        return _changed(session, actor, assessment, {"active": True}, key, "assessments.restore_assessment")


@guarded(Permission.RUBRICS_MANAGE)
def set_units(actor: Actor, *, assessment_id: int, version: int, unit_ids: Collection[int], key: str) -> int:
    """Say which units are scored; one left out keeps what was entered for it.

    `version` is units_digest of the units as they were seen; answers that of the units now.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        assessment = session.scalars(select(Assessment).where(Assessment.id == assessment_id).with_for_update())
        if (found := assessment.one_or_none()) is None:
            raise NotThere(f"assessment {assessment_id}")
        if not found.active:
            raise Problems(Problem("", RETIRED))
        scored = select(AssessedUnit).where(AssessedUnit.assessment_id == assessment_id)
        standing = {row.unit_id: row for row in session.scalars(scored)}
        active = sorted(unit_id for unit_id, row in standing.items() if row.active)
        if units_digest(active) != version:
            theirs, mine = {"unit_ids": active}, {"unit_ids": sorted(set(unit_ids))}
            raise Changed(theirs=theirs, mine=mine, version=units_digest(active))
        check = Check()
        _check_units(session, check, set(unit_ids) - set(active))
        check.done()
        for unit_id, row in standing.items():
            row.active = unit_id in unit_ids
        fresh = sorted(set(unit_ids) - set(standing))
        session.add_all(AssessedUnit(assessment_id=assessment_id, unit_id=unit_id) for unit_id in fresh)
        session.flush()
        ledger.refresh_all(session, assessment_id)
        remember(session, actor, key, "assessments.set_units", units_digest(unit_ids))
        return units_digest(unit_ids)


def units_digest(unit_ids: Iterable[int]) -> int:
    """What tells whether the units are still those that were seen."""
    return zlib.crc32(",".join(str(one) for one in sorted(set(unit_ids))).encode())


def _changed(session: Session, actor: Actor, assessment: Assessment, values: dict[str, Any], key: str, act: str) -> int:
    fill(assessment, values)
    session.flush()
    remember(session, actor, key, act, assessment.version)
    return assessment.version


def _beginning(session: Session, preset: str | None, copy_of_id: int | None) -> tuple[str, str, dict[str, Any]]:
    """Code, source and document a new assessment begins with; raises Problems where nothing was chosen."""
    if copy_of_id is not None:
        copied = session.get(Assessment, copy_of_id)
        if copied is None:
            raise Problems(Problem("copy_of_id", N_("Choose an assessment to copy.")))
        return copied.code, copied.source, parsed(latest(session, copied.id).document)
    told = next((one for one in preset_file("rubrics")["rubric"] if one["code"] == preset), None)
    if told is None:
        raise Problems(Problem("preset", N_("Choose a rubric to begin with.")))
    return told["code"], told["source"], {name: value for name, value in told.items() if name not in _HEAD}


def _free(session: Session, code: str, year: int) -> str:
    """The code, or with the next number where the year has it already."""
    taken = set(session.scalars(select(Assessment.code).where(Assessment.year == year)))
    numbered = (f"{code}_{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (code, *numbered) if one not in taken)


def _check_name(session: Session, check: Check, year: int, name: str, name_en: str, besides: int | None = None) -> None:
    fits = 0 < len(name.strip()) <= _LONGEST_NAME and is_fit_line(name)
    check.that(fits, "name", N_("Give a name of at most {most} characters."), most=_LONGEST_NAME)
    fits = len(name_en.strip()) <= _LONGEST_NAME and is_fit_line(name_en)
    check.that(fits, "name_en", N_("At most {most} characters."), most=_LONGEST_NAME)
    same = select(Assessment.id).where(
        Assessment.year == year, Assessment.name == name.strip(), Assessment.id != (besides or 0)
    )
    message = N_("There is already an assessment of this name in {year}, perhaps a retired one.")
    check.that(session.scalar(same) is None, "name", message, year=year)


def _check_units(session: Session, check: Check, unit_ids: Collection[int]) -> None:
    """Units in use below the centre; the centre does not score itself."""
    query = select(Unit.id).where(Unit.active, Unit.parent_id.is_not(None))
    check.that(set(unit_ids) <= set(session.scalars(query)), "unit_ids", N_("Choose units that are in use."))
