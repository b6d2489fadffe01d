"""Every screen by every role, and every screen of one record with a stranger's: generated from components/screens.py.

A screen a role may not open says so and nothing else; a stranger's record looks like one that does not exist.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from components import account
from components.screens import SCREENS, Screen
from db import clock
from db.engine import Database
from db.journal import JournalRow
from db.rules.permissions import Actor, Role
from tests.factories import NOW
from tests.pages.opening import open_screen, seat_for
from tests.trust import world
from tests.trust.matrix import strangers

NOBODYS = 9_999_998
# The first so many records of each kind are tried, until their own people see one.
TRIED = 6
# What differs from run to run and says nothing.
_IDS = re.compile(r'^\s*(id|form_id|user_key|group_id|page_script_hash|url): ".*"$|\$\$\S+|kept-\w+-', re.MULTILINE)
_REFUSAL = {"title", "heading", "info", "alert"}
_ALWAYS = {"html", "empty", "unknown", "bidi_component"}


@dataclass
class Loads:
    """What was opened and what was found; `records` are the screens that show their own people a record."""

    loads: int = 0
    refused: int = 0
    compared: int = 0
    records: dict[str, int] = field(default_factory=dict)
    deviations: list[str] = field(default_factory=list)


def by_every_role(
    database: Database, screens: Iterable[Screen] = SCREENS, roles: Iterable[Role] = tuple(Role)
) -> Loads:
    """Each screen by each role: drawn without an error, or refused, and the refusal noted."""
    figures = Loads()
    with _opening() as opened:
        for screen in screens:
            for role in Role:
                actor, before = world.stranger(role), _refusals(database)
                app = opened(actor, screen)
                figures.loads += 1
                refused, noted = _says_no(app), _refusals(database) - before
                figures.refused += refused
                if app.exception or refused == actor.may(screen.permission) or (refused and not noted):
                    figures.deviations.append(f"{screen.path}: {role}, {refused=}, {noted=} {list(app.exception)[:1]}")
    return figures


def with_a_record(one_of_them: Actor, screens: Iterable[Screen] = SCREENS, *, record: int = 0) -> Loads:
    """Each screen that shows `one_of_them` a record, by each role whose reach ends before it: as if there were none.

    With `record`, a secret case: nobody else reaches it, whatever their right.
    """
    figures = Loads()
    with _opening() as opened:
        for screen in screens:
            reached = "secret" if record else "unit"
            asked = [one for one in strangers(screen.permission, reached) if one.unit_id == world.BESIDE]
            shown = _record_of(opened, one_of_them, screen, figures, record) if asked else 0
            if not shown:
                continue
            figures.records[screen.path] = shown
            for stranger in asked:
                figures.loads += 2
                figures.compared += 1
                there = _told(opened, stranger, screen, shown)
                nowhere = _told(opened, stranger, screen, NOBODYS, instead=shown)
                if there != nowhere:
                    more = [line for line in there if line not in nowhere]
                    role = min(stranger.roles)
                    figures.deviations.append(f"{screen.path} {shown}: {role} sees {more[:2]}"[:400])
    return figures


def _record_of(opened: Callable[..., AppTest], actor: Actor, screen: Screen, figures: Loads, record: int) -> int:
    """The number of a record the screen shows this person; 0 when it shows none."""
    nothing = _told(opened, actor, screen, NOBODYS)
    figures.loads += 1
    for row in (record,) if record else range(1, TRIED + 1):
        figures.loads += 1
        if _told(opened, actor, screen, row) != [line.replace(str(NOBODYS), str(row)) for line in nothing]:
            return row
    return 0


@contextmanager
def _opening() -> Iterator[Callable[..., AppTest]]:
    """open(actor, screen, row): the real app.py, at the address of a record or of none; the clock stands."""
    stands: ContextVar[Any] = ContextVar("stands", default=lambda: NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "_set_clock", stands)

        def opened(actor: Actor, screen: Screen, row: int = 0) -> AppTest:
            st.cache_data.clear()
            st.cache_resource.clear()
            patch.setattr(account, "who_is_here", lambda: seat_for(actor, "en"))
            return open_screen(screen, **{"id": str(row)} if row else {})

        yield opened


def _says_no(app: AppTest) -> bool:
    """Whether it is the refusal, and nothing besides it."""
    said = [element.value for element in app.info]
    drawn = {kind for kind, words in _drawn(app.main) if 'label: "Find"' not in words} - _ALWAYS
    return "You may not open this page." in said and drawn <= _REFUSAL


def _told(opened: Callable[..., AppTest], actor: Actor, screen: Screen, row: int, *, instead: int = 0) -> list[str]:
    """Everything drawn; with the number `instead` of the row's own."""
    drawn = _drawn(opened(actor, screen, row).main)
    said = [f"{kind} {_IDS.sub('', words)}" for kind, words in drawn]
    return [line.replace(str(row), str(instead)) for line in said] if instead else said


def _drawn(block: Any) -> Iterator[tuple[str, str]]:
    for child in block.children.values():
        if isinstance(child, Block):
            yield from _drawn(child)
        else:
            yield child.type, str(child.proto)


def _refusals(database: Database) -> int:
    with database.reading() as session:
        noted = select(func.count()).where(JournalRow.event == "refused")
        return int(session.scalar(noted) or 0)
