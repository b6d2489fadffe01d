"""What the words of duties are called: days of needs, leave and wishes, pairs, states of swaps; times of day."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from components.words import N_, day, language, moment, t

TABLES: Mapping[str, Mapping[str, str]] = {
    "days": {
        "every": N_("Every day"),
        "working": N_("Working days"),
        "rest": N_("Rest days and holidays"),
        "holiday": N_("Statutory holidays"),
        "weekday": N_("One day of the week"),
        "special": N_("Special duty period"),
    },
    "weekday": {
        "0": N_("Monday"),
        "1": N_("Tuesday"),
        "2": N_("Wednesday"),
        "3": N_("Thursday"),
        "4": N_("Friday"),
        "5": N_("Saturday"),
        "6": N_("Sunday"),
    },
    "on_holiday": {"keep": N_("stays on a holiday"), "next_working": N_("on a holiday, the next working day")},
    "absence": {
        "leave": N_("Leave"),
        "unavailable": N_("Unavailable"),
        "avoid": N_("Would rather not"),
        "want": N_("Would like to"),
    },
    "pair": {"apart": N_("Never together"), "together": N_("Together where possible")},
    "served": {
        "total": N_("All shifts"),
        "nights": N_("Nights"),
        "weekends": N_("Weekends"),
        "festivals": N_("Festivals"),
        "hours": N_("Hours served"),
        "gaps": N_("Mark missing"),
        "given": N_("Given away"),
        "taken": N_("Taken from others"),
    },
    "swap": {
        "asked": N_("Asked of everybody"),
        "offered": N_("Offered to a colleague"),
        "taken": N_("Waits for the director"),
        "taken_over": N_("Taken over, to be approved"),
        "approved": N_("Approved"),
        "refused": N_("Refused"),
        "withdrawn": N_("Withdrawn"),
        "undone": N_("Put back"),
    },
}
Row = Mapping[str, Any]


def label(kind: str, code: object) -> str:
    """A stored code in the person's language; an unknown one as it stands, nothing as an en dash."""
    if is_missing(code) or code == "":
        return "–"
    known = TABLES[kind].get(str(code))
    return t(known) if known else str(code)


def labels(kind: str) -> dict[str, str]:
    """Every code of a table with its label, in order."""
    return {code: t(message) for code, message in TABLES[kind].items()}


def weekdays() -> dict[int, str]:
    """The days of the week to choose from, 0 for Monday."""
    return {int(code): name for code, name in labels("weekday").items()}


def named(row: Row, column: str = "name") -> str:
    """What a duty or a part of one is called (or its mark, its source) in the person's language."""
    return str((language() == "en" and row[f"{column}_en"]) or row[column])


def in_words(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its duties, posts and shifts in the person's language, where an English name is given."""
    if language() != "en":
        return frame
    told = frame.copy()
    for english in [str(name) for name in frame if str(name).endswith("_en")]:
        plain = english.removesuffix("_en")
        told[plain] = [en or name for en, name in zip(frame[english], frame[plain], strict=True)]
    return told


def clock_time(minutes: int) -> str:
    """Minutes from midnight as 08:30."""
    return time_of(minutes).strftime("%H:%M")


def time_of(minutes: int) -> time:
    """Minutes from midnight as a time of day."""
    return time(minutes // 60, minutes % 60)


def lasting(minutes: int) -> str:
    """1440 minutes as 24 h, 90 as 1 h 30 min."""
    hours, rest = divmod(minutes, 60)
    told = [t("{n} h", n=hours)] * bool(hours) + [t("{n} min", n=rest)] * bool(rest)
    return " ".join(told) or "–"


def span(begins_at: datetime, ends_at: datetime) -> str:
    """From when to when, the day said once when it is the same."""
    begins, ends = moment(begins_at), moment(ends_at)
    same = begins.rpartition(" ")[0] == ends.rpartition(" ")[0]
    return f"{begins} – {ends.rpartition(' ')[2] if same else ends}"


def days_told(from_on: date, until_on: date) -> str:
    """One day, or the first and the last."""
    return day(from_on) if from_on == until_on else f"{day(from_on)} – {day(until_on)}"


def is_missing(value: Any) -> bool:
    """Whether a cell of a frame is empty."""
    return bool(pd.isna(value))


def number_or_none(value: Any) -> int | None:
    """A number of a frame, None where it is missing."""
    return None if is_missing(value) else int(value)
