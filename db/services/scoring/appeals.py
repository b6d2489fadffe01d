"""Appeals: a unit's head against a line of an own published sheet, within days; the director accepts or refuses."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from db import clock
from db.engine import current, reading, transaction
from db.models import Assessment, Attachment, Person, ScoreAppeal, ScorePublication, Unit
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.rules.scoring.appealing import State, Step, move_of
from db.rules.scoring.issuing import month_code
from db.rules.text import is_fit
from db.services import files
from db.services.acts import earlier, guarded, remember
from db.services.duty.rows import framed
from db.services.files import Upload
from db.services.records import seen
from db.services.scoring import results, scope
from db.services.scoring.standing import FIGURE

APPEALS = ["id", "version", "publication_id", "assessment", "assessment_en", "year", "scope", "edition", "latest"]
APPEALS += ["unit_id", "unit", "unit_en", "period", "item", "entry_id", "state", "reason", "asked_by", "asked_at"]
APPEALS += ["ruling", "ruled_by", "ruled_at", "files", "may_rule", "may_withdraw"]
OWN = N_("You belong to this unit or asked yourself; somebody else rules.")
REPLACED = N_("This result was announced again; appeal against the newer one.")
LATE = N_("Appeals could be made until {day}.")
NO_LINE = N_("This line is not on the published sheet.")
TWICE = N_("This line is under appeal already.")
_asker, _ruler, _later = aliased(Person), aliased(Person), aliased(ScorePublication)


@guarded(Permission.SCORES_APPEAL)
def ask(
    actor: Actor,
    *,
    publication_id: int,
    unit_id: int,
    item: str,
    period: str = "",
    entry_id: int | None = None,
    reason: str,
    uploads: Sequence[Upload] = (),
    key: str,
) -> int:
    """Appeal against an item of a period ("" the year's book), or one entry of it; answers the appeal's id.

    Raises NotThere for another unit's sheet and Problems beside the fields.
    """
    with files.stored(files.checked(uploads, "uploads")) as kept, transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        told = results.frozen_sheet(session, actor, publication_id, unit_id, Permission.SCORES_APPEAL)
        publication = _locked(session, publication_id)
        _check(session, publication, told, (period, item), entry_id, reason)
        row = ScoreAppeal(publication_id=publication_id, unit_id=unit_id, period=period, item=item, entry_id=entry_id)
        row.reason, row.asked_by_id, row.asked_at = reason.strip(), actor.id or 0, clock.now()
        if _open_ones(session, row):
            raise Problems(Problem("item", TWICE))
        session.add(row)
        session.flush()
        files.add_rows_to_appeal(session, actor, row.id, kept)
        remember(session, actor, key, "scoring.appeal", row.id)
        return row.id


@guarded(Permission.SCORES_APPEAL)
def withdraw(actor: Actor, *, appeal_id: int, version: int, key: str) -> int:
    """Take one's unit's appeal back; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = _loaded(session, actor, appeal_id, version, Permission.SCORES_APPEAL)
        row.state = move_of(row.state, Step.WITHDRAW).value
        return _written(session, actor, row, key)


@guarded(Permission.SCORES_RULE)
def accept(actor: Actor, *, appeal_id: int, version: int, ruling: str, key: str) -> int:
    """The unit is right: the sheet is to be corrected and announced again. Answers the appeal's new version."""
    return _rule(actor, appeal_id, version, ruling, key, Step.ACCEPT)


@guarded(Permission.SCORES_RULE)
def refuse(actor: Actor, *, appeal_id: int, version: int, ruling: str, key: str) -> int:
    """What was published stands; answers the appeal's new version."""
    return _rule(actor, appeal_id, version, ruling, key, Step.REFUSE)


@guarded(Permission.SCORES_OPEN)
def appeals(
    actor: Actor, *, publication_ids: Collection[int] = (), unit_id: int | None = None, state: str = ""
) -> pd.DataFrame:
    """Appeals of the units within reach, the newest first, with what this reader may do: columns of APPEALS."""
    query = (
        select(ScoreAppeal, ScorePublication, Assessment, Unit, _asker.name, _ruler.name, _later.id)
        .join(ScorePublication, ScorePublication.id == ScoreAppeal.publication_id)
        .join(Assessment, Assessment.id == ScorePublication.assessment_id)
        .join(Unit, Unit.id == ScoreAppeal.unit_id)
        .join(_asker, _asker.id == ScoreAppeal.asked_by_id)
        .outerjoin(_ruler, _ruler.id == ScoreAppeal.ruled_by_id)
        .outerjoin(_later, _later.replaces_id == ScorePublication.id)
        .where(scope.within(actor))
        .order_by(ScoreAppeal.id.desc())
    )
    query = query.where(ScoreAppeal.publication_id.in_(publication_ids)) if publication_ids else query
    query = query.where(ScoreAppeal.unit_id == unit_id) if unit_id is not None else query
    query = query.where(ScoreAppeal.state == state) if state else query
    with reading() as session:
        rows = session.execute(query).all()
        held = _files(session, [row.ScoreAppeal.id for row in rows])
    told = [_told(actor, row, held.get(row.ScoreAppeal.id, [])) for row in rows]
    return framed(told, APPEALS, {"entry_id": "Int64"})


def _told(actor: Actor, row: Any, held: list[tuple[int, str]]) -> tuple[object, ...]:
    appeal, publication, assessment, unit, asker, ruler, later_id = row
    asked = appeal.state == State.ASKED
    rules = actor.may(Permission.SCORES_RULE) and not _is_own(actor, unit.path, appeal.asked_by_id)
    reaches = actor.scope(Permission.SCORES_APPEAL)
    appeals_for = reaches is Scope.ALL or (reaches is not None and unit.path.startswith(actor.unit_path or "-"))
    return (
        *(appeal.id, appeal.version, publication.id, assessment.name, assessment.name_en, assessment.year),
        *(publication.scope, publication.edition, later_id is None, unit.id, unit.name, unit.name_en),
        *(appeal.period, appeal.item, appeal.entry_id, appeal.state, appeal.reason, asker, appeal.asked_at),
        *(appeal.ruling, ruler or "", appeal.ruled_at, held, asked and rules, asked and appeals_for),
    )


def _files(session: Session, appeal_ids: Sequence[int]) -> Mapping[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = {}
    rows = session.execute(
        select(Attachment.score_appeal_id, Attachment.id, Attachment.name)
        .where(Attachment.score_appeal_id.in_(appeal_ids), Attachment.removed_at.is_(None))
        .order_by(Attachment.id)
    )
    for appeal_id, file_id, name in rows:
        found.setdefault(int(appeal_id or 0), []).append((file_id, name))
    return found


def _check(
    session: Session,
    publication: ScorePublication,
    told: Mapping[str, Any],
    place: tuple[str, str],
    entry_id: int | None,
    reason: str,
) -> None:
    if not results.is_latest(session, publication):
        raise Problems(Problem("", REPLACED))
    until, today = results.appeal_until(session, publication), clock.today(current().settings.timezone)
    if today > until:
        raise Problems(Problem("", LATE, {"day": until}))
    check = Check()
    check.that(place in _lines(told), "item", NO_LINE)
    entries = {(entry["period"], entry["item"], entry["id"]) for entry in told["entries"]}
    check.that(entry_id is None or (*place, entry_id) in entries, "entry_id", NO_LINE)
    if check.that(reason.strip(), "reason", N_("Say why.")):
        check.that(is_fit(reason), "reason", N_("Some characters can't be kept."))
    check.done()


def _lines(told: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Every line of a frozen sheet by period and item."""
    found = {(period["code"], line["code"]) for period in told["periods"] for line in period["lines"]}
    found |= {(month_code(one["month"]), FIGURE) for one in told.get("months", ())}
    return found | {("", line["code"]) for name in ("lines", "measured") for line in told["total"][name]}


def _open_ones(session: Session, row: ScoreAppeal) -> bool:
    same = select(ScoreAppeal.id).where(
        ScoreAppeal.publication_id == row.publication_id,
        ScoreAppeal.unit_id == row.unit_id,
        ScoreAppeal.period == row.period,
        ScoreAppeal.item == row.item,
        ScoreAppeal.state == State.ASKED,
        ScoreAppeal.entry_id.is_(None) if row.entry_id is None else ScoreAppeal.entry_id == row.entry_id,
    )
    return session.scalar(same.limit(1)) is not None


def _rule(actor: Actor, appeal_id: int, version: int, ruling: str, key: str, step: Step) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = _loaded(session, actor, appeal_id, version, Permission.SCORES_RULE)
        path = session.get_one(Unit, row.unit_id).path
        if _is_own(actor, path, row.asked_by_id):
            raise Problems(Problem("", OWN))
        target, check = move_of(row.state, step), Check()
        if check.that(ruling.strip(), "ruling", N_("Say why.")):
            check.that(is_fit(ruling), "ruling", N_("Some characters can't be kept."))
        check.done()
        row.state, row.ruling = target.value, ruling.strip()
        row.ruled_by_id, row.ruled_at = actor.id, clock.now()
        return _written(session, actor, row, key)


def _is_own(actor: Actor, unit_path: str, asked_by_id: int) -> bool:
    """Whether the actor works in the unit or below it, or asked."""
    return actor.unit_path.startswith(unit_path) or actor.id == asked_by_id


def _loaded(session: Session, actor: Actor, appeal_id: int, version: int, permission: Permission) -> ScoreAppeal:
    wanted = select(ScoreAppeal).join(Unit, Unit.id == ScoreAppeal.unit_id)
    wanted = wanted.where(ScoreAppeal.id == appeal_id, scope.within(actor, permission))
    if session.scalars(wanted.with_for_update(of=ScoreAppeal)).one_or_none() is None:
        raise NotThere(f"appeal {appeal_id}")
    return seen(session, ScoreAppeal, appeal_id, version, {})


def _locked(session: Session, publication_id: int) -> ScorePublication:
    """The publication, so that a line is never under appeal twice."""
    wanted = select(ScorePublication).where(ScorePublication.id == publication_id)
    return session.scalars(wanted.with_for_update()).one()


def _written(session: Session, actor: Actor, row: ScoreAppeal, key: str) -> int:
    session.flush()
    remember(session, actor, key, "scoring.appeal", row.version)
    return row.version
