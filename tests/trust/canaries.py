"""Identity canaries: planted names and telephones, and every place they could come out at who may not read them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import select

from components import account
from components.screens import SCREENS
from db.engine import Database
from db.journal import JournalRow
from db.rules.intake import Party
from db.rules.permissions import Actor, Permission
from db.services import exports, finding
from db.services.cases import Choice, Tab
from tests.db.services import stages
from tests.db.services.stages import brought
from tests.factories import Office
from tests.pages.opening import open_screen, seat_for
from tests.trust.calls import services
from tests.trust.matrix import taken_back

WAYS = ((), stages.HANDLING, stages.SIGNED, stages.REPLIED, stages.CLOSED)


@dataclass
class Figures:
    """Where was looked, and what came out there."""

    planted: int = 0
    looks: int = 0
    characters: int = 0
    hits: list[str] = field(default_factory=list)
    seen_by_those_who_may: int = 0


def plant(office: Office, how_many: int) -> tuple[tuple[str, ...], list[int]]:
    """Cases told by `how_many` invented people, two signs each; every fourth sealed."""
    signs, ids = [], []
    for number in range((how_many + 1) // 2):
        name, contact = f"欧阳鸢{chr(0x4E00 + 7 * number)}尾", f"1549{number:07d}"
        signs += [name, contact]
        way = () if number % 4 == 3 else WAYS[number % len(WAYS)]
        ids.append(brought(office, way, sealed=number % 4 == 3, parties=(Party(name=name, contact=contact),)))
    return tuple(signs), ids


def look(database: Database, office: Office, signs: tuple[str, ...], ids: list[int], people: Iterable[str],
         *, every: int = 1) -> Figures:  # fmt: skip
    """Everything those people may open, read for the signs; `every` n-th screen and service only."""
    figures = Figures(planted=len(signs))
    for who in people:
        actor = office.people[who]
        for where, told in _everything(database, actor, ids, every):
            figures.looks += 1
            figures.characters += len(told)
            figures.hits += [f"{who}, {where}: {sign}" for sign in signs if sign in told]
    with database.reading() as session:
        told = repr(session.execute(select(JournalRow)).scalars().all()) + repr(
            [vars(row) for row in session.scalars(select(JournalRow))]
        )
        figures.hits += [f"journal: {sign}" for sign in signs if sign in told]
    return figures


def _everything(database: Database, actor: Actor, ids: list[int], every: int) -> Iterator[tuple[str, str]]:
    yield from _screens(actor, ids, every)
    yield from _services(actor, ids, every)
    yield from _export(actor)
    yield "log", "\n".join(path.read_text("utf-8") for path in database.settings.folder.glob("*.log"))


def _screens(actor: Actor, ids: list[int], every: int) -> Iterator[tuple[str, str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(account, "who_is_here", lambda: seat_for(actor, "zh"))
        for number, screen in enumerate(SCREENS):
            if number % every and screen.path != "case":
                continue
            for query in [{}] if screen.path != "case" else [{"id": str(one)} for one in ids[:: every * 2]]:
                st.cache_data.clear()
                app = open_screen(screen, "zh", **query)
                yield f"screen {screen.path} {query}", _drawn(app)


def _drawn(app: Any) -> str:
    """Everything that was sent, tables whole."""
    tables = "".join(frame.value.to_csv() for frame in app.dataframe)
    return str(app.main) + str(app.sidebar) + tables + "".join(str(error.value) for error in app.exception)


def _services(actor: Actor, ids: list[int], every: int) -> Iterator[tuple[str, str]]:
    """Answers and refusals of every service that writes nothing, also of those that may not be asked."""
    with taken_back() as ask:
        for number, service in enumerate(services()):
            if number % every or any(p.name == "key" for p in service.parameters):
                continue
            if service.permission is Permission.CASES_UNMASK and actor.may(Permission.CASES_UNMASK):
                continue
            for one in ids[: 1 if every > 1 else 3]:
                yield service.name, ask(service, actor, one).told


def _export(actor: Actor) -> Iterator[tuple[str, str]]:
    exports._asked._inside._left.clear()
    columns = ("number", "subject", "resident", "contact")
    for plain in (False, True):
        try:
            asked = exports.ask(actor, choice=Choice(tab=Tab.ALL), columns=columns, language="zh", plain=plain)
            told = exports.fetch(actor, token=asked.token)
        except Exception as error:
            yield "export", repr(error)
        else:
            yield "export", told.rows.to_csv()
    try:
        yield "find", repr(finding.find(actor, text="欧阳鸢"))
    except Exception as error:
        yield "find", repr(error)
