"""The access matrix: every service x every role at its door, and every record of strangers behind it.

Nothing here names a service: doors, arguments and records come from the permission tables, the signatures and the
metadata. Behind the door the rule is one: a record that is not yours answers as one that does not exist.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, insert, select, update
from sqlalchemy.orm import Session, SessionTransaction

from db import engine
from db.base import Base
from db.engine import Database
from db.journal import JournalRow
from db.rules.permissions import GRANTS, Actor, Permission, Role, Scope
from db.rules.problems import NotThere, Refused
from db.services import acts
from db.services.turns import Turns
from tests.factories import SYSTEM
from tests.trust import world
from tests.trust.calls import Service
from tests.trust.world import BELOW, BESIDE, ROW

NOBODYS = 998
ROWS = (ROW, NOBODYS)
Call = tuple[Service, Actor, dict[str, Any]]
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
    "files.fetch": (
        _LEADERS | {Role.CLERK, Role.ASSESSOR},
        "a file is read with its case or its line of work, which cases:read and works:read open to them",
    ),
    "saves.last": (set(Role), "each table by its own permission; what reaches less is asked in its own test"),
    "cases.people.handlers": (set(Role), "names of colleagues by unit, which a matter two units share needs"),
    "duty.swap_lists.propose": ({Role.DIRECTOR}, "who plans every duty fills every place"),
    "duty.swaps.ask_swap": ({Role.DIRECTOR}, "the same"),
    "duty.swaps.name_taker": ({Role.DIRECTOR}, "the same"),
    "duty.swaps.take_over_now": ({Role.DIRECTOR}, "the same"),
    "duty.swaps.withdraw": ({Role.DIRECTOR}, "the same"),
    "scoring.ladders.ladder": ({Role.UNIT_HEAD}, "as of the board: the ladder is known, its rows are their own only"),
    "scoring.ladder_exports.ask": ({Role.UNIT_HEAD}, "the same"),
    "duty.exports.ask_months": ({Role.DIRECTOR}, "who plans every duty reads everybody's months"),
    "duty.history.months": ({Role.DIRECTOR}, "the same"),
    "duty.history.records": ({Role.DIRECTOR}, "the same"),
    "mediation.lists.register": (
        {role for role, rights in GRANTS.items() if rights.get(Permission.MEDIATION_STATE) is Scope.ALL},
        "that a file exists and how it stands, without a word of it",
    ),
    "layouts.ask": (set(Role), "a layout is the office's; what is put into it is checked on its own"),
    "office.facts.notice": (set(Role), "the text every resident is shown"),
    "scoring.board.board": ({Role.UNIT_HEAD}, "who is scored knows the assessment; its rows are their own only"),
}
_NO_SECRET = "a notice names no sealed case and no accusation, so there is none"
# What even the record's own people hear nothing of, and why; in a world of its own.
INCONCLUSIVE: dict[str, dict[str, str]] = {
    "unit": {"mediation.exports.ask_year": "the year of a committee without files is as empty as of none"},
    "sealed": {
        "batch.chosen": "a sealed case is never among many",
        "batch.start": "the same",
        "cases.likely_lists.call_different": "sealed cases are compared with none",
        "cases.likely_lists.call_repeat": "the same",
        "cases.likely_lists.reopen": "the same",
        "cases.merged.where_it_went": "a sealed case is merged into none",
        "intake.asking.takers": "an accusation goes to those above, whichever unit is accused",
        "meetings.becoming.become_supervision": _NO_SECRET,
        "supervision.answering.answer": _NO_SECRET,
        "supervision.drafting.rewrite": _NO_SECRET,
        "supervision.issuing.close": _NO_SECRET,
        "supervision.issuing.issue": _NO_SECRET,
        "supervision.issuing.issue_many": _NO_SECRET,
        "supervision.issuing.repeat": _NO_SECRET,
        "supervision.issuing.withdraw": _NO_SECRET,
        "supervision.paper.document": _NO_SECRET,
    },
    "aside": {"intake.asking.takers": "an accusation goes to those above, whichever unit is accused"},
}


@dataclass
class Figures:
    """What was asked and what was found."""

    calls: int = 0
    services: int = 0
    refused: int = 0
    conclusive: int = 0
    deviations: list[str] = field(default_factory=list)
    inconclusive: set[str] = field(default_factory=set)
    audited: set[str] = field(default_factory=set)


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


def in_the_journal(database: Database, chosen: Iterable[Service]) -> Figures:
    """Every service refuses somebody without any role, and the journal has it: nothing in between is replaced."""
    figures = Figures()
    nobody = replace(world.stranger(Role.VIEWER), roles=frozenset())
    _audit(database, [(service, nobody, service.arguments()) for service in chosen], figures)
    return figures


def _audit(database: Database, refused: list[Call], figures: Figures) -> None:
    """Each of these calls is refused, and the journal has one row more, which says by whom and where."""
    columns = (JournalRow.tbl, JournalRow.event, JournalRow.actor_id)
    for service, actor, how in refused:
        with database.reading() as session:
            seen = session.scalar(select(func.max(JournalRow.seq))) or 0
        figures.calls += 1
        with suppress(Refused, NotThere):
            service.call(actor, **how)
        with database.reading() as session:
            noted = [tuple(row) for row in session.execute(select(*columns).where(JournalRow.seq > seen))]
        # A service may ask another one, which refuses in its own name first.
        if not noted or noted[-1] != (service.name, "refused", actor.id) or {row[1] for row in noted} != {"refused"}:
            figures.deviations.append(f"{service.name}: refused to {min(actor.roles, default='nobody')}, noted {noted}")
        else:
            figures.refused += 1
            figures.audited.add(service.name)


def behind_the_doors(
    database: Database, chosen: Iterable[Service], *, reached: str = "unit", every_way: bool = False
) -> Figures:
    """Every service that names a record, by every role whose reach ends before it.

    `reached`: "unit" for people of another unit or one below; "secret" for a case that is sealed, or everybody
    stepped aside from. A service is asked in further ways, and at other times of the other world, until the record's
    own people get another answer for it than for none; with `every_way` in all of them. What was refused is asked
    once more in earnest, and must be in the journal.
    """
    figures = Figures()
    asked = {one: list(strangers(one.permission, reached)) for one in chosen if one.names_records}
    left = [one for one, them in asked.items() if them]
    figures.services = len(left)
    shown: set[str] = set()
    for state in world.STATES:
        refused: dict[str, Call] = {}
        with world.at_another_time(database, state):
            with taken_back() as ask:
                for one in left:
                    if _behind_one_door(one, asked[one], figures, ask, refused, every_way=every_way):
                        shown.add(one.name)
            _audit(database, [call for name, call in refused.items() if name not in figures.audited], figures)
        figures.inconclusive = {one.name for one in left} - shown
        left = left if every_way else [one for one in left if one.name not in shown]
    return figures


def _behind_one_door(
    service: Service,
    asked: list[Actor],
    figures: Figures,
    ask: Any,
    refused: dict[str, Call],
    *,
    every_way: bool,
) -> bool:
    """Whether the record's own people got another answer for it than for none."""
    tried: list[tuple[tuple[dict[str, Any], dict[str, Any]], bool]] = []
    for way in zip(service.ways(ROW), service.ways(NOBODYS), strict=True):
        theirs, none = (ask(service, world.one_of_them(), row, **how) for row, how in zip(ROWS, way, strict=True))
        tried.append((way, theirs != none))
        if theirs != none and not every_way:
            break
    told = [(way, exists) for way, exists in tried if exists] or tried[:1]
    for way, exists in told:
        for stranger in asked:
            figures.calls += 1
            there, nowhere = (ask(service, stranger, row, **how) for row, how in zip(ROWS, way, strict=True))
            if there.told.startswith(("NotThere", "Refused")):
                figures.refused += 1
                refused.setdefault(service.name, (service, stranger, way[0]))
            figures.conclusive += exists
            role = min(stranger.roles)
            if there != nowhere and role not in REACHES.get(service.name, (set(), ""))[0]:
                said = f"{service.name}: {role.value} of {stranger.unit_id}: {there} and not {nowhere}"
                figures.deviations.append(said)
    return any(exists for _, exists in told)


def strangers(permission: Permission, reached: str) -> Iterator[Actor]:
    """Who holds the permission and does not reach the other world with it, or its secret case."""
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

    def begun(_session: Session, transaction: SessionTransaction, connection: Connection) -> None:
        if transaction.parent is None:
            changed[0] = _changes(connection)

    def undo(session: Session) -> None:
        session.flush()
        if session.get_nested_transaction() is None and _changes(session.connection()) != changed[0]:
            rows = select(JournalRow.tbl, JournalRow.event).where(JournalRow.seq > seen[0]).order_by(JournalRow.seq)
            written.extend((row.tbl, row.event) for row in session.execute(rows))
            raise Undone

    seen, changed = [0], [0]

    def ask(service: Service, actor: Actor, row: int, **how: Any) -> Outcome:
        written.clear()
        for one in _counted():
            one._inside._left.clear()
        try:
            told = repr(service.call(actor, **(how or service.arguments(row))))
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
        event.listen(Session, "after_begin", begun)
        event.listen(Session, "before_commit", undo)
        try:
            yield ask
        finally:
            event.remove(Session, "before_commit", undo)
            event.remove(Session, "after_begin", begun)


def _changes(connection: Connection) -> int:
    """How many rows this connection of SQLite ever changed: what changed none is let through, and answers."""
    return int(connection.connection.dbapi_connection.total_changes)  # type: ignore[union-attr]


@cache
def _counted() -> tuple[Turns, ...]:
    """What counts how often somebody asks within an hour: nobody has asked yet."""
    modules = [module for name, module in sys.modules.items() if name.startswith("db.services")]
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Turns))


def seal(database: Database) -> None:
    """The other world's case and its twin become accusations nobody but their own people see."""
    case = Base.metadata.tables["case_file"]
    with database.transaction(SYSTEM) as session:
        session.execute(update(case).where(case.c.id.in_((ROW, BELOW))).values(sealed=True, kind="accusation"))


def step_aside(database: Database) -> None:
    """Everybody who could ask steps aside from the other world's case and its twin (Art. 28)."""
    aside = Base.metadata.tables["case_recusal"]
    with database.transaction(SYSTEM) as session:
        for role, case_id in product(Role, (ROW, BELOW)):
            number = len(Role) * case_id + list(Role).index(role)
            theirs = {"id": number, "person_id": world.stranger(role).id, "case_id": case_id}
            session.execute(insert(aside).values(world.row_of(aside) | theirs))
