"""Taking a register of work away, as cases are: asked for, fetched once by its owner, journalled."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from db.engine import reading
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Problem, Problems
from db.services.acts import guarded
from db.services.exports import Asked, Kind, asked_in, fetched, put_by, row_of, take_turn
from db.services.listing import COUNTED, restored
from db.services.works import lists, years
from db.services.works.lists import Choice
from db.services.works.years import UnitYear

COLUMNS = frozenset(lists.LISTED) - {"id", "version", "unit_en", "removed"}


@dataclass(frozen=True)
class Taken:
    """The lines of a list, the columns in the order asked for, and how they were asked for."""

    rows: pd.DataFrame
    columns: tuple[str, ...]
    choice: Choice
    language: str


@guarded(Permission.WORKS_READ)
def ask(actor: Actor, *, choice: Choice, columns: Sequence[str], language: str) -> Asked:
    """Prepare the list on screen to be fetched once; raises Problems or TooMany."""
    if not columns or not set(columns) <= COLUMNS:
        raise Problems(Problem("columns", N_("This is not one of the choices.")))
    take_turn(Permission.WORKS_READ, actor)
    with reading() as session:
        rows = lists.number_of(session, actor, choice)
    asked = {"choice": asdict(choice), "columns": list(columns), "language": language}
    return put_by(actor, Kind.WORKS, asked, rows)


@guarded(Permission.WORKS_READ)
def fetch(actor: Actor, *, token: str) -> Taken:
    """The list as it stands now, once, for its owner only; raises NotThere."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.WORKS))
        choice = restored(Choice, asked["choice"])
        rows = lists.rows_of(session, actor, choice, COUNTED)
    detail = {"rows": len(rows), "columns": asked["columns"]}
    fetched(actor, token, Kind.WORKS, tbl="work", detail=detail)
    return Taken(rows, tuple(asked["columns"]), choice, asked["language"])


@dataclass(frozen=True)
class TakenYear:
    """A year of one register by unit and month, and the language asked for."""

    kind: str
    year: int
    rows: tuple[UnitYear, ...]
    language: str


@guarded(Permission.WORKS_READ)
def ask_year(actor: Actor, *, kind: str, year: int, language: str) -> Asked:
    """Prepare a year by unit to be fetched once; raises TooMany."""
    take_turn(Permission.WORKS_READ, actor)
    rows = years.year(actor, kind=kind, year=year)
    asked = {"kind": kind, "year": year, "language": language}
    return put_by(actor, Kind.WORKS_YEAR, asked, len(rows))


@guarded(Permission.WORKS_READ)
def fetch_year(actor: Actor, *, token: str) -> TakenYear:
    """The year as it stands now, once, for its owner only; raises NotThere."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.WORKS_YEAR))
    kind, year = str(asked["kind"]), int(asked["year"])
    rows = years.year(actor, kind=kind, year=year)
    detail = {"rows": len(rows), "kind": kind, "year": year}
    fetched(actor, token, Kind.WORKS_YEAR, tbl="work", detail=detail)
    return TakenYear(kind, year, rows, str(asked["language"]))
