"""Cases after intake: who may see them, the list, the case itself, and every step."""

from db.services.cases.edit import amend, edit_many, link, unlink
from db.services.cases.lists import COLUMNS, Choice, Page, Sort, Tab, counts, register
from db.services.cases.read import CaseView, timeline, unmask, view
from db.services.cases.steps import Receipt, take_step

__all__ = [
    "COLUMNS",
    "CaseView",
    "Choice",
    "Page",
    "Receipt",
    "Sort",
    "Tab",
    "amend",
    "counts",
    "edit_many",
    "link",
    "register",
    "take_step",
    "timeline",
    "unlink",
    "unmask",
    "view",
]
