"""What a register declares for charts: by what it can be divided, and what can be counted of it.

Expressions are of one query over the register's rows, portable to SQLite and PostgreSQL, and never about a person.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, true
from sqlalchemy.orm import Session

from db.rules.briefings.chart import Words
from db.rules.briefings.periods import Slot
from db.rules.briefings.recommending import DimensionKind
from db.rules.permissions import Actor, Permission


@dataclass(frozen=True, kw_only=True)
class Asked:
    """When and of which days something is asked; `zone` is the office's, `sqlite` which words the engine speaks."""

    today: date
    now: datetime
    zone: str
    sqlite: bool
    first: date | None = None
    last: date | None = None


Expression = Callable[[Asked], SQLColumnExpression[Any]]
Condition = Callable[[Asked], ColumnElement[bool]]
Labels = Callable[[Session, Collection[str] | None], Mapping[str, Words]]
"""Names of these codes, in their order; of every code there is for None."""


class Reckoning(StrEnum):
    """How a figure comes from what adds up: a count, a share, a sum, or a sum for each record."""

    COUNT = "count"
    RATE = "rate"
    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """Something a register is divided by.

    `slot` is set for an axis of time, which divides by the measure's own day. `ordered` keeps the order of the codes;
    otherwise the largest come first.
    """

    code: str
    name: Words
    kind: DimensionKind = DimensionKind.CATEGORY
    expression: Expression | None = None
    labels: Labels
    slot: Slot | None = None
    ordered: bool = False


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Something counted of a register, on the day it happens.

    `top` and `bottom` are aggregates that add up over every division: a count; numerator and denominator; a sum
    (divided by `scale`) and the number of records it is of. A `stock` is what stands at the end of the period, and has
    no day. `joined` brings in further tables, of which the actor sees what `reach` says; `without` are dimensions it
    can't be divided by. Only who holds `permission` is offered it.
    """

    code: str
    name: Words
    definition: Words
    unit: str = "count"
    reckoning: Reckoning = Reckoning.COUNT
    day: Expression | None = None
    top: Expression = field(default=lambda _: func.count())
    bottom: Expression | None = None
    where: Condition = field(default=lambda _: true())
    joined: Callable[[Select[*tuple[Any, ...]]], Select[*tuple[Any, ...]]] = field(default=lambda query: query)
    scale: int = 1
    stock: bool = False
    permission: Permission | None = None
    reach: Callable[[Actor], ColumnElement[bool]] = field(default=lambda _: true())
    without: frozenset[str] = frozenset()

    @property
    def adds_up(self) -> bool:
        """Whether its figures may be piled on each other."""
        return self.reckoning in (Reckoning.COUNT, Reckoning.SUM)

    def divided_by(self, dimension: Dimension) -> bool:
        """Whether it can be divided by this: what stands at the end of a period has no day."""
        return dimension.code not in self.without and not (self.stock and dimension.slot)


@dataclass(frozen=True, kw_only=True)
class Register:
    """A register charts can be drawn of.

    `reads` is the right to see its single records: who has the figures only gets no small counts. `begun` makes a query
    of its rows; `visible` is what of them this person's figures reach, `readable` what they may open; `record` are the
    id, number, subject, unit and state of one.
    """

    code: str
    name: Words
    permission: Permission
    reads: Permission
    dimensions: Mapping[str, Dimension]
    measures: Mapping[str, Measure]
    begun: Callable[[Select[*tuple[Any, ...]]], Select[*tuple[Any, ...]]]
    visible: Callable[[Actor], ColumnElement[bool]]
    readable: Callable[[Actor], ColumnElement[bool]]
    record: Callable[[Asked], Sequence[SQLColumnExpression[Any]]]


def by_code(*declared: Any) -> dict[str, Any]:
    """Declarations by their codes, in their order."""
    return {one.code: one for one in declared}
