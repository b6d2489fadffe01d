"""What the words of meetings are called, and a kind or a meeting by its name in the reader's language."""

from collections.abc import Mapping
from typing import Any

from components.code_words import CodeWords
from components.duty_labels import weekdays
from components.words import N_, day, language, t
from db.rules.meetings.words import AttendedBy, Rhythm, Slot, State, TopicCode
from db.services.meetings.paper_words import STANDINGS, TOPICS

TABLES: Mapping[str, Mapping[str, str]] = {
    "rhythm": {
        Rhythm.WEEKLY: N_("Every week"),
        Rhythm.HALF_MONTHLY: N_("Every half month"),
        Rhythm.MONTHLY: N_("Every month"),
        Rhythm.QUARTERLY: N_("Every quarter"),
        Rhythm.AS_NEEDED: N_("As needed"),
    },
    "attended_by": {
        AttendedBy.UNITS: N_("Villages and departments"),
        AttendedBy.PEOPLE: N_("Staff of the centre"),
    },
    "about": {
        "": N_("Not in the registers of work"),
        "regular": N_("Regular meeting"),
        "other_meeting": N_("Other meeting"),
    },
    "state": {
        State.PLANNED: N_("Planned"),
        State.OPEN: N_("Open now"),
        State.CLOSED: N_("Held"),
        State.CALLED_OFF: N_("Called off"),
    },
    "slot": {
        Slot.OPEN: N_("Open now"),
        Slot.MISSED: N_("Missed"),
        Slot.PLANNED: N_("Planned"),
        Slot.DUE: N_("To be held"),
        Slot.HELD: N_("Held"),
        Slot.CALLED_OFF: N_("Called off"),
    },
    "standing": STANDINGS,
    "topic": {**TOPICS, TopicCode.OWN: N_("Own topic")},
}
COLOURS: Mapping[str, Any] = {
    Slot.OPEN: "blue",
    Slot.MISSED: "red",
    Slot.PLANNED: "violet",
    Slot.DUE: "orange",
    Slot.HELD: "green",
    Slot.CALLED_OFF: "gray",
    State.CLOSED: "green",
}
_WORDS = CodeWords(TABLES)
label, label_in, labels = _WORDS.label, _WORDS.label_in, _WORDS.labels


def named(name: str, name_en: str) -> str:
    """A kind in the reader's language."""
    return name_en if language() == "en" and name_en else name


def said_of(rhythm: str, weekday: int | None, on_day: int | None) -> str:
    """A rhythm with its day, in words."""
    if rhythm == Rhythm.WEEKLY and weekday is not None:
        return t("Every week, {weekday}", weekday=weekdays()[int(weekday)])
    if on_day is None:
        return label("rhythm", rhythm)
    if rhythm == Rhythm.QUARTERLY:
        return t("Every quarter, day {n} of its last month", n=int(on_day))
    if rhythm == Rhythm.HALF_MONTHLY:
        return t("Every half month, its day {n}", n=int(on_day))
    return t("Every month, day {n}", n=int(on_day))


def due_told(due_on: Any) -> str:
    """Which due day a meeting answers to, or that it was called as needed."""
    return t("due day {day}", day=day(due_on)) if due_on else t("as needed")
