"""Bringing in matters of another system: looked at, mapped, previewed, run in the background, taken back.

A matter brought in keeps the moment it was first received; the office's own clocks run from the day it came here.
"""

from db.services.importing.lists import IMPORTS, ROWS, imports, rows
from db.services.importing.mapping import DEFAULTS, Chosen, SavedMapping, guess, laid_on, remove, save, saved
from db.services.importing.planning import Preview, PreviewRow, preview
from db.services.importing.reading import KINDS, Column, SheetLook, Sheets, look_at
from db.services.importing.running import State, resume, start, state, stop
from db.services.importing.taking_back import TakenBack, WhyNot, take_back, why_not_taken_back

__all__ = [
    "DEFAULTS",
    "IMPORTS",
    "KINDS",
    "ROWS",
    "Chosen",
    "Column",
    "Preview",
    "PreviewRow",
    "SavedMapping",
    "SheetLook",
    "Sheets",
    "State",
    "TakenBack",
    "WhyNot",
    "guess",
    "imports",
    "laid_on",
    "look_at",
    "preview",
    "remove",
    "resume",
    "rows",
    "save",
    "saved",
    "start",
    "state",
    "stop",
    "take_back",
    "why_not_taken_back",
]
