"""What the registers of work say of units: meetings led and missed, reports, information adopted, inspections."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.models import Work, WorkUnit
from db.rules.scoring.works import About, Kind, Level, Stand
from db.services.scoring.facts.fact import Fact, Span

WORK = "work"


def meetings_led(session: Session, span: Span) -> list[Fact]:
    """Meetings at which the leaders heard or arranged the work (R-07)."""
    return _lines(session, span, Work.kind == Kind.MEETING, WorkUnit.standing == Stand.LED)


def meetings_missed(session: Session, span: Span) -> list[Fact]:
    """Persons absent from meetings (R-19); an excused one is not absent."""
    lines = _lines(session, span, Work.kind == Kind.MEETING, WorkUnit.standing == Stand.ABSENT)
    return [line for line in lines if line.amount]


def reports_missing(session: Session, span: Span) -> list[Fact]:
    """Reports not handed in, from the day after they were due (R-20)."""
    missing = WorkUnit.standing == Stand.MISSING
    return _lines(session, span, Work.kind == Kind.REPORT, missing, Work.on_day < span.today)


def adopted(level: Level) -> Callable[[Session, Span], list[Fact]]:
    """Pieces of information whose highest adoption was at this level (R-12 to R-15)."""

    def at_level(session: Session, span: Span) -> list[Fact]:
        handed_in = WorkUnit.standing == Stand.HANDED_IN
        return _lines(session, span, Work.kind == Kind.REPORT, handed_in, Work.level == level)

    return at_level


def inspections(session: Session, span: Span) -> list[Fact]:
    """Months in which a unit was inspected (R-05): a second inspection in a month makes up for no other."""
    lines = _lines(session, span, Work.kind == Kind.INSPECTION, Work.about == About.MONTH)
    return [line._replace(once=(line.on.year, line.on.month)) for line in lines]


def activities(session: Session, span: Span) -> list[Fact]:
    """Larger activities (R-124)."""
    return _lines(session, span, Work.kind == Kind.ACTIVITY, Work.about == About.LARGE)


def _lines(session: Session, span: Span, *wanted: ColumnElement[bool]) -> list[Fact]:
    query = (
        select(WorkUnit.unit_id, Work.on_day, Work.id, WorkUnit.standing, WorkUnit.persons, WorkUnit.id)
        .join(Work, Work.id == WorkUnit.work_id)
        .where(Work.removed_at.is_(None), WorkUnit.standing != "", Work.on_day.between(span.first, span.last), *wanted)
    )
    return [
        # Each unit's absent persons count, also where a village and a group of it were at the same meeting.
        Fact(unit, on, WORK, work_id, persons, once=part_id)
        if standing == Stand.ABSENT
        else Fact(unit, on, WORK, work_id)
        for unit, on, work_id, standing, persons, part_id in session.execute(query)
    ]
