"""What classes, states and tables of the review lists are called."""

from collections.abc import Mapping
from typing import Any

from components.words import N_, t
from db.rules.journal_words import TABLES
from db.rules.retention import CLASSES, Act, Item, RecordClass, State, Unit

_WORDS: Mapping[str, Mapping[str, str]] = {
    "unit": {Unit.YEARS: N_("years"), Unit.MONTHS: N_("months"), Unit.DAYS: N_("days")},
    "act": {Act.ANONYMISE: N_("Persons are taken out"), Act.DELETE: N_("Deleted")},
    "state": {
        State.PROPOSED: N_("Proposed"),
        State.APPROVED: N_("Being carried out"),
        State.DONE: N_("Done"),
        State.DROPPED: N_("List dropped"),
    },
    "item": {Item.DUE: N_("To go"), Item.KEPT: N_("Stays"), Item.DONE: N_("Done")},
}
_BESIDE: Mapping[str, str] = {
    "draft": N_("Draft"),
    "case_import_row": N_("Row of an import"),
    "sign_in_session": N_("Sign-in"),
    "sign_in_ticket": N_("Sign-in ticket"),
    "sign_in_counter": N_("Counter of tries"),
}


def labels(kind: str) -> dict[Any, str]:
    """Every word of a kind, in the reader's language."""
    return {code: t(word) for code, word in _WORDS[kind].items()}


def class_name(code: str) -> str:
    """A class of records as people call it."""
    return t(CLASSES[RecordClass(code)].label) if code in set(RecordClass) else code


def table_name(name: str) -> str:
    """A table as people call what stands in it."""
    return t(_BESIDE.get(name) or TABLES.get(name, name))
