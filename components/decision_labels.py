"""What the words of decisions are called, and who owes one."""

from collections.abc import Mapping
from typing import Any

from components.case_texts import unit_of
from components.code_words import CodeWords
from components.words import N_, t
from db.rules.meetings.words import Became, DecisionState
from db.rules.permissions import Actor
from db.services.meetings import decisions
from db.services.meetings.decisions import Tab
from db.services.meetings.paper_words import DECISION_STATES

TABLES: Mapping[str, Mapping[str, str]] = {
    "state": DECISION_STATES,
    "became": {
        Became.STEP: N_("Step in the case"),
        Became.SUPERVISION: N_("Supervision notice"),
        Became.ROTA_CHANGE: N_("Change of the rota"),
    },
    "tab": {
        Tab.MINE: N_("Owed by me"),
        Tab.UNIT: N_("Owed by my unit"),
        Tab.OPEN: N_("Open"),
        Tab.OVERDUE: N_("Overdue"),
        Tab.ALL: N_("All"),
    },
}
COLOURS: Mapping[str, Any] = {DecisionState.OPEN: "blue", DecisionState.DONE: "green", DecisionState.DROPPED: "gray"}
_WORDS = CodeWords(TABLES)
label, label_in, labels = _WORDS.label, _WORDS.label_in, _WORDS.labels


def owner_names(actor: Actor) -> dict[int, str]:
    """Who may owe something: id to name and unit."""
    found = decisions.owners(actor).items()
    return {one: f"{name} · {unit_of({'unit': unit, 'unit_en': unit_en})}" for one, (name, unit, unit_en) in found}


def who_owes(row: Mapping[str, Any]) -> str:
    """The person, the unit or both."""
    return " · ".join(part for part in (row["owner"] or "", unit_of(row)) if part) or "–"


def times(count: int) -> str:
    """How often it was carried over, for a column of that name."""
    if not count:
        return ""
    return t("once") if count == 1 else t("{n} times", n=count)


def carried(count: int) -> str:
    """How often it was carried over, "" for never."""
    if not count:
        return ""
    return t("carried over once") if count == 1 else t("carried over {n} times", n=count)
