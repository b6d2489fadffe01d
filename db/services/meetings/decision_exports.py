"""Taking the list of decisions away, as cases are: asked for, fetched once by its owner, journalled."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from db.engine import reading
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Problem, Problems
from db.services.acts import guarded
from db.services.exports import Asked, Kind, asked_in, fetched, put_by, row_of, take_turn
from db.services.listing import COUNTED, restored
from db.services.meetings import decisions
from db.services.meetings.decisions import Choice

COLUMNS = frozenset(decisions.COLUMNS) - {"id", "version", "became_id", "owner_id", "unit_id", "case_id", "topic_id"}


@dataclass(frozen=True)
class Taken:
    """The decisions of a list with every column of decisions.COLUMNS, and how they were asked for."""

    rows: pd.DataFrame
    columns: tuple[str, ...]
    choice: Choice
    language: str


@guarded(Permission.DECISIONS_SETTLE)
def ask(actor: Actor, *, choice: Choice, columns: Sequence[str], language: str) -> Asked:
    """Prepare the list on screen to be fetched once; raises Problems or TooMany."""
    if not columns or not set(columns) <= COLUMNS:
        raise Problems(Problem("columns", N_("This is not one of the choices.")))
    take_turn(Permission.DECISIONS_SETTLE, actor)
    with reading() as session:
        rows = len(decisions.ids_of(session, actor, choice, COUNTED))
    asked = {"choice": asdict(choice), "columns": list(columns), "language": language}
    return put_by(actor, Kind.DECISIONS, asked, rows)


@guarded(Permission.DECISIONS_SETTLE)
def fetch(actor: Actor, *, token: str) -> Taken:
    """The list as it stands now, once, for its owner only; raises NotThere."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.DECISIONS))
        choice = restored(Choice, asked["choice"])
        rows = decisions.framed(session, actor, decisions.ids_of(session, actor, choice, COUNTED))
    detail = {"rows": len(rows), "columns": asked["columns"]}
    fetched(actor, token, Kind.DECISIONS, tbl="meeting_decision", detail=detail)
    return Taken(rows, tuple(asked["columns"]), choice, asked["language"])
