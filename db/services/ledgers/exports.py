"""Taking a ledger away, as lists are: asked for, fetched once by its owner, journalled."""

from dataclasses import asdict, dataclass

from db import journal
from db.engine import reading, transaction
from db.models import Unit
from db.rules.ledgers import Code
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Named, Problem, Problems
from db.services.acts import guarded
from db.services.exports import Asked, Kind, asked_in, fetched, put_by, row_of, take_turn
from db.services.ledgers.asking import Choice, restored
from db.services.ledgers.books import name_of
from db.services.ledgers.contents import Book, book_of
from db.services.office import Facts, facts_of

PAPERS = ("A4", "A3")


@dataclass(frozen=True)
class Taken:
    """A ledger to be written: its lines, its name, the office and the unit (None: all), and how it was asked for."""

    book: Book
    name: str
    office: Facts
    unit: Named | None
    choice: Choice
    paper: str
    language: str


@guarded(Permission.LEDGERS_EXPORT)
def ask(actor: Actor, *, code: str, choice: Choice, paper: str = "A4", language: str) -> Asked:
    """Prepare a ledger to be fetched once; raises NotThere, Refused, Problems or TooMany."""
    if paper not in PAPERS:
        raise Problems(Problem("paper", N_("This is not one of the choices.")))
    take_turn(Permission.LEDGERS_EXPORT, actor)
    with reading() as session:
        book = book_of(session, actor, code, choice, 0)
    if choice.plain and book.more:
        message = N_("At most {most} rows with names at once. Choose fewer days.")
        raise Problems(Problem("", message, {"most": book.most}))
    asked = {"code": code, "choice": asdict(choice), "paper": paper, "language": language}
    return put_by(actor, Kind.LEDGER, asked, min(book.total, book.most), plain=choice.plain)


@guarded(Permission.LEDGERS_EXPORT)
def fetch(actor: Actor, *, token: str) -> Taken:
    """The ledger as it stands now, once, for its owner only; raises NotThere."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.LEDGER))
        code, choice = asked["code"], restored(asked["choice"])
        book = book_of(session, actor, code, choice)
        unit = session.get(Unit, choice.unit_id) if choice.unit_id is not None else None
        named = Named(unit.name, unit.name_en) if unit is not None else None
        name, office = name_of(session, code, asked["language"]), facts_of(session)
    detail = {"code": code, "rows": len(book.lines), "plain": choice.plain, "days": _days(choice)}
    fetched(actor, token, Kind.LEDGER, tbl="ledger", pk=code, detail=detail)
    if choice.plain:
        note_names(actor, "dispute" if book.code is Code.DISPUTES else "case_file", [line["id"] for line in book.lines])
    return Taken(book, name, office, named, choice, asked["paper"], asked["language"])


def note_names(actor: Actor, table: str, ids: list[int]) -> None:
    """A line in the journal for each record whose names left in clear."""
    with transaction(actor) as session:
        for one in ids:
            case_id = one if table == "case_file" else None
            journal.note(session, "export", tbl=table, pk=one, case_id=case_id)


def _days(choice: Choice) -> str:
    return f"{choice.begins:%Y-%m-%d} {choice.ends:%Y-%m-%d}"
