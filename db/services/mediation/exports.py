"""Taking the list of disputes or the yearly table away, as cases are: asked for, fetched once, journalled."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from db.engine import reading
from db.models import Committee
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Problem, Problems
from db.services.acts import guarded
from db.services.exports import Asked, Kind, asked_in, fetched, put_by, row_of, take_turn
from db.services.listing import COUNTED, restored
from db.services.mediation import figures, lists
from db.services.mediation.lists import Choice
from db.services.mediation.rows import LISTED

COLUMNS = frozenset(LISTED) - {"id", "version", "whole"}


@dataclass(frozen=True)
class List:
    """The files of a list one may open, masked, and the columns in the order asked for."""

    rows: pd.DataFrame
    columns: tuple[str, ...]
    choice: Choice
    language: str
    left_out: int


@dataclass(frozen=True)
class Year:
    """The yearly table (figures.YEARLY) and what it covers ("" for every committee within reach)."""

    rows: pd.DataFrame
    year: int
    committee: str
    language: str


@guarded(Permission.MEDIATION_READ)
def ask_list(actor: Actor, *, choice: Choice, columns: Sequence[str], language: str) -> Asked:
    """Prepare the list on screen to be fetched once, without files one may not open; raises Problems or TooMany."""
    if not columns or not set(columns) <= COLUMNS:
        raise Problems(Problem("columns", N_("This is not one of the choices.")))
    take_turn(Permission.MEDIATION_READ, actor)
    with reading() as session:
        whole, left_out = lists.numbers(session, actor, choice)
    asked = {"choice": asdict(choice), "columns": list(columns), "language": language, "left_out": left_out}
    return put_by(actor, Kind.DISPUTES, asked, whole, left_out)


@guarded(Permission.MEDIATION_FIGURES)
def ask_year(actor: Actor, *, year: int, committee_id: int | None = None, language: str) -> Asked:
    """Prepare the yearly table to be fetched once; raises NotThere for a committee out of reach, or TooMany."""
    take_turn(Permission.MEDIATION_FIGURES, actor)
    rows = figures.yearly_table(actor, year=year, committee_id=committee_id)
    asked = {"year": year, "committee_id": committee_id, "language": language}
    return put_by(actor, Kind.MEDIATION_YEAR, asked, len(rows))


@guarded(Permission.MEDIATION_READ)
def fetch_list(actor: Actor, *, token: str) -> List:
    """The list as it stands now, once, for its owner only; raises NotThere."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.DISPUTES))
        choice = restored(Choice, asked["choice"])
        rows = lists.rows_of(session, actor, choice, COUNTED)
    detail = {"rows": len(rows), "columns": asked["columns"]}
    fetched(actor, token, Kind.DISPUTES, tbl="dispute", detail=detail)
    return List(rows, tuple(asked["columns"]), choice, asked["language"], int(asked["left_out"]))


@guarded(Permission.MEDIATION_FIGURES)
def fetch_year(actor: Actor, *, token: str) -> Year:
    """The table as it stands now, once, for its owner only; raises NotThere."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.MEDIATION_YEAR))
        year, committee_id = int(asked["year"]), asked["committee_id"]
        committee = session.get(Committee, committee_id) if committee_id is not None else None
    rows = figures.yearly_table(actor, year=year, committee_id=committee_id)
    detail = {"year": year, "committee_id": committee_id}
    fetched(actor, token, Kind.MEDIATION_YEAR, tbl="dispute", detail=detail)
    return Year(rows, year, committee.name if committee is not None else "", asked["language"])
