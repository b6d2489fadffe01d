"""What a trigger comes to for a unit: numerator, denominator and the records behind."""

from datetime import date

from sqlalchemy import select

from db import clock
from db.engine import reading
from db.models import AssessedUnit
from db.services.scoring import triggers
from db.services.scoring.facts.fact import Span, count

ZONE = "Asia/Shanghai"
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
Came = tuple[int, int, list[int]]


def comes_to(assessment_id: int, unit_id: int, trigger: str, first: date = FIRST, last: date = LAST) -> Came:
    """Of the days up to now: numerator, denominator and the ids of the records."""
    now = clock.now()
    with reading() as session:
        assessed = session.scalars(select(AssessedUnit).where(AssessedUnit.assessment_id == assessment_id)).all()
        span = Span(first, min(last, clock.day_of(now, ZONE)), now, ZONE)
        found = triggers.read(session, [trigger], span, assessed)[trigger]
        one = next(one.id for one in assessed if one.unit_id == unit_id)
    counted = count(found.get(one, ()), first, last)
    return counted.numerator, counted.denominator, [fact.record_id for fact in counted.facts]


def assessed_of(assessment_id: int, unit_id: int) -> int:
    """The assessed unit of a unit."""
    own = (AssessedUnit.assessment_id == assessment_id, AssessedUnit.unit_id == unit_id)
    with reading() as session:
        return session.scalars(select(AssessedUnit.id).where(*own)).one()
