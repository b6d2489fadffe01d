"""One thing a record says of a unit on a day, and adding such things up."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session


class Fact(NamedTuple):
    """`amount` of it counts, in a rate above the line too where it is `met`; what shares `once` counts once.

    Without a unit it counts for nobody. `kind` and `record_id` name the record: case, dispute, search (for
    disputes), place (of a rota), work.
    """

    unit_id: int | None
    on: date
    kind: str
    record_id: int
    amount: int = 1
    met: bool = True
    once: Hashable = None

    @property
    def key(self) -> Hashable:
        """What makes two of them the same."""
        return (self.kind, self.record_id) if self.once is None else self.once


@dataclass(frozen=True)
class Span:
    """Days looked at, both included and none of them to come, and the moment they are looked at from."""

    first: date
    last: date
    now: datetime
    zone: str

    @property
    def today(self) -> date:
        """The day of that moment."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    @property
    def begins(self) -> datetime:
        """The first moment of the first day."""
        return datetime.combine(self.first, time.min, ZoneInfo(self.zone))

    @property
    def ends(self) -> datetime:
        """The first moment after the last day."""
        return datetime.combine(self.last + timedelta(days=1), time.min, ZoneInfo(self.zone))

    def holds(self, day: date | None) -> bool:
        """Whether a day is one of these."""
        return day is not None and self.first <= day <= self.last

    def day_of(self, moment: datetime) -> date:
        """The office's day of a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()


Reader = Callable[[Session, Span], list[Fact]]


@dataclass(frozen=True)
class Counted:
    """How often it was so (`numerator`), of how many (`denominator`), and the facts behind, oldest first."""

    numerator: int
    denominator: int
    facts: tuple[Fact, ...]


def count(facts: Iterable[Fact], first: date, last: date) -> Counted:
    """Facts of one unit within these days added up, the same thing once."""
    found: dict[Hashable, Fact] = {}
    for fact in sorted((fact for fact in facts if first <= fact.on <= last), key=lambda one: (one.on, one.record_id)):
        found.setdefault(fact.key, fact)
    numerator = sum(fact.amount for fact in found.values() if fact.met)
    return Counted(numerator, sum(fact.amount for fact in found.values()), tuple(found.values()))
