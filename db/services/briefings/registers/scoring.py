"""Published scores as a register of charts: the points of units in what was announced and not corrected since."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, cast, func, select, true
from sqlalchemy import String as Text
from sqlalchemy.orm import Session, aliased

from db.models import Assessment, ScorePublication, ScoreResult, Unit
from db.rules.briefings.chart import Words
from db.rules.permissions import Actor, Permission
from db.rules.scoring.issuing import TOTAL
from db.rules.scoring.words import RubricKind
from db.services.briefings.registers import naming
from db.services.briefings.registers.declaring import Asked, Dimension, Measure, Reckoning, Register, by_code
from db.services.briefings.registers.shared import TIME, unit

TENTHS = 10
_later = aliased(ScorePublication)


def begun(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Every unit's result in every publication, with its assessment."""
    return (
        query.select_from(ScoreResult)
        .join(ScorePublication, ScorePublication.id == ScoreResult.publication_id)
        .join(Assessment, Assessment.id == ScorePublication.assessment_id)
    )


def visible(_actor: Actor) -> ColumnElement[bool]:
    """What was announced is everybody's to read; a corrected edition takes the place of the one before."""
    replaced = select(_later.id).where(_later.replaces_id == ScorePublication.id)
    return and_(~replaced.exists(), Assessment.kind != RubricKind.LADDER)


def record(_asked: Asked) -> tuple[SQLColumnExpression[Any], ...]:
    """The columns of one result behind a figure."""
    named = select(Unit.name).where(Unit.id == ScoreResult.unit_id).scalar_subquery()
    return ScorePublication.id, cast(Assessment.year, Text), Assessment.name, named, ScoreResult.grade


def _periods(session: Session, _codes: Collection[str] | None) -> Mapping[str, Words]:
    """What the periods are called in the newest publication of each."""
    rows = session.execute(select(ScorePublication.scope, ScorePublication.document).order_by(ScorePublication.id))
    told = {scope: json.loads(document)["scope"] for scope, document in rows}
    return {scope: Words(one["name"], one["name_en"]) for scope, one in sorted(told.items())}


_DIMENSIONS = (
    unit("unit", Words("单位", "Unit"), ScoreResult.unit_id),
    Dimension(
        code="period",
        name=Words("考核周期", "Period scored"),
        expression=lambda _: ScorePublication.scope,
        labels=_periods,
        ordered=True,
    ),
    Dimension(
        code="assessment",
        name=Words("考核", "Assessment"),
        expression=lambda _: ScorePublication.assessment_id,
        labels=naming.of_rows(Assessment),
    ),
    Dimension(
        code="grade",
        name=Words("等次", "Grade"),
        expression=lambda _: ScoreResult.grade,
        labels=naming.of({}),
    ),
    *TIME,
)


def _mean(code: str, name: Words, definition: Words, condition: ColumnElement[bool]) -> Measure:
    return Measure(
        code=code,
        name=name,
        definition=definition,
        unit="points",
        reckoning=Reckoning.MEAN,
        day=lambda _: ScorePublication.published_at,
        where=lambda _: and_(ScoreResult.tenths.is_not(None), condition),
        top=lambda _: func.sum(ScoreResult.tenths),
        bottom=lambda _: func.count(),
        scale=TENTHS,
    )


_MEASURES = (
    _mean(
        "points",
        Words("阶段得分", "Points of a period"),
        Words(
            "期间内公布的各阶段得分的平均分（不含全年总分），已更正的以更正后为准。",
            "Points announced in the period for parts of a year, on average (without the year's total); of a corrected "
            "result the last edition.",
        ),
        ScorePublication.scope != TOTAL,
    ),
    _mean(
        "total",
        Words("年度总分", "Points of the year"),
        Words(
            "期间内公布的年度总分的平均分，已更正的以更正后为准。",
            "Totals of a year announced in the period, on average; of a corrected result the last edition.",
        ),
        ScorePublication.scope == TOTAL,
    ),
    Measure(
        code="results",
        name=Words("公布的结果", "Results announced"),
        definition=Words(
            "期间内公布的单位考核结果数，已更正的以更正后为准。",
            "Results of units announced in the period; of a corrected one the last edition.",
        ),
        day=lambda _: ScorePublication.published_at,
        where=lambda _: true(),
    ),
)

REGISTER = Register(
    code="scoring",
    name=Words("考核得分", "Scores"),
    permission=Permission.SCORES_READ,
    reads=Permission.SCORES_READ,
    dimensions=by_code(*_DIMENSIONS),
    measures=by_code(*_MEASURES),
    begun=begun,
    visible=visible,
    readable=visible,
    record=record,
)
