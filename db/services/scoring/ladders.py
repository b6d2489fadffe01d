"""The monthly ladder of one figure per unit (R-28 to R-36): figures entered month by month, and what follows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import AssessedUnit, Assessment, ScoreFigure, Unit
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import N_, Changed, NotThere, Problem, Problems
from db.rules.scoring import figures
from db.rules.scoring.ladder import Change, Rules, cards, highest, ranks, reward
from db.rules.scoring.points import shown
from db.rules.scoring.words import Card
from db.rules.scoring.written import ladder_of
from db.services.acts import earlier, guarded, remember
from db.services.duty.rows import framed
from db.services.records import Saved, Values, last_writer, save_each
from db.services.scoring import ledger, scope

UNITS = ["assessed_unit_id", "version", "unit", "unit_en", "before", "now", "percent", "rank", "told", "card"]
UNITS += ["since", "since_note", "reward", "ineffective", "note", "own"]
COURSE = ["assessed_unit_id", "unit", "unit_en", "month", "percent"]
REVIEW = ["assessed_unit_id", "unit", "unit_en", "span", "before", "now", "percent", "rank", "told", "card", "reward"]
QUICK = ("before", "now", "ineffective", "note")
YEAR = "year"
NO_LADDER = N_("This assessment is no ladder.")
NOT_BEGUN = N_("This month has not begun.")
STEPS = tuple(Card)
_FLOATS = dict.fromkeys(("before", "now", "percent"), "Float64") | {"rank": "Int64"}
Figures = Mapping[int, Mapping[int, ScoreFigure]]


@dataclass(frozen=True)
class Ladder:
    """A ladder in one month as this reader sees it.

    `units` (UNITS) is the month in the order of its ranks, `course` (COURSE) the increase month by month, `review`
    (REVIEW) each quarter that has begun (q1 to q4) and the year. Figures are numbers with two decimals, increases
    percent with one, missing where nothing can be compared. Ranks are only for who sees every unit. `since` is the
    month a unit came to where it stands, `since_note` what was noted of it then; `months` have begun.
    """

    assessment_id: int
    year: int
    name: str
    name_en: str
    month: int
    months: tuple[int, ...]
    rules: Rules
    units: pd.DataFrame
    course: pd.DataFrame
    review: pd.DataFrame
    ranked: bool
    may_enter: bool


@dataclass(frozen=True)
class _Ground:
    """What everything is worked out from: units seen and all figures, by month."""

    rows: Sequence[Any]
    figures: Figures
    changes: Mapping[int, Mapping[int, Change]]
    cards: Mapping[int, Mapping[int, Card]]
    rules: Rules
    ranked: bool


@guarded(Permission.SCORES_OPEN)
def ladder(actor: Actor, *, assessment_id: int, month: int | None = None) -> Ladder:
    """A ladder in a month (None: the last one with figures, else the last begun).

    Raises NotThere, and Problems without a rubric in force.
    """
    with reading() as session:
        assessment = session.get(Assessment, assessment_id)
        if assessment is None or assessment.kind != "ladder":
            raise NotThere(f"ladder {assessment_id}")
        months = _begun(assessment.year)
        ground = _ground(session, actor, assessment_id, months)
        told = [one for one in months if ground.changes[one]] or list(months) or [1]
        seen = month if month in months else told[-1]
        own = {row.AssessedUnit.id for row in ground.rows if scope.belongs(session, actor, row.AssessedUnit.unit_id)}
    return Ladder(
        assessment_id=assessment_id,
        year=assessment.year,
        name=assessment.name,
        name_en=assessment.name_en,
        month=seen,
        months=months,
        rules=ground.rules,
        units=_units(ground, seen, own),
        course=_course(ground, months),
        review=_review(ground, months),
        ranked=ground.ranked,
        may_enter=actor.may(Permission.SCORES_ENTER) and assessment.active and bool(months),
    )


@guarded(Permission.SCORES_ENTER)
def save_figures(
    actor: Actor, *, assessment_id: int, month: int, rows: Mapping[int, tuple[int, Values]], key: str
) -> Saved:
    """The grid of a month, each row by itself: assessed unit to the version seen (0: none yet) and what was typed.

    Raises Problems for a month that has not begun; a second call with the same key writes nothing.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        if not ledger.must_be_in_force(session, assessment_id).ladder:
            raise Problems(Problem("", NO_LADDER))
        if month not in _begun(session.get_one(Assessment, assessment_id).year):
            raise Problems(Problem("month", NOT_BEGUN))

        def change(assessed_unit_id: int, version: int, values: Values) -> None:
            assessed = scope.entered(session, actor, assessed_unit_id)
            if assessed.assessment_id != assessment_id:
                raise NotThere(f"assessed unit {assessed_unit_id}")
            _write(session, assessed_unit_id, month, version, values)

        saved = save_each(session, rows, change)
        remember(session, actor, key, "ladders.save_figures", list(saved.saved))
        return saved


def _write(session: Session, assessed_unit_id: int, month: int, version: int, values: Values) -> None:
    own = (ScoreFigure.assessed_unit_id == assessed_unit_id, ScoreFigure.month == month)
    row = session.scalars(select(ScoreFigure).where(*own)).one_or_none()
    asked = {name: values[name] for name in QUICK if name in values}
    stands = _typed(row) if row else {"before": None, "now": None, "ineffective": False, "note": ""}
    if row is not None and row.version != version:
        theirs = {name: stands[name] for name in asked}
        raise Changed(theirs=theirs, mine=asked, by=last_writer(session, "score_figure", row.id), version=row.version)
    if row is None and version:
        raise NotThere(f"figure of {assessed_unit_id}")
    told = stands | asked
    figure = figures.checked(
        told["before"], told["now"], ineffective=bool(told["ineffective"]), note=str(told["note"] or "")
    )
    row = row or ScoreFigure(assessed_unit_id=assessed_unit_id, month=month)
    row.before, row.now, row.ineffective, row.note = figure.before, figure.now, figure.ineffective, figure.note
    session.add(row)


def _typed(row: ScoreFigure) -> dict[str, object]:
    return {"before": number(row.before), "now": number(row.now), "ineffective": row.ineffective, "note": row.note}


def number(hundredths: int | None) -> Decimal | None:
    """A figure as it is read."""
    return None if hundredths is None else Decimal(hundredths) / 100


@dataclass(frozen=True)
class Course:
    """One unit over some months: its figures added up, rank by increase, how often told, furthest step, yuan earned."""

    change: Change | None
    rank: int | None
    told: int
    card: Card
    reward: float


def courses(session: Session, actor: Actor, assessment_id: int, months: Sequence[int]) -> dict[int, Course]:
    """The course of every unit within reach over these months as far as they have begun, by assessed unit."""
    begun = _begun(session.get_one(Assessment, assessment_id).year)
    ground, seen = _ground(session, actor, assessment_id, begun), [month for month in begun if month in months]
    summed = _summed(ground, seen)
    places, told = ranks(summed), [highest(ground.changes[month], ground.rules.told) for month in seen]
    return {
        unit: Course(
            summed.get(unit),
            places.get(unit),
            sum(unit in high for high in told),
            Card(_highest_step(ground, seen, unit)) if seen else Card.NONE,
            _rewards(ground, seen, unit),
        )
        for unit in (row.AssessedUnit.id for row in ground.rows)
    }


def _begun(year: int) -> tuple[int, ...]:
    today = clock.today(current().settings.timezone)
    return tuple(month for month in figures.MONTHS if (year, month) <= (today.year, today.month))


def _ground(session: Session, actor: Actor, assessment_id: int, months: Sequence[int]) -> _Ground:
    edition = ledger.must_be_in_force(session, assessment_id)
    units = select(AssessedUnit, Unit.name, Unit.name_en).join(Unit, Unit.id == AssessedUnit.unit_id)
    units = units.where(AssessedUnit.assessment_id == assessment_id, AssessedUnit.active).order_by(Unit.path)
    known = select(ScoreFigure).join(AssessedUnit, AssessedUnit.id == ScoreFigure.assessed_unit_id)
    known = known.where(AssessedUnit.assessment_id == assessment_id, AssessedUnit.active)
    by_month: dict[int, dict[int, ScoreFigure]] = defaultdict(dict)
    for row in session.scalars(known):
        by_month[row.month][row.assessed_unit_id] = row
    changes = {month: _changes(by_month[month].values()) for month in months}
    without: dict[int, list[int]] = defaultdict(list)
    for place, month in enumerate(months):
        for unit, row in by_month[month].items():
            if row.ineffective:
                without[unit].append(place)
    rules = ladder_of(edition.document)
    found = cards([changes[month] for month in months], rules, ineffective=without)
    rows = session.execute(units.where(scope.within(actor))).all()
    ranked = actor.scope(Permission.SCORES_OPEN) is Scope.ALL
    return _Ground(rows, by_month, changes, dict(zip(months, found, strict=True)), rules, ranked)


def _changes(rows: Any) -> dict[int, Change]:
    """What can be compared: both figures are there."""
    return {
        row.assessed_unit_id: Change(Fraction(row.before, 100), Fraction(row.now, 100))
        for row in rows
        if row.before is not None and row.now is not None
    }


def _units(ground: _Ground, month: int, own: set[int]) -> pd.DataFrame:
    changes = ground.changes.get(month, {})
    places = ranks(changes) if ground.ranked else {}
    told = highest(changes, ground.rules.told)
    rows = []
    for assessed, name, name_en in ground.rows:
        since = _since(ground, month, assessed.id)
        then = ground.figures.get(since or 0, {}).get(assessed.id)
        figure, change = ground.figures.get(month, {}).get(assessed.id), changes.get(assessed.id)
        rows.append(
            [
                *(assessed.id, figure.version if figure else 0, name, name_en),
                *(_float(number(figure.before if figure else None)), _float(number(figure.now if figure else None))),
                *(_percent(change), places.get(assessed.id), assessed.id in told),
                *(_card(ground, month, assessed.id).value, since, then.note if then else ""),
                float(reward(change, ground.rules)) if change else 0.0,
                *(figure.ineffective if figure else False, figure.note if figure else "", assessed.id in own),
            ]
        )
    found = framed(rows, UNITS, _FLOATS | {"since": "Int64"})
    return found.sort_values("rank", kind="stable", na_position="last", ignore_index=True)


def _card(ground: _Ground, month: int, unit: int) -> Card:
    return ground.cards.get(month, {}).get(unit, Card.NONE)


def _since(ground: _Ground, month: int, unit: int) -> int | None:
    """The month a unit came to the step it stands on; None where it stands on none."""
    step, since = _card(ground, month, unit), month
    if step is Card.NONE:
        return None
    while since > 1 and _card(ground, since - 1, unit) is step:
        since -= 1
    return since


def _course(ground: _Ground, months: Sequence[int]) -> pd.DataFrame:
    rows = [
        [assessed.id, name, name_en, month, _percent(ground.changes[month][assessed.id])]
        for month in months
        for assessed, name, name_en in ground.rows
        if assessed.id in ground.changes[month]
    ]
    return framed(rows, COURSE, {"percent": "Float64"})


def _review(ground: _Ground, months: Sequence[int]) -> pd.DataFrame:
    spans = {**figures.QUARTERS, YEAR: figures.MONTHS}
    told = {month: highest(ground.changes[month], ground.rules.told) for month in months}
    rows: list[list[object]] = []
    for span, of in spans.items():
        begun = [month for month in months if month in of]
        if begun:
            summed = _summed(ground, begun)
            places = ranks(summed) if ground.ranked else {}
            rows += [
                [
                    *(assessed.id, name, name_en, span),
                    *_both(summed.get(assessed.id)),
                    places.get(assessed.id),
                    sum(assessed.id in told[month] for month in begun),
                    _highest_step(ground, begun, assessed.id),
                    _rewards(ground, begun, assessed.id),
                ]
                for assessed, name, name_en in ground.rows
            ]
    return framed(rows, REVIEW, _FLOATS)


def _summed(ground: _Ground, months: Sequence[int]) -> dict[int, Change]:
    """The figures of several months added up, for units with any."""
    found: dict[int, Change] = {}
    for month in months:
        for unit, change in ground.changes[month].items():
            before = found.get(unit, Change(Fraction(), Fraction()))
            found[unit] = Change(before.before + change.before, before.now + change.now)
    return found


def _both(change: Change | None) -> tuple[float | None, float | None, float | None]:
    if change is None:
        return None, None, None
    return float(change.before), float(change.now), _percent(change)


def _highest_step(ground: _Ground, months: Sequence[int], unit: int) -> str:
    """The furthest step a unit came to in these months."""
    return max((_card(ground, month, unit) for month in months), key=STEPS.index).value


def _rewards(ground: _Ground, months: Sequence[int], unit: int) -> float:
    earned = (ground.changes[month].get(unit) for month in months)
    return float(sum(reward(change, ground.rules) for change in earned if change is not None))


def _percent(change: Change | None) -> float | None:
    percent = None if change is None else change.percent
    return None if percent is None else float(shown(percent))


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
