"""Which heading means which field, and what stands where a file says nothing: guessed, corrected, saved by name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading, transaction
from db.models import ImportMapping, Person
from db.rules.cases import Channel, Grade, Kind, Source
from db.rules.importing.headings import FIELDS
from db.rules.intake import LONGEST_LINE
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.importing.reading import Sheets, words
from db.services.office import active_codes
from db.services.records import seen

REGISTER = "cases"
MOST_HEADINGS = 500
DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "channel": tuple(Channel),
    "source": tuple(Source),
    "kind": (Kind.REQUEST, Kind.SUGGESTION),
    "grade": tuple(Grade),
    "category": (),
}


@dataclass(frozen=True)
class Chosen:
    """How a file is to be read: the sheet ("" for a text file), heading to field ("" leaves it out), and defaults.

    `defaults` gives a code for channel, source, kind, grade and category; what it lacks the preset gives.
    `header_row`: the row somebody says the headings stand in, 0 to find it.
    """

    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    header_row: int = 0


@dataclass(frozen=True)
class SavedMapping:
    """A mapping saved by name; the sheet it was made on is not part of it."""

    id: int
    version: int
    name: str
    chosen: Chosen
    saved_at: datetime
    saved_by: str


def guess(sheets: Sheets, sheet: str | None = None) -> Chosen:
    """What the columns of a sheet (None: the best one) most likely mean."""
    look = next((one for one in sheets.sheets if one.name == (sheets.best if sheet is None else sheet)), None)
    columns = {column.heading: column.field for column in look.columns} if look else {}
    hotline = any(word in heading for heading in columns for word in words()["hotline"])
    defaults = {name: words()[name] for name in DEFAULTS} | ({"source": Source.HOTLINE.value} if hotline else {})
    return Chosen(look.name if look else "", columns, defaults)


def laid_on(mapping: Chosen, sheets: Sheets, sheet: str | None = None) -> Chosen:
    """A saved mapping on another file: its headings where the file has them, for new headings what they likely mean."""
    fresh = guess(sheets, sheet)
    columns = {heading: mapping.columns.get(heading, meant) for heading, meant in fresh.columns.items()}
    by_hand = {meant for heading, meant in columns.items() if heading in mapping.columns}
    for heading, meant in columns.items():
        if heading not in mapping.columns and meant in by_hand and not FIELDS[meant].many:
            columns[heading] = ""
    return Chosen(fresh.sheet, columns, {**fresh.defaults, **mapping.defaults})


@guarded(Permission.CASES_IMPORT)
def saved(actor: Actor) -> list[SavedMapping]:
    """Every mapping the office saved, by name."""
    return every()


@guarded(Permission.CASES_IMPORT)
def removed(actor: Actor) -> list[SavedMapping]:
    """Mappings taken out of the list, to be put back."""
    return every(removed=True)


def every(*, removed: bool = False) -> list[SavedMapping]:
    """The same for the command line."""
    there = ImportMapping.removed_at.is_not(None) if removed else ImportMapping.removed_at.is_(None)
    query = (
        select(ImportMapping, Person.name)
        .outerjoin(Person, Person.id == ImportMapping.saved_by_id)
        .where(ImportMapping.register == REGISTER, there)
        .order_by(ImportMapping.name, ImportMapping.id)
    )
    with reading() as session:
        return [
            SavedMapping(row.id, row.version, row.name, from_document(row.document), row.saved_at, by or "")
            for row, by in session.execute(query)
        ]


def named(name: str) -> Chosen:
    """The saved mapping of a name; raises Problems when there is none."""
    found = next((one.chosen for one in every() if one.name == name.strip()), None)
    if found is None:
        raise Problems(Problem("mapping", N_("There is no saved mapping called {name}."), {"name": name}))
    return found


@guarded(Permission.CASES_IMPORT)
def save(actor: Actor, *, name: str, chosen: Chosen, key: str) -> int:
    """Save a mapping by name; one of the same name is replaced. Answers its id; raises Problems."""
    name = " ".join(name.split())
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        check = Check()
        check.that(name, "name", N_("This is needed."))
        check.that(len(name) <= LONGEST_LINE, "name", N_("At most {most} characters."), most=LONGEST_LINE)
        check_chosen(check, chosen, active_codes(session, "category"))
        check.done()
        same = select(ImportMapping).where(
            ImportMapping.register == REGISTER, ImportMapping.name == name, ImportMapping.removed_at.is_(None)
        )
        row = session.scalars(same).first() or ImportMapping(name=name, register=REGISTER)
        row.document, row.saved_at, row.saved_by_id = as_document(chosen, sheet=False), clock.now(), actor.id
        session.add(row)
        session.flush()
        remember(session, actor, key, "importing.save_mapping", row.id)
        return row.id


@guarded(Permission.CASES_IMPORT)
def rename(actor: Actor, *, mapping_id: int, name: str, version: int, key: str) -> int:
    """Call a saved mapping otherwise; answers its id. Raises Problems, Changed, NotThere."""
    name = " ".join(name.split())
    check = Check()
    check.that(name, "name", N_("This is needed."))
    check.that(len(name) <= LONGEST_LINE, "name", N_("At most {most} characters."), most=LONGEST_LINE)
    check.done()
    with transaction(actor) as session:
        row = seen(session, ImportMapping, mapping_id, version, {"name": name})
        _check_alone(session, mapping_id, name)
        row.name = name
        return mapping_id


@guarded(Permission.CASES_IMPORT)
def remove(actor: Actor, *, mapping_id: int, version: int) -> None:
    """Take a saved mapping out of the list; imports made with it keep theirs."""
    with transaction(actor) as session:
        row = seen(session, ImportMapping, mapping_id, version, {"name": ""})
        if row.register != REGISTER:
            raise NotThere(f"mapping {mapping_id}")
        row.removed_at = clock.now()


@guarded(Permission.CASES_IMPORT)
def put_back(actor: Actor, *, mapping_id: int, version: int, key: str) -> int:
    """Put a removed mapping back into the list; answers its id. Raises Problems when its name is taken by now."""
    with transaction(actor) as session:
        row = seen(session, ImportMapping, mapping_id, version, {})
        if row.register != REGISTER:
            raise NotThere(f"mapping {mapping_id}")
        _check_alone(session, mapping_id, row.name)
        row.removed_at = None
        return mapping_id


def _check_alone(session: Session, mapping_id: int, name: str) -> None:
    """Two mappings of one name could not be told apart."""
    others = select(ImportMapping.id).where(
        ImportMapping.register == REGISTER,
        ImportMapping.name == name,
        ImportMapping.removed_at.is_(None),
        ImportMapping.id != mapping_id,
    )
    if session.scalar(others) is not None:
        raise Problems(Problem("name", N_("Another mapping is called so already.")))


def check_chosen(check: Check, chosen: Chosen, categories: frozenset[str]) -> None:
    """Note what is wrong with a choice, beside its heading or default."""
    singles: set[str] = set()
    check.that(len(chosen.columns) <= MOST_HEADINGS, "columns", N_("At most {most} columns."), most=MOST_HEADINGS)
    for heading, meant in chosen.columns.items():
        known = not meant or meant in FIELDS
        check.that(known, heading, N_("This is not one of the choices."))
        single = known and bool(meant) and not FIELDS[meant].many
        check.that(not single or meant not in singles, heading, N_("Another column has this meaning already."))
        singles.add(meant)
    check.that({"subject", "text"} & singles, "columns", N_("A column for the text or the subject is needed."))
    for name, code in chosen.defaults.items():
        choices = categories if name == "category" else DEFAULTS.get(name, ())
        check.that(code in choices, name, N_("This is not one of the choices."))


def as_document(chosen: Chosen, *, sheet: bool = True) -> str:
    """A choice as JSON."""
    document = {"columns": dict(chosen.columns), "defaults": dict(chosen.defaults)}
    return json.dumps(
        document | ({"sheet": chosen.sheet, "header_row": chosen.header_row} if sheet else {}), ensure_ascii=False
    )


def from_document(document: str) -> Chosen:
    """The choice `as_document` wrote."""
    told = json.loads(document)
    return Chosen(told.get("sheet", ""), told.get("columns", {}), told.get("defaults", {}), told.get("header_row", 0))
