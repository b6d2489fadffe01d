"""One dispute as its page shows it: parties as masks, what is owed and overdue, and what still stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from db.rules.mediation.words import Step
from db.rules.permissions import Actor, Permission
from db.rules.problems import Problem
from db.services.acts import guarded
from db.services.mediation.rows import Row, Rows

SEEN = ["at", "person", "event", "what"]


@dataclass(frozen=True)
class DisputeView:
    """Everything the page of a dispute shows; rows bear the models' column names, identities are masks.

    Beside the columns: parties have name, contact and agent (masks); mediators name, person_id, position, committee and
    standing; sessions present, invited and mediators as tuples, party_names and mediator_names; obligations debtor and
    creditor (masks), performances, performed and left (fen), overdue and late; visits, extensions and performances
    person; papers and performances file (its name); files uploaded_by; the timeline person and detail (read).
    The bin holds what was removed: what (table), id, version, label (a day, a mask or a title), at.
    """

    id: int
    version: int
    fields: Mapping[str, Any]
    committee: str
    committee_en: str
    case_number: str
    people: Mapping[int, str]
    steps: tuple[Step, ...]
    parties: Rows
    mediators: Rows
    sessions: Rows
    agreement: Row | None
    obligations: Rows
    extensions: Rows
    visits: Rows
    papers: Rows
    files: Rows
    timeline: Rows
    bin: Rows
    days_left: int | None
    working_left: int | None
    confirm_by: date | None
    confirm_days_left: int | None
    needs: tuple[Problem, ...]
    may_keep: bool
    may_sign: bool
    may_unmask: bool
    may_visit: bool
    last_saved_at: datetime | None
    last_saved_by: str
    today: date


@guarded(Permission.MEDIATION_READ)
def view(actor: Actor, *, dispute_id: int) -> DisputeView:
    """The dispute with what this actor may do to it now; the look is journalled."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_READ)
def who_has_seen(actor: Actor, *, dispute_id: int) -> pd.DataFrame:
    """The latest looks, unmaskings, prints and downloads of a dispute the actor may see: columns of SEEN."""
    raise NotImplementedError
