"""A list asked for page by page, in SQL: its orders, how far it is counted, its pages, and the days its rows have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_type_hints

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db import clock
from db.engine import current
from db.rules.text import cleaned, is_fit, is_whole
from db.rules.working_calendar import WorkingCalendar
from db.services.working_days import working_calendar

PAGE_ROWS = 50
COUNTED = 10_000
NEAR_DAYS = 30
"""Working days are counted for what is due at most so many days from today."""


class Sort(StrEnum):
    """The orders a list may have; names only from here reach the SQL."""

    DUE = "due"
    RECEIVED = "received"
    NUMBER = "number"


def sorts_of(tab: str) -> tuple[Sort, ...]:
    """The orders a tab offers, its own first; what is closed is not due, so "all" has no such order."""
    if tab == "all":
        return (Sort.RECEIVED, Sort.NUMBER)
    return (Sort.RECEIVED, Sort.DUE, Sort.NUMBER) if tab == "open" else tuple(Sort)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was asked of a list; empty means any."""

    tab: StrEnum
    text: str = ""
    state: str = ""
    category: str = ""
    received_from: date | None = None
    received_to: date | None = None
    sort: Sort | None = None
    ascending: bool | None = None
    page: int = 1

    def __post_init__(self) -> None:
        """An address may say anything; PostgreSQL takes no NUL. Halves of characters are refused at the door."""
        for one in fields(self):
            said = getattr(self, one.name)
            if isinstance(said, str) and not isinstance(said, StrEnum) and not is_fit(said) and is_whole(said):
                object.__setattr__(self, one.name, cleaned(said))

    @property
    def order(self) -> tuple[Sort, bool]:
        """What it is sorted by and whether upwards: what is due next first, what came in last first."""
        offered = sorts_of(self.tab)
        sort = self.sort if self.sort in offered else offered[0]
        return sort, (sort is Sort.DUE if self.ascending is None else self.ascending)


Chosen = TypeVar("Chosen", bound=Choice)


def restored(kind: type[Chosen], stored: Mapping[str, Any]) -> Chosen:
    """A choice as it was before it became JSON: days and codes are text there."""
    return kind(**{name: _as(hint, stored[name]) for name, hint in get_type_hints(kind).items() if name in stored})


def _as(hint: Any, value: Any) -> Any:
    for one in get_args(hint) or (hint,):
        if one is date and value is not None:
            return date.fromisoformat(value)
        if isinstance(one, type) and issubclass(one, StrEnum) and value is not None:
            return one(value)
    return value


@dataclass(frozen=True)
class Page:
    """One page of a list. `total` is exact up to COUNTED, then COUNTED with `more` set."""

    rows: pd.DataFrame
    total: int
    more: bool
    page: int
    pages: int


def page_of(found: int, asked: int) -> tuple[int, int]:
    """The page asked for, or the last there is, and how many pages `found` rows have."""
    pages = max(1, -(-min(found, COUNTED) // PAGE_ROWS))
    return min(max(asked, 1), pages), pages


@dataclass(frozen=True)
class Listing:
    """A table as a list: its ids, the columns it is sorted by, and which of its rows are still open."""

    id: InstrumentedAttribute[int]
    by: Mapping[Sort, InstrumentedAttribute[Any]]
    open: InstrumentedAttribute[bool]

    def count(self, session: Session, wanted: ColumnElement[bool], most: int = COUNTED) -> int:
        """How many rows are wanted; counting ends at `most`."""
        some = select(self.id).where(wanted).limit(most).subquery()
        return int(session.scalar(select(func.count()).select_from(some)) or 0)

    def ids(
        self, session: Session, wanted: ColumnElement[bool], choice: Choice, most: int, skipped: int = 0
    ) -> list[int]:
        """Up to `most` ids in the order of the choice; names are looked up for the rows of one page only."""
        sort, ascending = choice.order
        columns = (self.by[sort], self.id)
        if sort is Sort.DUE:
            wanted = and_(wanted, self.open)
        order = [column.asc() if ascending else column.desc() for column in columns]
        return list(session.scalars(select(self.id).where(wanted).order_by(*order).limit(most).offset(skipped)))


def working_left(calendar: WorkingCalendar, due: date | None, today: date) -> int | None:
    """Working days until a day, negative when it is past; None where that is not near."""
    return None if due is None or abs((due - today).days) > NEAR_DAYS else calendar.working_between(today, due)


def time_left(session: Session, due: Sequence[date | None]) -> dict[str, object]:
    """The columns "days_left" and "working_left" of rows due on these days."""
    today, calendar = clock.today(current().settings.timezone), working_calendar(session)
    days = [None if day is None else (day - today).days for day in due]
    working = [working_left(calendar, day, today) for day in due]
    return {"days_left": pd.array(days, dtype="Int64"), "working_left": pd.array(working, dtype="Int64")}
