"""The committees' figures of a year, by the day of acceptance, and the table of the yearly statistics."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import pandas as pd
from sqlalchemy import BindParameter, ColumnElement, bindparam, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from db import clock
from db.engine import current, reading
from db.models import Code, Committee, Dispute, DisputeCount, DisputeSearch, Mediator, Obligation
from db.rules.mediation.words import Standing, State
from db.rules.permissions import Actor, Permission, Scope
from db.rules.problems import NotThere
from db.services.acts import guarded
from db.services.figures import shown

COUNTS = ["accepted", "succeeded"]
BY_CATEGORY = ["category", *COUNTS]
BY_SOURCE = ["source", *COUNTS]
BY_MONTH = ["month", *COUNTS]
CROSSED = ["category", "source", *COUNTS]
CUBE = ["category", "source", "month", *COUNTS]
YEARLY = ["section", "code", "value"]


@dataclass(frozen=True)
class Figures:
    """Of the files accepted in a year; None stands for a number from 1 to 2 that this reader gets no details of.

    `success_rate` is succeeded ÷ accepted from 0 to 1 (None when nothing was accepted), `amount` fen agreed on; open
    and overdue_obligations are as of today, whatever the year. Frames: BY_CATEGORY, BY_SOURCE, BY_MONTH (first days of
    the twelve months), CROSSED and CUBE (only cells that hold something).
    """

    accepted: int | None
    succeeded: int | None
    success_rate: float | None
    refused: int | None
    failed: int | None
    open: int | None
    overdue_obligations: int | None
    agreements_written: int | None
    agreements_oral: int | None
    confirmed: int | None
    amount: int | None
    by_category: pd.DataFrame
    by_source: pd.DataFrame
    by_month: pd.DataFrame
    crossed: pd.DataFrame
    cube: pd.DataFrame
    whole_office: bool


Cell = Mapping[str, Any]
Line = tuple[str, str, object]
EVERYBODY = 0  # the committee under which all of them are counted together
_counts = cast(Any, DisputeCount.__table__).c
NUMBERS = [column.name for column in _counts if not column.primary_key]
_committee_ids: BindParameter[Any] = bindparam("committees", expanding=True)
_YEAR = (
    select(_counts.month, _counts.category, _counts.source, *(func.sum(_counts[n]).label(n) for n in NUMBERS))
    .where(_counts.committee_id.in_(_committee_ids), _counts.month.between(bindparam("first"), bindparam("last")))
    .group_by(_counts.month, _counts.category, _counts.source)
)


@guarded(Permission.MEDIATION_FIGURES)
def figures(actor: Actor, *, year: int, committee_id: int | None = None) -> Figures:
    """The figures of what the actor's figures reach: the whole office, or the committees one belongs to."""
    hides = not actor.may(Permission.MEDIATION_READ)
    with reading() as session:
        committees = _committees(session, actor, committee_id)
        cells = _cells(session, year, committees)
        standing = {"open": _open(session, committees), "overdue": _overdue(session, committees)}
    total = _sum(cells)
    told = {name: shown(number, hides) for name, number in (total | standing).items()}
    return Figures(
        accepted=told["accepted"],
        succeeded=told["succeeded"],
        success_rate=_rate(told),
        refused=told["refused"],
        failed=told["failed"],
        open=told["open"],
        overdue_obligations=told["overdue"],
        agreements_written=told["written"],
        agreements_oral=told["oral"],
        confirmed=told["confirmed"],
        amount=None if told["succeeded"] is None else total["amount"],
        by_category=_by(cells, ["category"], hides),
        by_source=_by(cells, ["source"], hides),
        by_month=_by(cells, ["month"], hides, [(date(year, month, 1),) for month in range(1, 13)]),
        crossed=_by(cells, ["category", "source"], hides),
        cube=_by(cells, ["category", "source", "month"], hides),
        whole_office=committees == [EVERYBODY],
    )


@guarded(Permission.MEDIATION_FIGURES)
def yearly_table(actor: Actor, *, year: int, committee_id: int | None = None) -> pd.DataFrame:
    """The yearly statistics: a frame of YEARLY in the order of the printed table.

    Sections: committees (by kind) and mediators (full_time, part_time) as they are today, searches (made, found,
    prevented), files (accepted, succeeded, success_rate), source, category, agreements (oral, written, confirmed),
    amount (fen), persons, difficult, prevented (from getting worse); a section of one number has "" for its code.
    """
    hides = not actor.may(Permission.MEDIATION_READ)
    with reading() as session:
        committees = _committees(session, actor, committee_id)
        cells = _cells(session, year, committees)
        lines = [*_directory(session, committees), *_searches(session, year, committees)]
        total = {name: shown(number, hides) for name, number in _sum(cells).items()}
        lines += [("files", name, total[name]) for name in COUNTS]
        lines.append(("files", "success_rate", _rate(total)))
        lines += _by_code(session, cells, "source", "dispute_source", hides)
        lines += _by_code(session, cells, "category", "dispute_category", hides)
    lines += [("agreements", name, total[name]) for name in ("oral", "written", "confirmed")]
    lines.append(("amount", "", None if total["succeeded"] is None else total["amount"]))
    lines.append(("persons", "", None if total["accepted"] is None else total["persons"]))
    lines += [(name, "", total[name]) for name in ("difficult", "prevented")]
    return pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in _columns(lines)})


@guarded(Permission.MEDIATION_FIGURES)
def committees_counted(actor: Actor) -> dict[int, str]:
    """The committees whose figures the actor may ask for, retired ones too: id to name."""
    with reading() as session:
        reach = _of(Committee.id, _committees(session, actor, None))
        query = select(Committee.id, Committee.name).where(reach).order_by(Committee.id)
        return dict(session.execute(query).all())


def _committees(session: Session, actor: Actor, committee_id: int | None) -> list[int]:
    """The committees to count, or EVERYBODY; raises NotThere for one the actor does not belong to."""
    if actor.scope(Permission.MEDIATION_FIGURES) is Scope.ALL:
        return [EVERYBODY if committee_id is None else committee_id]
    own = select(Mediator.committee_id).where(Mediator.person_id == actor.id, Mediator.active)
    mine = list(session.scalars(own.distinct()))
    if committee_id is not None and committee_id not in mine:
        raise NotThere(f"committee {committee_id}")
    return mine if committee_id is None else [committee_id]


def _cells(session: Session, year: int, committees: list[int]) -> Sequence[Cell]:
    """The counts of a year by month, category and source."""
    days = {"first": date(year, 1, 1), "last": date(year, 12, 31)}
    found = session.connection().execute(_YEAR, {"committees": committees} | days)
    return cast(Sequence[Cell], found.mappings().all())


def _sum(cells: Iterable[Cell]) -> dict[str, int]:
    total = dict.fromkeys(NUMBERS, 0)
    for cell in cells:
        for name in NUMBERS:
            total[name] += int(cell[name])
    return total


def _rate(told: Mapping[str, int | None]) -> float | None:
    accepted, succeeded = told["accepted"], told["succeeded"]
    return succeeded / accepted if accepted and succeeded is not None else None


def _by(cells: Iterable[Cell], names: list[str], hides: bool, always: Iterable[tuple[Any, ...]] = ()) -> pd.DataFrame:
    """Accepted and succeeded by these columns, in their order, without what holds nothing (but for `always`)."""
    held: dict[tuple[Any, ...], list[int]] = {place: [0, 0] for place in always}
    for cell in cells:
        if cell["accepted"]:
            numbers = held.setdefault(tuple(cell[name] for name in names), [0, 0])
            numbers[0] += int(cell["accepted"])
            numbers[1] += int(cell["succeeded"])
    places = sorted(held)
    columns: dict[str, Any] = {name: [place[i] for place in places] for i, name in enumerate(names)}
    for i, name in enumerate(COUNTS):
        columns[name] = pd.array([shown(held[place][i], hides) for place in places], dtype="Int64")
    return pd.DataFrame(columns)


def _of(column: InstrumentedAttribute[int], committees: list[int]) -> ColumnElement[bool]:
    return true() if committees == [EVERYBODY] else column.in_(committees)


def _open(session: Session, committees: list[int]) -> int:
    query = select(func.count()).select_from(Dispute).where(Dispute.open, _of(Dispute.committee_id, committees))
    return int(session.scalar(query) or 0)


def _overdue(session: Session, committees: list[int]) -> int:
    today = clock.today(current().settings.timezone)
    query = (
        select(func.count())
        .select_from(Obligation)
        .join(Dispute, Dispute.id == Obligation.dispute_id)
        .where(
            Obligation.standing.in_((Standing.DUE, Standing.PART)),
            Obligation.due_on < today,
            Obligation.removed_at.is_(None),
            Dispute.state == State.AGREED,
            _of(Dispute.committee_id, committees),
        )
    )
    return int(session.scalar(query) or 0)


def _directory(session: Session, committees: list[int]) -> Iterator[Line]:
    kinds = select(Committee.kind, func.count()).where(Committee.active, _of(Committee.id, committees))
    numbers = dict(session.execute(kinds.group_by(Committee.kind)).all())
    for kind in _codes(session, "committee_kind", numbers):
        yield "committees", kind, numbers.get(kind, 0)
    times = (
        select(Mediator.full_time, func.count())
        .join(Committee, Committee.id == Mediator.committee_id)
        .where(Mediator.active, Committee.active, _of(Committee.id, committees))
    )
    people = dict(session.execute(times.group_by(Mediator.full_time)).all())
    yield "mediators", "full_time", people.get(True, 0)
    yield "mediators", "part_time", people.get(False, 0)


def _searches(session: Session, year: int, committees: list[int]) -> Iterator[Line]:
    query = select(func.count(), func.sum(DisputeSearch.found), func.sum(DisputeSearch.prevented)).where(
        DisputeSearch.held_on.between(date(year, 1, 1), date(year, 12, 31)),
        DisputeSearch.removed_at.is_(None),
        _of(DisputeSearch.committee_id, committees),
    )
    for name, number in zip(("made", "found", "prevented"), session.execute(query).one(), strict=True):
        yield "searches", name, int(number or 0)


def _by_code(session: Session, cells: Iterable[Cell], section: str, list_name: str, hides: bool) -> Iterator[Line]:
    """The accepted files of each code of a list, those with none too."""
    numbers: dict[str, int] = {}
    for cell in cells:
        numbers[cell[section]] = numbers.get(cell[section], 0) + int(cell["accepted"])
    for code in _codes(session, list_name, numbers):
        yield section, code, shown(numbers.get(code, 0), hides)


def _codes(session: Session, list_name: str, used: Iterable[str]) -> list[str]:
    """The codes of a list in its order: those in use, and retired ones that count something."""
    rows = select(Code.code, Code.active).where(Code.list_name == list_name).order_by(Code.position, Code.id)
    return [code for code, active in session.execute(rows) if active or code in used]


def _columns(lines: Sequence[Line]) -> Iterator[tuple[str, list[object]]]:
    for i, name in enumerate(YEARLY):
        yield name, [line[i] for line in lines]
