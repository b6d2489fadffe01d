"""Which days the office works: weekends, statutory holidays and make-up days (docs/rules.md)."""

from dataclasses import dataclass
from datetime import date, timedelta

_ONE = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class WorkingCalendar:
    """Days that differ from their weekday, and the years for which they are known."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        """A make-up day works, a holiday doesn't, otherwise Monday to Friday."""
        return day in self.workdays or (day.weekday() < SATURDAY and day not in self.holidays)

    def is_known(self, first: date, last: date) -> bool:
        """Whether every year from `first` to `last` (both included) has its official days."""
        return all(year in self.years for year in range(first.year, last.year + 1))

    def next_working(self, day: date) -> date:
        """The day itself when the office works on it, else the next one it does."""
        while not self.is_working(day):
            day += _ONE
        return day

    def add_working(self, day: date, count: int) -> date:
        """The day `count` working days after `day`, which itself is not counted (Civil Code Art. 201); count ≥ 0."""
        while count:
            day += _ONE
            count -= self.is_working(day)
        return day

    def working_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; negative when `last` is earlier."""
        if last < first:
            return -self.working_between(last, first)
        span = (last - first).days
        return sum(self.is_working(first + timedelta(days=i)) for i in range(1, span + 1))
