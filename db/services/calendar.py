"""Keeping the working calendar: its years, a year from a file, and single days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import CalendarDay, CalendarYear, Case
from db.rules.calendar_files import HOLIDAY, KINDS, LONGEST_NAME, ORDINARY, WORKDAY, SpecialDay, YearFile, read_year
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Changed, Check
from db.rules.working_calendar import WorkingCalendar
from db.services.acts import earlier, guarded, remember
from db.services.case_clocks import preview_recompute, recompute
from db.services.records import last_writer
from db.services.working_days import changed, working_calendar

YEARS = ["year", "known", "source", "days_off", "make_up_days", "open_cases"]
DAYS = ["id", "version", "day", "kind", "name", "source"]
CHANGES = ["day", "was", "becomes", "name"]


@dataclass(frozen=True)
class Preview:
    """What an import or an edit would change: days (columns of CHANGES) and due dates of open cases."""

    year: int
    days: pd.DataFrame
    moves: pd.DataFrame


@dataclass(frozen=True)
class OneDay:
    """A day as it stands; version 0 when it is what its weekday says."""

    day: date
    kind: str = ORDINARY
    name: str = ""
    source: str = ""
    version: int = 0


@guarded(Permission.CALENDAR_MANAGE)
def years(actor: Actor) -> pd.DataFrame:
    """Known years, this and the next, and those open cases fall due in, newest first: columns of YEARS."""
    with reading() as session:
        sources = dict(session.execute(select(CalendarYear.year, CalendarYear.source)).all())
        counts = _days_by_year(session)
        used = _open_by_year(session)
    this_year = clock.today(current().settings.timezone).year
    wanted = sorted({*sources, *used, this_year, this_year + 1}, reverse=True)
    rows = [
        (
            y,
            y in sources,
            sources.get(y, ""),
            counts.get((y, HOLIDAY), 0),
            counts.get((y, WORKDAY), 0),
            used.get(y, 0),
        )
        for y in wanted
    ]
    return pd.DataFrame(rows, columns=YEARS)


@guarded(Permission.CALENDAR_MANAGE)
def unknown_years(actor: Actor) -> dict[int, int]:
    """Years without data in which open cases fall due, with how many: their due dates are provisional."""
    with reading() as session:
        return unknown_years_in_use(session)


def unknown_years_in_use(session: Session) -> dict[int, int]:
    """The same for checks and other services."""
    known = working_calendar(session).years
    return {year: count for year, count in sorted(_open_by_year(session).items()) if year not in known}


@guarded(Permission.CALENDAR_MANAGE)
def days(actor: Actor, *, year: int) -> pd.DataFrame:
    """The special days of one year in order: columns of DAYS."""
    rows = select(*(getattr(CalendarDay, name) for name in DAYS)).where(
        CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    )
    with reading() as session:
        return pd.DataFrame([tuple(row) for row in session.execute(rows.order_by(CalendarDay.day))], columns=DAYS)


@guarded(Permission.CALENDAR_MANAGE)
def one_day(actor: Actor, *, day: date) -> OneDay:
    """What stands for one day."""
    with reading() as session:
        row = session.scalar(select(CalendarDay).where(CalendarDay.day == day))
        return OneDay(day, row.kind, row.name, row.source, row.version) if row else OneDay(day)


@guarded(Permission.CALENDAR_MANAGE)
def preview_import(actor: Actor, *, content: bytes, name: str) -> Preview:
    """What a yearly file would change, without changing it; raises Problems when it can't be read."""
    file = read_year(content, name)
    with reading() as session:
        return _preview(session, file.year, _year_after(session, file), known={file.year})


@guarded(Permission.CALENDAR_MANAGE)
def import_year(actor: Actor, *, content: bytes, name: str, source: str, key: str) -> int:
    """Replace a year by what its file says and recompute open due dates; answers the year."""
    file = read_year(content, name)
    check = Check()
    check.that(source.strip(), "source", "Say which notice the days come from.")
    check.done()
    with transaction(actor) as session:
        if earlier(session, key) is None:
            wanted = _year_after(session, file)
            year = session.scalar(select(CalendarYear).where(CalendarYear.year == file.year))
            if year is None:
                session.add(CalendarYear(year=file.year, source=source.strip()))
            else:
                year.source = source.strip()
            for day, item in wanted.items():
                _put(session, day, item, source.strip())
            changed(session)
            remember(session, actor, key, "calendar.import_year", file.year)
    recompute(actor, key=f"{key}:due")
    return file.year


@guarded(Permission.CALENDAR_MANAGE)
def preview_day(actor: Actor, *, day: date, kind: str, name: str = "") -> Preview:
    """What changing one day would move."""
    item = _checked_day(day, kind, name)
    with reading() as session:
        return _preview(session, day.year, {day: item}, known=set())


@guarded(Permission.CALENDAR_MANAGE)
def edit_day(actor: Actor, *, day: date, kind: str, name: str, source: str, version: int, key: str) -> int:
    """Make one day a holiday, a make-up day or ordinary again, and recompute.

    `version` is 0 for a day not listed. Answers the new version (0 when it is ordinary again).
    """
    item = _checked_day(day, kind, name)
    with transaction(actor) as session:
        done = earlier(session, key)
        if done is None:
            row = session.scalar(select(CalendarDay).where(CalendarDay.day == day))
            stands = row.version if row else 0
            if stands != version:
                raise Changed(
                    theirs={"kind": row.kind if row else ORDINARY, "name": row.name if row else ""},
                    mine={"kind": kind, "name": name},
                    by=last_writer(session, "calendar_day", row.id) if row else "",
                    version=stands,
                )
            _put(session, day, item, source.strip())
            changed(session)
            row = session.scalar(select(CalendarDay).where(CalendarDay.day == day))
            done = row.version if row else 0
            remember(session, actor, key, "calendar.edit_day", done)
    recompute(actor, key=f"{key}:due")
    return int(done)


def _year_after(session: Session, file: YearFile) -> dict[date, SpecialDay]:
    """Every day the file sets or clears; late December days set by the next year's file stay."""
    rows = session.scalars(
        select(CalendarDay).where(CalendarDay.day.between(date(file.year, 1, 1), date(file.year, 12, 31)))
    ).all()
    sources = dict(
        session.execute(
            select(CalendarYear.year, CalendarYear.source).where(CalendarYear.year.in_((file.year, file.year + 1)))
        ).all()
    )
    following = sources.get(file.year + 1)
    keep = following if following != sources.get(file.year) else None
    cleared = [r.day for r in rows if not (r.day.month == 12 and r.source == keep)]
    wanted = {day: SpecialDay(day, ORDINARY) for day in cleared}
    return wanted | {item.day: item for item in file.days}


def _put(session: Session, day: date, item: SpecialDay, source: str) -> None:
    row = session.scalar(select(CalendarDay).where(CalendarDay.day == day))
    if item.kind == ORDINARY:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(CalendarDay(day=day, kind=item.kind, name=item.name, source=source))
    elif (row.kind, row.name) != (item.kind, item.name):
        row.kind, row.name, row.source = item.kind, item.name, source


def _preview(session: Session, year: int, wanted: dict[date, SpecialDay], known: set[int]) -> Preview:
    standing = working_calendar(session)
    changes = [
        (day, was, item.kind, item.name)
        for day, item in sorted(wanted.items())
        if (was := _kind(standing, day)) != item.kind
    ]
    # Only this session sees the calendar as it would be.
    session.info["calendar"] = _with(standing, wanted.values(), known)
    return Preview(year, pd.DataFrame(changes, columns=CHANGES), preview_recompute(session))


def _kind(calendar: WorkingCalendar, day: date) -> str:
    return HOLIDAY if day in calendar.holidays else WORKDAY if day in calendar.workdays else ORDINARY


def _with(calendar: WorkingCalendar, wanted: Iterable[SpecialDay], known: set[int]) -> WorkingCalendar:
    items = list(wanted)
    touched = {item.day for item in items}
    return WorkingCalendar(
        holidays=(calendar.holidays - touched) | {i.day for i in items if i.kind == HOLIDAY},
        workdays=(calendar.workdays - touched) | {i.day for i in items if i.kind == WORKDAY},
        years=calendar.years | known,
    )


def _checked_day(day: date, kind: str, name: str) -> SpecialDay:
    check = Check()
    if check.that(kind in KINDS, "kind", "There is no such kind of day."):
        fits = kind != WORKDAY or day.weekday() >= 5
        check.that(fits, "kind", "{day} is no weekend: it can't be a make-up day.", day=str(day))
    check.that(kind == ORDINARY or name.strip(), "name", "Say which holiday it belongs to.")
    check.that(len(name.strip()) <= LONGEST_NAME, "name", N_("At most {most} characters."), most=LONGEST_NAME)
    check.done()
    return SpecialDay(day, kind, name.strip())


def _days_by_year(session: Session) -> dict[tuple[int, str], int]:
    year = extract("year", CalendarDay.day)
    rows = session.execute(select(year, CalendarDay.kind, func.count()).group_by(year, CalendarDay.kind))
    return {(int(y), kind): count for y, kind, count in rows}


def _open_by_year(session: Session) -> dict[int, int]:
    """Open cases by the last year any of their due dates falls in."""
    due = func.coalesce(Case.statute_due_on, Case.promise_due_on, Case.next_due_on)
    year = extract("year", due)
    rows = session.execute(select(year, func.count()).where(Case.open, due.is_not(None)).group_by(year))
    return {int(y): count for y, count in rows}
