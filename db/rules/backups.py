"""Which backups stay: the newest of each hour, day, week and month, so many of each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Keep:
    """How many hours, days, weeks and months of backups are kept."""

    hours: int = 24
    days: int = 14
    weeks: int = 8
    months: int = 12


BUCKETS: Mapping[str, Callable[[datetime], object]] = {
    "hours": lambda at: (at.date(), at.hour),
    "days": lambda at: at.date(),
    "weeks": lambda at: at.isocalendar()[:2],
    "months": lambda at: (at.year, at.month),
}


def kept(made: Iterable[datetime], keep: Keep, zone: ZoneInfo) -> set[datetime]:
    """The moments whose backups stay; the newest always does. Days are counted in `zone`."""
    newest_first = sorted(set(made), reverse=True)
    stays = set(newest_first[:1])
    for name, bucket in BUCKETS.items():
        last_of: dict[object, datetime] = {}
        for at in newest_first:
            last_of.setdefault(bucket(at.astimezone(zone)), at)
        stays |= set(list(last_of.values())[: getattr(keep, name)])
    return stays
