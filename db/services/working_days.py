"""The working calendar: which years are known, and the days that are not what their weekday says."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import CalendarDay, CalendarYear, OfficeFact
from db.rules.calendar_files import HOLIDAY, WORKDAY
from db.rules.working_calendar import WorkingCalendar

REVISION = "calendar_revision"
PACKAGED = "chinesecalendar"

_kept: dict[str, WorkingCalendar] = {}


def working_calendar(session: Session) -> WorkingCalendar:
    """The calendar as this session sees it; one tiny query, or none when it was asked for before."""
    known: WorkingCalendar | None = session.info.get("calendar")
    if known is None:
        revision = session.scalar(select(OfficeFact.value).where(OfficeFact.name == REVISION)) or ""
        known = _kept.get(revision)
        if known is None:
            known = _read(session)
            if len(_kept) > 8:
                _kept.clear()
            if revision:  # random for every change, so a rolled-back one is never met again
                _kept[revision] = known
        session.info["calendar"] = known
    return known


def load_known_years(session: Session) -> int:
    """Add the years chinesecalendar knows and we don't; answers how many."""
    from chinese_calendar.constants import Holiday, holidays, workdays

    chinese = {kind.value: kind.chinese for kind in Holiday}
    known = set(session.scalars(select(CalendarYear.year)))
    missing = {day.year for day in holidays} - known
    for year in sorted(missing):
        session.add(CalendarYear(year=year, source=PACKAGED))
    for kind, listed in ((HOLIDAY, holidays), (WORKDAY, workdays)):
        for day, name in sorted(listed.items()):
            if day.year in missing:
                session.add(CalendarDay(day=day, kind=kind, name=chinese[name], source=PACKAGED))
    if missing:
        changed(session)
    return len(missing)


def changed(session: Session) -> None:
    """Give the calendar a new random revision, so that every process reads it anew."""
    fact = session.scalar(select(OfficeFact).where(OfficeFact.name == REVISION))
    if fact is None:
        session.add(OfficeFact(name=REVISION, value=secrets.token_hex(8)))
    else:
        fact.value = secrets.token_hex(8)
    session.flush()
    session.info.pop("calendar", None)


def _read(session: Session) -> WorkingCalendar:
    found = session.execute(select(CalendarDay.day, CalendarDay.kind)).all()
    return WorkingCalendar(
        holidays=frozenset(day for day, kind in found if kind == HOLIDAY),
        workdays=frozenset(day for day, kind in found if kind == WORKDAY),
        years=frozenset(session.scalars(select(CalendarYear.year))),
    )
