"""Saving actions on the wire: what a browser sends when a button is pressed, sent by somebody who may not.

Nothing here names a form: every screen is opened by somebody with every right, every button is remembered as the
socket told it, and so are the forms its press draws. Then the right is taken away, in the database, while the tabs
stay open; or somebody else sends the same bytes. Only the journal says what happened.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update
from websockets.exceptions import ConnectionClosed

from components.screens import SCREENS, Screen
from db import engine
from db.engine import Database
from db.journal import JournalRow
from db.models import Case, CaseAccess, Person, PersonRole
from db.rules.permissions import Role
from db.settings import secrets_of
from tests.factories import SYSTEM, settings_for
from tests.serving import Served
from tests.wsclient import Run, Tab, Widget

# What a press may write whose page is refused: that it was refused, and the session's own hour.
_NO_CHANGE = {"refused"}
_OWN = {"sign_in_session"}
_NO_SAVING = ("sign_out", "language_choice", "find-box-go")
_WORDS = {"text_input": "七八", "text_area": "七八"}


@dataclass
class Sent:
    """What was sent and what it did; `alive` counts the presses that write when the right is there."""

    actions: int = 0
    alive: int = 0
    sections: set[str] = field(default_factory=set)
    deviations: list[str] = field(default_factory=list)


@dataclass
class Opened:
    """A tab with buttons to press in it."""

    tab: Tab
    screen: Screen
    buttons: tuple[Widget, ...]


@contextmanager
def beside(folder: Path) -> Iterator[Database]:
    """The file of a running server, opened once more: what an administrator in another tab would change.

    SQLite keeps two writers apart; the lock of ours, which forbids a second program, is not taken.
    """
    settings = settings_for(folder)
    keys = secrets_of(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_sole_writer", lambda _: None)
        database = Database(settings, keys, engine._engine(settings, keys))
    with closing(database):
        yield database


def may(database: Database, username: str, roles: Iterable[Role]) -> None:
    """The roles of somebody from now on; no session ends."""
    with database.transaction(SYSTEM) as session:
        person_id = session.scalars(select(Person.id).where(Person.username == username)).one()
        session.execute(delete(PersonRole).where(PersonRole.person_id == person_id))
        for role in roles:
            session.execute(insert(PersonRole).values(person_id=person_id, role=role.value))


def without_the_right(
    served: Served, database: Database, name: str, screens: Sequence[Screen] = SCREENS, *, most: int = 3
) -> Sent:
    """Every form drawn for somebody with all roles, sent once all roles are gone; and again when they are back."""
    sent = Sent()
    may(database, name, Role)

    async def each(screen: Screen, token: str) -> None:
        async with AsyncExitStack() as tabs:
            opened = [one async for one in _forms(served, token, screen, tabs, most)]
            may(database, name, ())
            for one in opened:
                with suppress(ConnectionClosed):  # one of the buttons ended the session it was in
                    for row in await _pressed(database, one):
                        sent.deviations.append(f"{screen.path} {[b.label or b.id[-30:] for b in one.buttons]}: {row}")
                    sent.actions += len(one.buttons)
                    sent.sections.add(screen.section)
            may(database, name, Role)
            async with Tab(served.url, token) as tab:
                again = await _first(tab, screen)
                for button in again.buttons[:2]:
                    sent.alive += bool(await _pressed(database, Opened(tab, screen, (button,))))
                    again = await _first(tab, screen)

    for screen in screens:
        token = served.sign_in(name)
        with suppress(ConnectionClosed):
            asyncio.run(each(screen, token))
        may(database, name, Role)
    return sent


def by_somebody_else(
    served: Served, database: Database, name: str, other: str, screens: Sequence[Screen] = SCREENS
) -> Sent:
    """The same bytes from a colleague without any role, whose tab is at the same address."""
    sent = Sent()
    may(database, name, Role)
    may(database, other, ())
    theirs, own = served.sign_in(name), served.sign_in(other)

    async def each(screen: Screen) -> None:
        async with Tab(served.url, theirs) as tab, Tab(served.url, own) as thief:
            one = await _first(tab, screen)
            await thief.visit(screen.path, tab.query)
            thief.like(tab)
            sent.actions += len(one.buttons)
            sent.sections.add(screen.section)
            for row in await _pressed(database, Opened(thief, screen, one.buttons)):
                sent.deviations.append(f"{screen.path} by {other}: {row}")

    for screen in screens:
        asyncio.run(each(screen))
    return sent


def of_a_case_sealed_since(served: Served, database: Database, name: str, case_id: int, *, most: int = 12) -> Sent:
    """The forms of a case, sent by who saw it before it became an accusation they were not let into."""
    sent = Sent()
    token = served.sign_in(name)
    screen = next(screen for screen in SCREENS if screen.path == "case")

    async def each() -> None:
        async with AsyncExitStack() as tabs:
            opened = [one async for one in _forms(served, token, screen, tabs, most, f"id={case_id}")]
            with database.transaction(SYSTEM) as session:
                session.execute(delete(CaseAccess).where(CaseAccess.case_id == case_id))
                sealed = {"sealed": True, "kind": "accusation", "registered_by_id": None, "handler_id": None}
                session.execute(update(Case).where(Case.id == case_id).values(**sealed))
            for one in opened:
                sent.actions += len(one.buttons)
                for row in await _pressed(database, one):
                    sent.deviations.append(f"case {case_id} {[b.label or b.id[-30:] for b in one.buttons]}: {row}")

    asyncio.run(each())
    return sent


async def _forms(
    served: Served, token: str, screen: Screen, tabs: AsyncExitStack, most: int, query: str = ""
) -> AsyncIterator[Opened]:
    """A tab for each button of a screen, and one for the buttons its press draws."""
    looking = await tabs.enter_async_context(Tab(served.url, token))
    first = await _first(looking, screen, query)
    for button in first.buttons[:most]:
        tab = await tabs.enter_async_context(Tab(served.url, token))
        await _first(tab, screen, looking.query)
        yield Opened(tab, screen, (button,))
        further = await tabs.enter_async_context(Tab(served.url, token))
        await _first(further, screen, looking.query)
        await further.send(button)
        drawn = (await further.settle(0.2))[-1:]  # none when the button ended the session
        new = tuple(one for run in drawn for one in _buttons(run) if one.id not in {b.id for b in first.buttons})
        if new:
            _type(further, drawn[0])
            yield Opened(further, screen, new)


async def _first(tab: Tab, screen: Screen, query: str = "") -> Opened:
    """The screen at its address; a screen of one record with the first of three that has the most buttons."""
    asked = (query,) if query or screen.in_menu else tuple(f"id={number}" for number in (1, 2, 3))
    runs = [(len(_buttons(run)), where) for where in asked if (run := await tab.visit(screen.path, where))]
    run = await tab.visit(screen.path, max(runs)[1])
    _type(tab, run)
    return Opened(tab, screen, _buttons(run))


def _type(tab: Tab, run: Run) -> None:
    for one in run.widgets:
        if one.kind in _WORDS:
            tab.say(one, _WORDS[one.kind])


def _buttons(run: Run) -> tuple[Widget, ...]:
    return tuple(one for one in run.widgets if one.kind == "button" and not one.id.endswith(_NO_SAVING))


async def _pressed(database: Database, one: Opened) -> list[tuple[str, str]]:
    """What the journal says was changed by pressing these buttons at once."""
    before = _last(database)
    await one.tab.send(*one.buttons)
    await one.tab.settle(0.2)
    with database.reading() as session:
        rows = select(JournalRow.tbl, JournalRow.event).where(JournalRow.seq > before)
        noted = [(row.tbl, row.event) for row in session.execute(rows)]
    return [(tbl, event) for tbl, event in noted if event not in _NO_CHANGE and tbl not in _OWN]


def _last(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(JournalRow.seq).order_by(JournalRow.seq.desc()).limit(1)) or 0
