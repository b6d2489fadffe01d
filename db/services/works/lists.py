"""The registers of work as a list: a tab for every kind, filters and pages in SQL, counts of how units stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.models import Attachment, Unit, Work, WorkUnit
from db.rules.permissions import Actor, Permission
from db.rules.scoring.works import Stand, is_missing
from db.services import listing
from db.services.acts import guarded
from db.services.duty.rows import framed
from db.services.listing import COUNTED, PAGE_ROWS, Page, Sort, page_of
from db.services.works import scope

LISTED = ["id", "version", "kind", "about", "on_day", "title", "level", "papers", "unit", "unit_en", "units"]
LISTED += [*(stand.value for stand in Stand), "persons", "expected", "files", "removed"]


class Tab(StrEnum):
    """One for every kind of line, one for all of them, and what was removed."""

    MEETING = "meeting"
    REPORT = "report"
    INSPECTION = "inspection"
    ACTIVITY = "activity"
    ALL = "all"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class Choice(listing.Choice):
    """What was asked of the list: `category` is what kind of line, `state` how some unit stands, days as `on_day`."""

    tab: Tab = Tab.MEETING
    year: int | None = None
    unit_id: int | None = None

    @property
    def order(self) -> tuple[Sort, bool]:
        """By the day, the last first."""
        return Sort.RECEIVED, bool(self.ascending)


def tabs_of(actor: Actor) -> list[Tab]:
    """The tabs this person has; what was removed is for who keeps the registers."""
    return [tab for tab in Tab if tab is not Tab.REMOVED or actor.may(Permission.WORKS_KEEP)]


@guarded(Permission.WORKS_READ)
def register(actor: Actor, *, choice: Choice) -> Page:
    """One page of the lines somebody reads under this choice: a frame of LISTED, counting only parts they read."""
    with reading() as session:
        wanted = _wanted(actor, choice)
        some = select(Work.id).where(wanted).limit(COUNTED + 1).subquery()
        total = session.scalar(select(func.count()).select_from(some)) or 0
        page, pages = page_of(total, choice.page)
        rows = rows_of(session, actor, choice, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    return Page(rows, min(total, COUNTED), total > COUNTED, page, pages)


@guarded(Permission.WORKS_READ)
def years(actor: Actor) -> list[int]:
    """The years the lines somebody reads lie in, the last first."""
    with reading() as session:
        ends = select(func.min(Work.on_day), func.max(Work.on_day)).where(scope.visible(actor))
        first, last = session.execute(ends).one()
    return list(range(last.year, first.year - 1, -1)) if first else []


def rows_of(session: Session, actor: Actor, choice: Choice, most: int, skipped: int = 0) -> pd.DataFrame:
    """Up to `most` lines of a choice in its order: a frame of LISTED."""
    order = [column.asc() if choice.order[1] else column.desc() for column in (Work.on_day, Work.id)]
    query = select(Work).where(_wanted(actor, choice)).order_by(*order).limit(most).offset(skipped)
    works = session.scalars(query).all()
    return _listed(session, actor, works)


def number_of(session: Session, actor: Actor, choice: Choice) -> int:
    """How many lines a choice has (capped at COUNTED)."""
    some = select(Work.id).where(_wanted(actor, choice)).limit(COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _wanted(actor: Actor, choice: Choice) -> ColumnElement[bool]:
    removed = choice.tab is Tab.REMOVED
    wanted = [scope.visible(actor), Work.removed_at.is_not(None) if removed else Work.removed_at.is_(None)]
    if choice.tab not in (Tab.ALL, Tab.REMOVED):
        wanted.append(Work.kind == choice.tab.value)
    if choice.category:
        wanted.append(Work.about == choice.category)
    if choice.text.strip():
        wanted.append(Work.title.icontains(choice.text.strip(), autoescape=True))
    begins, ends = _days(choice)
    if begins is not None:
        wanted.append(Work.on_day >= begins)
    if ends is not None:
        wanted.append(Work.on_day <= ends)
    if choice.unit_id is not None or choice.state:
        wanted.append(Work.id.in_(_named(actor, choice)))
    return and_(*wanted)


def _named(actor: Actor, choice: Choice) -> Select[int]:
    """The lines with a part somebody reads, of this unit and standing so."""
    named = select(WorkUnit.work_id).where(scope.parts(actor))
    if choice.unit_id is not None:
        named = named.where(WorkUnit.unit_id == choice.unit_id)
    if choice.state:
        named = named.where(WorkUnit.standing == choice.state)
    if choice.state == Stand.MISSING:
        named = named.join(Work, Work.id == WorkUnit.work_id).where(Work.on_day < _today())
    return named


def _days(choice: Choice) -> tuple[date | None, date | None]:
    """The days asked for, those of the year among them."""
    begins, ends = choice.received_from, choice.received_to
    if choice.year is None:
        return begins, ends
    first, last = date(choice.year, 1, 1), date(choice.year, 12, 31)
    return max(begins or first, first), min(ends or last, last)


def _listed(session: Session, actor: Actor, works: Iterable[Work]) -> pd.DataFrame:
    shown = list(works)
    ids, today = [work.id for work in shown], _today()
    counted = _counted(session, actor, ids)
    held = select(Attachment.work_id, func.count()).where(Attachment.work_id.in_(ids), Attachment.removed_at.is_(None))
    held = held if scope.reads_all(actor) else held.where(Attachment.internal.is_(False))
    files = dict(session.execute(held.group_by(Attachment.work_id)).all())
    rows = []
    for work in shown:
        parts = counted.get(work.id, {})
        units = sum(part.units for part in parts.values())
        only = next(iter(parts.values())) if units == 1 else None
        stands = {stand: parts[stand].units if stand in parts else 0 for stand in Stand}
        open_still = not is_missing(Stand.MISSING, work.on_day, today)
        expected = stands[Stand.MISSING] if open_still else 0
        stands[Stand.MISSING] -= expected
        own = (work.id, work.version, work.kind, work.about, work.on_day, work.title, work.level, work.papers)
        named = (only.name, only.name_en) if only else ("", "")
        persons = parts[Stand.ABSENT].persons if Stand.ABSENT in parts else 0
        rest = (persons, expected, files.get(work.id, 0), work.removed_at is not None)
        rows.append((*own, *named, units, *stands.values(), *rest))
    return framed(rows, LISTED, {"on_day": "object"})


@dataclass(frozen=True)
class _Counted:
    """How many units stand so in a line, how many people that are, and the name of one of them."""

    units: int
    persons: int
    name: str
    name_en: str


def _counted(session: Session, actor: Actor, ids: list[int]) -> Mapping[int, Mapping[str, _Counted]]:
    numbers = (func.count(), func.sum(WorkUnit.persons), func.max(Unit.name), func.max(Unit.name_en))
    query = select(WorkUnit.work_id, WorkUnit.standing, *numbers).join(Unit, Unit.id == WorkUnit.unit_id)
    query = query.where(WorkUnit.work_id.in_(ids), scope.parts(actor)).group_by(WorkUnit.work_id, WorkUnit.standing)
    found: dict[int, dict[str, _Counted]] = {}
    for work_id, standing, units, persons, name, name_en in session.execute(query):
        found.setdefault(work_id, {})[standing] = _Counted(units, persons, name, name_en)
    return found


def _today() -> date:
    return clock.today(current().settings.timezone)
