"""A ledger as a workbook made to be printed: title, office and days above, the headings on every page."""

from components.front_door.workbooks import made
from components.register_words import told
from components.words import translate
from db.documents.workbook import Head
from db.languages import date_in
from db.rules.ledgers import NOTES
from db.rules.permissions import Actor
from db.rules.problems import N_
from db.services.ledgers import exports
from db.services.ledgers.contents import Book
from db.services.ledgers.exports import Taken

PAGE = N_("Page &P of &N")


def of_ledger(actor: Actor, token: str) -> tuple[str, bytes]:
    """One ledger over its days."""
    taken = exports.fetch(actor, token=token)
    into, book = taken.language, taken.book
    notes = notes_of(book, into)
    head = Head(taken.name, [_office(taken), *notes], taken.paper, translate(PAGE, into))
    about = [
        (N_("Office"), taken.office.name),
        (N_("Days"), _days(taken)),
        (N_("Unit"), taken.unit.within(into) if taken.unit else translate(N_("All"), into)),
        (N_("Rows"), str(len(book.lines))),
        (N_("Names"), translate(_names(taken), into)),
        *((N_("Note"), note) for note in notes),
    ]
    headings = [field.heading for field in book.fields]
    return made(actor, taken.name, headings, told(actor, book.fields, book.lines, into), about, into, head=head)


def notes_of(book: Book, into: str) -> list[str]:
    """What a ledger says of itself: what it is made from, what is left out, and whether it is cut off."""
    notes = [translate(NOTES[book.code], into)] if book.code in NOTES else []
    if not book.whole:
        notes.append(translate(N_("Registers you may not read are left out."), into))
    if book.narrowed:
        notes.append(translate(N_("Briefings are about the whole office; they are in no ledger of one unit."), into))
    if book.more:
        said = N_("Only the first {most} rows; choose fewer days for the rest.")
        notes.append(translate(said, into, most=book.most))
    return notes


def _office(taken: Taken) -> str:
    """The office, the unit and the days in one line."""
    into = taken.language
    unit = taken.unit.within(into) if taken.unit else ""
    return "　".join(part for part in (taken.office.name, unit, _days(taken)) if part)


def _days(taken: Taken) -> str:
    into, choice = taken.language, taken.choice
    return f"{date_in(into, choice.begins)} – {date_in(into, choice.ends)}"


def _names(taken: Taken) -> str:
    return N_("With names and contacts: keep it safe, pass it to nobody") if taken.choice.plain else N_("Masked")
