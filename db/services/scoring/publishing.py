"""A result announced: looked at before, frozen with its rubric and every sheet, and announced again when corrected."""

import hashlib
import json
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading, transaction
from db.languages import month_in
from db.models import AssessedUnit, Assessment, ScoreAppeal, ScorePublication, ScoreResult
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Named, NotThere, Problem, Problems
from db.rules.scoring.appealing import State
from db.rules.scoring.differences import Announced, Difference, differences
from db.rules.scoring.issuing import TOTAL, months_of, scopes_of, span_of
from db.rules.scoring.points import shown
from db.services.acts import earlier, guarded, remember
from db.services.duty.rows import framed
from db.services.scoring import ledger
from db.services.scoring.scope import RETIRED
from db.services.scoring.standing import Standing, gathered, points_in, total_in
from db.version import version

UNITS = ["unit_id", "unit", "unit_en", "total", "rank", "grade", "card", "whole"]
SCOPES = ["scope", "name", "name_en", "edition", "publication_id"]
NOT_YET = N_("Nothing is scored yet.")
NOTHING_NEW = N_("Nothing differs from what was published.")
MISSING = N_("Still missing: {units}. Say why it is published without them, or finish the sheets first.")
CHANGED = N_("Something changed since you looked; look at it again.")
MOST_NAMED = 8
Told = dict[str, Any]


@dataclass(frozen=True)
class Preview:
    """What would be announced now.

    `units` has the columns UNITS; `missing` names units with the codes of their periods still open; `differences` are
    those to the edition before; `accepted` appeals wait to be corrected, `asked` ones for a ruling. `seen` stands for
    all of it, so that nothing else is published than what was looked at.
    """

    scope: str
    edition: int
    replaces_id: int | None
    units: pd.DataFrame
    missing: tuple[tuple[Named, tuple[str, ...]], ...]
    differences: tuple[Told, ...]
    accepted: int
    asked: int
    seen: str


@guarded(Permission.SCORES_PUBLISH)
def scopes(actor: Actor, *, assessment_id: int) -> pd.DataFrame:
    """What can be announced of an assessment, with the edition announced last: columns of SCOPES."""
    with reading() as session:
        assessment = _assessment(session, assessment_id)
        edition = ledger.in_force(session, assessment.id)
        if edition is None:
            return framed([], SCOPES, {})
        told = []
        for code in scopes_of(edition.rubric):
            latest = latest_of(session, assessment.id, code)
            about = scope_told(edition, code)
            issued = (latest.edition, latest.id) if latest else (None, None)
            told.append((code, about["name"], about["name_en"], *issued))
        return framed(told, SCOPES, {"edition": "Int64", "publication_id": "Int64"})


@guarded(Permission.SCORES_PUBLISH)
def preview(actor: Actor, *, assessment_id: int, scope: str) -> Preview:
    """What would be announced; raises NotThere, and Problems without a rubric or for a scope it does not have."""
    with reading() as session:
        assessment = _assessment(session, assessment_id)
        edition = _edition(session, assessment, scope)
        return _preview(session, assessment, scope, gathered(session, actor, edition, scope), edition)


@guarded(Permission.SCORES_PUBLISH)
def publish(
    actor: Actor,
    *,
    assessment_id: int,
    scope: str,
    incomplete: bool = False,
    reason: str = "",
    seen: str = "",
    key: str,
) -> int:
    """Announce it and keep a copy of everything; answers the publication's id.

    The same scope again is a new edition with what differs. Raises Problems naming what is missing unless `incomplete`
    is true and a reason given, and when what was looked at (`seen`) has changed.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        assessment = _assessment(session, assessment_id, write=True)
        if not assessment.active:
            raise Problems(Problem("", RETIRED))
        edition = _edition(session, assessment, scope)
        _hold_units(session, assessment.id)
        standings = gathered(session, actor, edition, scope)
        found = _preview(session, assessment, scope, standings, edition)
        _check(found, incomplete=incomplete, reason=reason.strip(), seen=seen)
        row = ScorePublication(
            assessment_id=assessment.id,
            rubric_id=edition.rubric_id,
            scope=scope,
            edition=found.edition,
            replaces_id=found.replaces_id,
            published_at=clock.now(),
            published_by_id=actor.id,
        )
        document = _document(actor, assessment, edition, found, standings, reason.strip())
        row.document = json.dumps(document, ensure_ascii=False)
        session.add(row)
        session.flush()
        ranks = dict(zip(found.units["unit_id"], found.units["rank"], strict=True))
        session.add_all(_result(row.id, one, ranks[one.unit_id]) for one in standings)
        remember(session, actor, key, "scoring.publish", row.id)
        return row.id


def latest_of(session: Session, assessment_id: int, scope: str) -> ScorePublication | None:
    """The edition that stands, None before the first."""
    issued = select(ScorePublication).where(
        ScorePublication.assessment_id == assessment_id, ScorePublication.scope == scope
    )
    return session.scalars(issued.order_by(ScorePublication.edition.desc()).limit(1)).one_or_none()


def scope_told(edition: ledger.Edition, scope: str) -> Told:
    """Code, names, days and span of what is announced, as kept with a publication."""
    year = edition.rubric.year
    if edition.ladder:
        return _ladder_scope(year, scope)
    if scope == TOTAL:
        names, begins, ends = {"name": "全年总分", "name_en": "Total of the year"}, date(year, 1, 1), date(year, 12, 31)
    else:
        period = ledger.period_of(edition.rubric, scope)
        listed = [one for part in edition.document.get("parts", ()) for one in part["periods"]]
        found = next(one for one in listed if one["code"] == scope)
        names = {"name": found["name"], "name_en": found.get("name_en", "")}
        begins, ends = period.begins, period.ends
    return {"code": scope, **names, "begins": begins.isoformat(), "ends": ends.isoformat()} | {
        "span": span_of(begins, ends).value
    }


def _ladder_scope(year: int, scope: str) -> Told:
    months = months_of(scope)
    first, last = min(months), max(months)
    begins, ends = date(year, first, 1), date(year, last, monthrange(year, last)[1])
    if len(months) == 1:
        names = {name: month_in(into, begins) for name, into in (("name", "zh"), ("name_en", "en"))}
    elif scope == TOTAL:
        names = {"name": f"{year}年全年", "name_en": f"The year {year}"}
    else:
        names = {"name": f"{year}年第{'一二三四'[last // 3 - 1]}季度", "name_en": f"Quarter {last // 3} of {year}"}
    return {"code": scope, **names, "begins": begins.isoformat(), "ends": ends.isoformat()} | {
        "span": span_of(begins, ends).value
    }


def _assessment(session: Session, assessment_id: int, *, write: bool = False) -> Assessment:
    wanted = select(Assessment).where(Assessment.id == assessment_id)
    if write:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotThere(f"assessment {assessment_id}")
    return found


def _edition(session: Session, assessment: Assessment, scope: str) -> ledger.Edition:
    edition = ledger.must_be_in_force(session, assessment.id)
    if scope not in scopes_of(edition.rubric):
        raise Problems(Problem("scope", N_("This is not one of the choices.")))
    return edition


def _hold_units(session: Session, assessment_id: int) -> None:
    """Nobody writes in a sheet of these units until what is announced is kept."""
    units = select(AssessedUnit).where(AssessedUnit.assessment_id == assessment_id).order_by(AssessedUnit.id)
    session.scalars(units.with_for_update().execution_options(populate_existing=True)).all()


def _preview(
    session: Session, assessment: Assessment, scope: str, standings: Sequence[Standing], edition: ledger.Edition
) -> Preview:
    before = latest_of(session, assessment.id, scope)
    told = [
        (one.unit_id, one.name.name, one.name.name_en, _tenths(one.total), one.rank, one.grade, one.card, one.whole)
        for one in standings
    ]
    changed = _differences(session, before, standings, edition) if before else ()
    asked, accepted = (_appeals(session, before, state) for state in (State.ASKED, State.ACCEPTED))
    return Preview(
        scope=scope,
        edition=before.edition + 1 if before else 1,
        replaces_id=before.id if before else None,
        units=framed(told, UNITS, {"total": "Float64", "rank": "Int64"}),
        missing=tuple((one.name, one.missing) for one in standings if one.missing),
        differences=changed,
        accepted=accepted,
        asked=asked,
        seen=_digest(*(one.document for one in standings), *map(str, told)),
    )


def _tenths(total: Fraction | None) -> float | None:
    return None if total is None else float(shown(total))


def _digest(*parts: str) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(f"{len(part)} {part}".encode())
    return found.hexdigest()


def _appeals(session: Session, publication: ScorePublication | None, state: State) -> int:
    if publication is None:
        return 0
    rows = select(ScoreAppeal.id).where(ScoreAppeal.publication_id == publication.id, ScoreAppeal.state == state)
    return len(session.scalars(rows).all())


def _check(found: Preview, *, incomplete: bool, reason: str, seen: str) -> None:
    if found.units["total"].isna().all():
        raise Problems(Problem("scope", NOT_YET))
    if seen and seen != found.seen:
        raise Problems(Problem("", CHANGED))
    if found.missing and not incomplete:
        names = [unit.name for unit, _ in found.missing]
        told = "、".join(names[:MOST_NAMED]) + ("……" if len(names) > MOST_NAMED else "")
        raise Problems(Problem("incomplete", MISSING, {"units": told}))
    if found.missing and not reason:
        raise Problems(Problem("reason", N_("Say why.")))
    if found.replaces_id is not None and not found.differences:
        raise Problems(Problem("", NOTHING_NEW))


def _document(
    actor: Actor,
    assessment: Assessment,
    edition: ledger.Edition,
    found: Preview,
    standings: Sequence[Standing],
    reason: str,
) -> Mapping[str, Any]:
    named = {name: getattr(assessment, name) for name in ("id", "code", "year", "kind", "name", "name_en", "source")}
    return {
        "assessment": named,
        "scope": scope_told(edition, found.scope),
        "edition": found.edition,
        "rubric": edition.document,
        "rubric_edition": edition.edition,
        "units": len(found.units),
        "board": {str(one.unit_id): one.summary for one in standings},
        "missing": [[unit.name, unit.name_en, list(periods)] for unit, periods in found.missing],
        "reason": reason if found.missing else "",
        "differences": list(found.differences),
        "published_by": actor.name,
        "published_at": clock.now().isoformat(),
        "version": version(),
    }


def _result(publication_id: int, one: Standing, rank: Any) -> ScoreResult:
    return ScoreResult(
        publication_id=publication_id,
        unit_id=one.unit_id,
        tenths=None if one.total is None else int(shown(one.total) * 10),
        rank=None if pd.isna(rank) else int(rank),
        grade=one.grade,
        card=one.card,
        document=one.document,
    )


def _differences(
    session: Session, before: ScorePublication, standings: Sequence[Standing], edition: ledger.Edition
) -> tuple[Told, ...]:
    """What differs from the edition before, with the names it had then or has now."""
    was = {
        row.unit_id: (row, json.loads(row.document))
        for row in session.scalars(select(ScoreResult).where(ScoreResult.publication_id == before.id))
    }
    now = {one.unit_id: one for one in standings}
    found = differences(
        {unit_id: _announced(row, told) for unit_id, (row, told) in was.items()},
        {unit_id: one.announced for unit_id, one in now.items()},
    )
    units = {unit_id: told["unit"] for unit_id, (_, told) in was.items()}
    units |= {one.unit_id: {"name": one.name.name, "name_en": one.name.name_en} for one in standings}
    items = _named(json.loads(before.document)["rubric"]) | _named(edition.document)
    return tuple(_difference(one, units, items) for one in found)


def _named(document: Mapping[str, Any]) -> dict[str, Told]:
    return {item["code"]: item for item in document.get("items", ())}


def _announced(row: ScoreResult, told: Told) -> Announced:
    return Announced(total_in(told), row.rank, row.grade, row.card, points_in(told))


def _difference(one: Difference, units: Mapping[Any, Told], items: Mapping[str, Told]) -> Told:
    item = items.get(one.item, {})
    unit = units[one.unit]
    return {
        "unit_id": one.unit,
        "unit": unit["name"],
        "unit_en": unit["name_en"],
        "what": one.what.value,
        "period": one.period,
        "item": one.item,
        "item_name": item.get("name", one.item),
        "item_name_en": item.get("name_en", ""),
        "before": one.before,
        "after": one.after,
    }
