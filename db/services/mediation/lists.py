"""The disputes as a list: tabs by what needs me, filters, sorting and pages, all in SQL."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pandas as pd

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded

PAGE_ROWS = 50
COUNTED = 10_000
LISTED = [
    "id",
    "version",
    "whole",
    "number",
    "state",
    "received_on",
    "next_due_on",
    "days_left",
    "working_left",
    "committee",
    "category",
    "source",
    "subject",
    "parties",
    "mediators",
    "major",
    "child",
    "escalation",
]
STUBS = ["id", "number", "state", "whole"]


class Tab(StrEnum):
    """What needs me, and everything."""

    MINE = "mine"
    TO_TAKE_ON = "to_take_on"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    OBLIGATIONS = "obligations"
    TO_VISIT = "to_visit"
    OPEN = "open"
    ALL = "all"


class Sort(StrEnum):
    """The orders a list may have; names only from here reach the SQL."""

    DUE = "due"
    RECEIVED = "received"
    NUMBER = "number"


@dataclass(frozen=True)
class Choice:
    """What was asked of the list; empty means any."""

    tab: Tab = Tab.OPEN
    text: str = ""
    category: str = ""
    source: str = ""
    state: str = ""
    committee_id: int | None = None
    received_from: date | None = None
    received_to: date | None = None
    page: int = 1
    sort: Sort | None = None
    ascending: bool | None = None


@dataclass(frozen=True)
class Page:
    """One page of the list. `total` is exact up to COUNTED, then COUNTED with `more` set."""

    rows: pd.DataFrame
    total: int
    more: bool
    page: int
    pages: int


def tabs_of(actor: Actor) -> list[Tab]:
    """The tabs that can hold anything for this actor."""
    raise NotImplementedError


def sorts_of(tab: Tab) -> tuple[Sort, ...]:
    """The orders a tab offers, its own first; what is closed is not due, so "all" has no such order."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_READ)
def register(actor: Actor, *, choice: Choice) -> Page:
    """One page of what the actor may know under this choice: a frame of LISTED."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_READ)
def counts(actor: Actor) -> dict[Tab, int]:
    """How many wait under each tab that needs somebody (capped at COUNTED)."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_READ)
def waiting(actor: Actor, *, per_tab: int = 20) -> pd.DataFrame:
    """What needs this actor, what is due first on top: a frame of LISTED and "tab"."""
    raise NotImplementedError


@guarded(Permission.CASES_READ)
def of_case(actor: Actor, *, case_id: int) -> pd.DataFrame:
    """Disputes opened from a case, for its page: a frame of STUBS, empty for who may know of none."""
    raise NotImplementedError
