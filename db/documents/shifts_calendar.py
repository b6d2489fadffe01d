"""Shifts as an iCalendar file (RFC 5545); what was taken away is cancelled, so that a newer file mends an older one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

MEDIA_TYPE = "text/calendar; charset=utf-8"
# Who wrote the file, as the standard wants it.
PRODUCT = "-//Linli//Duty rota//EN"


@dataclass(frozen=True)
class Shift:
    """One shift of one person: `uid` never changes, `sequence` grows with every change."""

    uid: str
    sequence: int
    begins_at: datetime
    ends_at: datetime
    title: str
    where: str
    note: str
    changed_at: datetime
    cancelled: bool = False


def calendar(shifts: Iterable[Shift], *, name: str, zone: str, at: datetime) -> bytes:
    """The file, with its time zone written out."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("x-wr-calname", name)
    for shift in shifts:
        made.add_component(_event(shift, ZoneInfo(zone), at))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(shift: Shift, zone: ZoneInfo, at: datetime) -> Event:
    event = Event()
    event.add("uid", shift.uid)
    event.add("dtstamp", at)
    event.add("dtstart", shift.begins_at.astimezone(zone))
    event.add("dtend", shift.ends_at.astimezone(zone))
    event.add("sequence", shift.sequence)
    event.add("last-modified", shift.changed_at)
    event.add("summary", shift.title)
    event.add("status", "CANCELLED" if shift.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if shift.cancelled else "OPAQUE")
    if shift.where:
        event.add("location", shift.where)
    if shift.note:
        event.add("description", shift.note)
    return event
