"""The committees' figures of a year, by the day of acceptance, and the table of the yearly statistics."""

from dataclasses import dataclass

import pandas as pd

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded

COUNTS = ["accepted", "succeeded"]
BY_CATEGORY = ["category", *COUNTS]
BY_SOURCE = ["source", *COUNTS]
BY_MONTH = ["month", *COUNTS]
CUBE = ["category", "source", "month", *COUNTS]
YEARLY = ["section", "code", "value"]


@dataclass(frozen=True)
class Figures:
    """Of the files accepted in a year; None stands for a number from 1 to 2 that this reader gets no details of.

    `success_rate` is succeeded ÷ accepted from 0 to 1 (None when nothing was accepted), `amount` fen agreed on; open
    and overdue_obligations are as of today, whatever the year. Frames: BY_CATEGORY, BY_SOURCE, BY_MONTH (first days of
    the twelve months), CUBE (only cells that hold something).
    """

    accepted: int | None
    succeeded: int | None
    success_rate: float | None
    refused: int | None
    failed: int | None
    open: int | None
    overdue_obligations: int | None
    agreements_written: int | None
    agreements_oral: int | None
    confirmed: int | None
    amount: int | None
    by_category: pd.DataFrame
    by_source: pd.DataFrame
    by_month: pd.DataFrame
    cube: pd.DataFrame
    whole_office: bool


@guarded(Permission.MEDIATION_FIGURES)
def figures(actor: Actor, *, year: int, committee_id: int | None = None) -> Figures:
    """The figures of what the actor's figures reach: the whole office, or the committees one belongs to."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_FIGURES)
def yearly_table(actor: Actor, *, year: int, committee_id: int | None = None) -> pd.DataFrame:
    """The yearly statistics: a frame of YEARLY in the order of the printed table.

    Sections: committees (by kind), mediators (full_time, part_time), searches (found, prevented), files (accepted,
    succeeded, success_rate), source, category, agreements (oral, written, confirmed), amount (fen), persons, difficult,
    escalation_prevented; a section of one number has "" for its code.
    """
    raise NotImplementedError
