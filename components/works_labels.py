"""What the words of the registers of work are called."""

from collections.abc import Iterable, Mapping
from typing import Any

from components.code_words import CodeWords
from components.words import N_, number, t
from db.rules.scoring import work_words
from db.rules.scoring.works import ABOUTS, About, Kind, Level, Paper, standings
from db.services.works.lists import Tab

TABLES: Mapping[str, Mapping[str, str]] = {
    **work_words.TABLES,
    "tab": {
        Tab.MEETING: N_("Meetings"),
        Tab.REPORT: N_("Reports"),
        Tab.INSPECTION: N_("Inspections"),
        Tab.ACTIVITY: N_("Activities"),
        Tab.ALL: N_("All"),
        Tab.REMOVED: N_("Removed"),
    },
    "level": {
        Level.TOWN: N_("Town"),
        Level.COUNTY: N_("County"),
        Level.CITY: N_("City or province"),
        Level.CENTRAL: N_("Central"),
    },
    "paper": {
        Paper.PLAN: N_("Plan"),
        Paper.MATERIALS: N_("Materials"),
        Paper.RECORDS: N_("Activity records"),
        Paper.INTERIM: N_("Interim summary"),
        Paper.FINAL: N_("Final summary"),
        Paper.SCRIPTS: N_("Scripts of broadcasts"),
        Paper.MATCHING: N_("Records match the materials"),
    },
    "field": {
        "about": N_("What kind"),
        "on_day": N_("Day"),
        "title": N_("Title"),
        "level": N_("Adopted at"),
        "papers": N_("Papers"),
        "note": N_("Note"),
        "standing": N_("Standing"),
        "persons": N_("People absent"),
        "handed_in_on": N_("Handed in on"),
    },
}
# What is counted of a line: every standing, "missing" divided by whether the day is over; each with its colour.
COUNTED: Mapping[str, Any] = {
    "present": "green",
    "led": "green",
    "handed_in": "green",
    "done": "green",
    "excused": "gray",
    "expected": "orange",
    "absent": "red",
    "missing": "red",
}
# The same in a year by unit, where absence is counted in people.
OF_YEAR: Mapping[str, str] = {
    code: TABLES["field"]["persons"] if code == "absent" else TABLES["stand"][code] for code in COUNTED
}
_WORDS = CodeWords(TABLES)
label, label_in, labels = _WORDS.label, _WORDS.label_in, _WORDS.labels


def abouts(kinds: Iterable[Kind]) -> dict[str, str]:
    """What kinds of lines there are among these."""
    return {about.value: label("about", about) for kind in kinds for about in ABOUTS[kind]}


def stands(kind: str, about: str) -> dict[str, str]:
    """How units may stand in such a line."""
    return {standing.value: label("stand", standing) for standing in standings(kind, about)}


def counted(row: Mapping[Any, Any]) -> dict[str, str]:
    """How many units stand how, of those there are, by the code of COUNTED."""
    return {name: _counted(name, row) for name in COUNTED if row[name]}


def _counted(name: str, row: Mapping[Any, Any]) -> str:
    """One unit alone stands so; of several, so many."""
    said = label("stand", name) if row["units"] == 1 else f"{number(row[name])} {label('stand', name)}"
    if name == "absent" and row["persons"] != row["absent"]:
        return t("{said} ({n} people)", said=said, n=number(row["persons"]))
    return said


def day_label(kind: str, about: str) -> str:
    """What the day of a line is called: of a report that is owed, the day it is due."""
    return t("Report due on") if kind == Kind.REPORT and about != About.INFORMATION else t("Day")
