"""The only reader of the clock: aware UTC now, and a way to set it for demos, imports and tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_set_clock: ContextVar[Callable[[], datetime] | None] = ContextVar("set_clock", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    set_clock = _set_clock.get()
    return set_clock() if set_clock else datetime.now(UTC)


def today(zone: str) -> date:
    """The calendar day in the office's time zone."""
    return day_of(now(), zone)


def day_of(moment: datetime, zone: str) -> date:
    """The calendar day of a moment in a time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let now() answer `moment` inside the block; refuses a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _set_clock.set(lambda: moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_clock.reset(token)
