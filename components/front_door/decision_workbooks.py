"""The list of decisions as a workbook."""

from collections.abc import Mapping

import pandas as pd

from components.decision_labels import TABLES, label_in
from components.front_door.workbooks import made
from components.words import translate
from db.rules.permissions import Actor
from db.rules.problems import N_, Named
from db.services.duty.rows import records
from db.services.meetings import decision_exports

HEADINGS: Mapping[str, str] = {
    "text": N_("Decision"),
    "owner": N_("Person who owes it"),
    "unit": N_("Unit that owes it"),
    "due_on": N_("Due on"),
    "days_left": N_("Days left"),
    "state": N_("State"),
    "note": N_("Note"),
    "carried": N_("Times carried over"),
    "kind": N_("Meeting"),
    "meeting_on": N_("Day of the meeting"),
    "case_number": N_("Case"),
    "became": N_("Carried out as"),
    "settled_at": N_("Settled on"),
    "settled_by": N_("Settled by"),
}


def of_list(actor: Actor, token: str) -> tuple[str, bytes]:
    """The decisions of the list on screen."""
    taken = decision_exports.fetch(actor, token=token)
    into, columns = taken.language, list(taken.columns)
    rows = [[_told(row, column, into) for column in columns] for row in records(taken.rows)]
    about = [
        (N_("List"), translate(TABLES["tab"][taken.choice.tab], into)),
        (N_("Searched for"), taken.choice.text or "–"),
        (N_("Rows"), str(len(rows))),
    ]
    return made(actor, N_("Decisions"), [HEADINGS[column] for column in columns], rows, about, into)


def _told(row: Mapping[str, object], column: str, into: str) -> object:
    value = row[column]
    if column in ("state", "became"):
        return label_in(column, value, into) if value else ""
    if column in ("unit", "kind"):
        return Named(str(value or ""), str(row[f"{column}_en"] or "")).within(into)
    return None if value is None or pd.isna(value) else value  # type: ignore[call-overload]
