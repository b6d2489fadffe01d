"""The access matrix: every service x every role at its door, and every record of strangers behind it.

Nothing here names a service: doors, arguments and records come from the permission tables, the signatures and the
metadata. Behind the door the rule is one: a record that is not yours answers as one that does not exist.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select, update
from sqlalchemy.orm import Session

from db import engine
from db.base import Base
from db.engine import Database
from db.journal import JournalRow
from db.rules.permissions import GRANTS, Actor, Permission, Role, Scope
from db.rules.problems import NotThere, Refused
from db.services import acts
from tests.factories import SYSTEM
from tests.trust import world
from tests.trust.calls import Service
from tests.trust.world import BELOW, BESIDE, ROW

NOBODYS = 998
ABOUT_CASES = {p for p in Permission if p.value.startswith(("cases:", "intake:", "ledgers:"))}
# Whose permission speaks of cases, but whose record is a file brought in, or somebody's leave.
ABOUT_CASES -= {Permission.CASES_IMPORT, Permission.CASES_STAND_IN}
_LEADERS = {Role.DUTY_DEPUTY, Role.DUTY_LEADER, Role.DIRECTOR}
# service: who reaches further than its own permission says, and why
REACHES: dict[str, tuple[set[Role], str]] = {
    "files.remove": (
        _LEADERS | {Role.CLERK},
        "a file goes with its case, which cases:read and cases:edit open to them",
    ),
    "files.restore": (_LEADERS | {Role.CLERK}, "the same"),
    "duty.exports.ask_months": ({Role.DIRECTOR}, "who plans every duty reads everybody's months"),
    "duty.history.months": ({Role.DIRECTOR}, "the same"),
    "duty.history.records": ({Role.DIRECTOR}, "the same"),
    "layouts.ask": (set(Role), "a layout is the office's; what is put into it is checked on its own"),
    "office.facts.notice": (set(Role), "the text every resident is shown"),
    "scoring.board.board": ({Role.UNIT_HEAD}, "who is scored knows the assessment; its rows are their own only"),
}


@dataclass
class Figures:
    """What was asked and what was found."""

    calls: int = 0
    refused: int = 0
    conclusive: int = 0
    deviations: list[str] = field(default_factory=list)
    inconclusive: set[str] = field(default_factory=set)
    told: Counter[str] = field(default_factory=Counter)


class Undone(Exception):
    """Everything went well, and is taken back."""


@dataclass(frozen=True)
class Outcome:
    """What a call told its caller, and which tables it would have written."""

    told: str
    wrote: tuple[tuple[str, str], ...] = ()


def at_the_doors(chosen: Iterable[Service], roles: Iterable[Role] = tuple(Role)) -> Figures:
    """Every service by every role: let in or refused as its permission says; refusals are told to the journal."""
    figures = Figures()
    noted: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(acts, "_journal_refusal", lambda _actor, name, *_: noted.append(name))
        for service in chosen:
            for role in roles:
                _at_one_door(service, role, figures, noted)
    return figures


def _at_one_door(service: Service, role: Role, figures: Figures, noted: list[str]) -> None:
    may = service.permission in GRANTS[role]
    if may and not service.asks_for_something:
        return  # it would run: behind the door has the rest
    noted.clear()
    figures.calls += 1
    try:
        service.call(world.stranger(role))
    except Refused:
        figures.refused += 1
        fine = not may and noted == [service.name]
    except TypeError:  # let in, and then asked what it is about
        fine = may
    else:
        fine = False
    if not fine:
        figures.deviations.append(f"{service.name}: {role.value} {'may' if may else 'may not'}")


def behind_the_doors(chosen: Iterable[Service], *, reached: str = "unit") -> Figures:
    """Every service that names a record, by every role whose reach ends before it.

    `reached`: "unit" for people of another unit or one below; "secret" for a case that is sealed, or everybody
    stepped aside from.
    """
    figures = Figures()
    with taken_back() as ask:
        for service in chosen:
            if service.names_records:
                _behind_one_door(service, figures, ask, reached)
    return figures


def _behind_one_door(service: Service, figures: Figures, ask: Any, reached: str) -> None:
    asked = list(_strangers(service.permission, reached))
    if not asked:
        return
    theirs = ask(service, world.one_of_them(), ROW)
    exists = theirs != ask(service, world.one_of_them(), NOBODYS)
    figures.told[theirs.told.partition(":")[0]] += 1
    if not exists:
        figures.inconclusive.add(service.name)
    for stranger in asked:
        figures.calls += 1
        there, nowhere = ask(service, stranger, ROW), ask(service, stranger, NOBODYS)
        figures.refused += there.told.startswith(("NotThere", "Refused"))
        figures.conclusive += exists
        role = min(stranger.roles)
        if there != nowhere and role not in REACHES.get(service.name, (set(), ""))[0]:
            figures.deviations.append(f"{service.name}: {role.value} of {stranger.unit_id}: {there} and not {nowhere}")


def _strangers(permission: Permission, reached: str) -> Iterator[Actor]:
    for role in Role:
        scope = GRANTS[role].get(permission)
        if scope is None:
            continue
        if reached == "unit" and scope is not Scope.ALL:
            yield world.stranger(role, BESIDE)
            if scope is Scope.UNIT_BELOW:
                yield world.stranger(role, BELOW)
        if reached == "secret" and permission in ABOUT_CASES:
            yield world.stranger(role, BESIDE)


@contextmanager
def taken_back() -> Iterator[Any]:
    """A way to call a service whose writing is taken back; answers the outcome with the record's number left out."""
    written: list[tuple[str, str]] = []

    def undo(session: Session) -> None:
        if session.get_nested_transaction() is None:
            rows = select(JournalRow.tbl, JournalRow.event).where(JournalRow.seq > seen[0]).order_by(JournalRow.seq)
            written.extend((row.tbl, row.event) for row in session.execute(rows))
            raise Undone

    seen = [0]

    def ask(service: Service, actor: Actor, row: int) -> Outcome:
        written.clear()
        try:
            told = repr(service.call(actor, **service.arguments(row)))
        except Undone:
            told = "written"
        except Exception as error:
            # Which of its records was not there, nobody is told.
            told = "NotThere" if isinstance(error, NotThere) else f"{type(error).__name__}: {error}"
        return Outcome(re.sub(rf"\b{row}\b", "#", told), tuple(written))

    with engine.reading() as session:
        seen[0] = session.scalar(select(func.max(JournalRow.seq))) or 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(acts, "_journal_refusal", lambda *_: None)
        event.listen(Session, "before_commit", undo)
        try:
            yield ask
        finally:
            event.remove(Session, "before_commit", undo)


def seal(database: Database) -> None:
    """The other world's case becomes an accusation nobody but its own people sees."""
    case = Base.metadata.tables["case_file"]
    with database.transaction(SYSTEM) as session:
        session.execute(update(case).where(case.c.id == ROW).values(sealed=True, kind="accusation"))


def step_aside(database: Database) -> None:
    """Everybody who could ask steps aside from the other world's case (Art. 28)."""
    aside = Base.metadata.tables["case_recusal"]
    with database.transaction(SYSTEM) as session:
        for role in Role:
            theirs = {"id": world.stranger(role).id, "person_id": world.stranger(role).id}
            session.execute(insert(aside).values(world.row_of(aside) | theirs))
