"""Cases after intake: who may see them, the list, the case itself, and every step."""

from db.services.cases.bin import binned, in_bin, put_in_bin, restore, why_not_binned
from db.services.cases.bulk import Wanted, change_many, chosen, edit_many, preview
from db.services.cases.edit import AMENDABLE, QUICK, amend, link, unlink
from db.services.cases.lists import WORK, Choice, Tab, counts, register, tabs_of, waiting
from db.services.cases.people import handlers, nameable
from db.services.cases.read import CaseView, done_lately, timeline, unmask, view
from db.services.cases.rows import ADDED, COLUMNS
from db.services.cases.stand_in import stood_for
from db.services.cases.steps import Receipt, take_step
from db.services.cases.undo import Kind, latest, my_acts, undo

__all__ = [
    "ADDED",
    "AMENDABLE",
    "COLUMNS",
    "QUICK",
    "WORK",
    "CaseView",
    "Choice",
    "Kind",
    "Receipt",
    "Tab",
    "Wanted",
    "amend",
    "binned",
    "change_many",
    "chosen",
    "counts",
    "done_lately",
    "edit_many",
    "handlers",
    "in_bin",
    "latest",
    "link",
    "my_acts",
    "nameable",
    "preview",
    "put_in_bin",
    "register",
    "restore",
    "stood_for",
    "tabs_of",
    "take_step",
    "timeline",
    "undo",
    "unlink",
    "unmask",
    "view",
    "waiting",
    "why_not_binned",
]
