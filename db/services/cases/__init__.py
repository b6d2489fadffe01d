"""Cases after intake: who may see them, the list, the case itself, and every step."""

from db.services.cases.edit import AMENDABLE, QUICK, amend, edit_many, link, unlink
from db.services.cases.lists import WORK, Choice, Tab, counts, register, tabs_of, waiting
from db.services.cases.people import handlers, nameable
from db.services.cases.read import CaseView, done_lately, timeline, unmask, view
from db.services.cases.rows import ADDED, COLUMNS
from db.services.cases.steps import Receipt, take_step

__all__ = [
    "ADDED",
    "AMENDABLE",
    "COLUMNS",
    "QUICK",
    "WORK",
    "CaseView",
    "Choice",
    "Receipt",
    "Tab",
    "amend",
    "counts",
    "done_lately",
    "edit_many",
    "handlers",
    "link",
    "nameable",
    "register",
    "tabs_of",
    "take_step",
    "timeline",
    "unlink",
    "unmask",
    "view",
    "waiting",
]
