"""Days and hours as the Chinese forms write them, whatever language the screens are in."""

from datetime import datetime
from zoneinfo import ZoneInfo

from db.languages import date_in

# A day nobody has entered yet is filled in by hand.
BLANK_DAY = "　　　　年　　月　　日"


def hour_of(at: datetime) -> str:
    """9时30分."""
    return f"{at.hour}时{f'{at.minute}分' if at.minute else ''}"


def time_of(at: datetime, zone: str) -> str:
    """2026年11月19日 9时30分, in a time zone."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{date_in('zh', there.date())} {hour_of(there)}"
