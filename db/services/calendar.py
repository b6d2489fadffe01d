"""The working calendar: which years are known, and the days that are not what their weekday says."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import CalendarDay, CalendarYear, OfficeFact

REVISION = "calendar_revision"
PACKAGED = "chinesecalendar"


def load_known_years(session: Session) -> int:
    """Add the years chinesecalendar knows and we don't; answers how many."""
    from chinese_calendar.constants import Holiday, holidays, workdays

    chinese = {kind.value: kind.chinese for kind in Holiday}
    known = set(session.scalars(select(CalendarYear.year)))
    missing = {day.year for day in holidays} - known
    for year in sorted(missing):
        session.add(CalendarYear(year=year, source=PACKAGED))
    for kind, days in (("holiday", holidays), ("workday", workdays)):
        for day, name in sorted(days.items()):
            if day.year in missing:
                session.add(CalendarDay(day=day, kind=kind, name=chinese[name], source=PACKAGED))
    if missing:
        _touch(session)
    return len(missing)


def _touch(session: Session) -> None:
    """Give the calendar a new random revision, so that every process reads it anew."""
    fact = session.scalar(select(OfficeFact).where(OfficeFact.name == REVISION))
    if fact is None:
        session.add(OfficeFact(name=REVISION, value=secrets.token_hex(8)))
    else:
        fact.value = secrets.token_hex(8)
