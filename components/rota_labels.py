"""What the words of rotas are called: states, kinds of days, rules that can be broken, counts, changes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from components.words import N_, day, language, t
from db.services.duty.rotas import RotaView

TABLES: Mapping[str, Mapping[str, str]] = {
    "state": {"draft": N_("Draft"), "published": N_("Published")},
    "day": {
        "working": N_("Working day"),
        "make_up": N_("Make-up working day"),
        "rest": N_("Rest day"),
        "holiday": N_("Holiday"),
    },
    "rule": {
        "role": N_("Role"),
        "post": N_("Post"),
        "team": N_("Team"),
        "unit": N_("Unit"),
        "term": N_("Time of service"),
        "leave": N_("Leave"),
        "unavailable": N_("Unavailable"),
        "twice": N_("Two shifts at one time"),
        "rest": N_("Rest"),
        "days_running": N_("Days in a row"),
        "nights_running": N_("Nights in a row"),
        "window": N_("Shifts within days"),
        "weekends": N_("Weekends"),
        "most": N_("Most shifts in a month"),
        "pair": N_("Kept apart"),
        "skill": N_("Skill"),
        "reserve": N_("Reserve"),
        "free": N_("Nothing keeps them out"),
    },
    "measure": {
        "total": N_("All shifts"),
        "nights": N_("Nights"),
        "weekends": N_("Weekends"),
        "festivals": N_("Festivals"),
    },
    # The heads of narrow columns.
    "short": {"total": N_("Σ"), "nights": N_("Nt"), "weekends": N_("We"), "festivals": N_("Fs")},
    "counted": {"period": N_("This period"), "ever": N_("All time"), "over": N_("Over or under")},
    "change": {
        "override": N_("Changed by hand"),
        "swap": N_("Swap"),
        "take_over": N_("Taken over"),
        "undo": N_("Undone"),
        "replan": N_("Planned again"),
    },
}
_WEEKDAYS: Mapping[str, str] = {"en": "MTWTFSS", "zh": "一二三四五六日"}


def label(kind: str, code: object) -> str:
    """A stored code in the person's language; an unknown one as it stands, nothing as an en dash."""
    if code in (None, ""):
        return "–"
    known = TABLES[kind].get(str(code))
    return t(known) if known else str(code)


def labels(kind: str) -> dict[str, str]:
    """Every code of a table with its label, in order."""
    return {code: t(message) for code, message in TABLES[kind].items()}


def weekday(on_day: date) -> str:
    """One letter or sign for the day of the week."""
    return _WEEKDAYS[language()][on_day.weekday()]


def period(from_on: date, until_on: date) -> str:
    """Tue 1 Dec 2026 – Thu 31 Dec 2026."""
    return f"{day(from_on)} – {day(until_on)}"


def in_words(seen: RotaView, into: str = "") -> RotaView:
    """The rota in a language (the person's): names where an English one is given, and a mark for each shift."""
    if (into or language()) != "en":
        return replace(seen, marks={one: seen.marks[one] or name[:1] for one, name in seen.shifts.items()})
    marks = {one: seen.marks_en[one] or seen.shifts_en[one][:1] or seen.marks[one] for one in seen.shifts}
    return replace(
        seen,
        duty=seen.duty_en or seen.duty,
        posts={one: seen.posts_en[one] or name for one, name in seen.posts.items()},
        shifts={one: seen.shifts_en[one] or name for one, name in seen.shifts.items()},
        marks={one: mark or seen.shifts[one][:1] for one, mark in marks.items()},
        days=seen.days.assign(period=seen.days["period_en"]),
    )


def duty_name(row: Mapping[str, Any]) -> str:
    """A duty's name in the person's language."""
    return str((language() == "en" and row["duty_en"]) or row["duty"])
