"""Every own route by every role, with a stranger's record: generated from the collected routes.

Nothing here names a route: which door one leads to is read in the journal, after somebody without any role asked.
"""

import asyncio
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from components.front_door import incidents, routes
from components.front_door.guard import Guard
from db.documents.forms import forms
from db.engine import Database
from db.journal import JournalRow
from db.rules.permissions import Actor, Permission, Role
from db.rules.problems import LinliError
from db.services.acts import DOORS
from tests.pages.opening import seat_for
from tests.trust import world
from tests.trust.matrix import NOBODYS, REACHES, strangers
from tests.trust.world import ROW

# Names in the question that say which record is meant.
QUESTION = ("case", "dispute", "of")
_CHANGING = re.compile(rb"\b(900|998)\b|[0-9A-F]{4}-[0-9A-F]{4}|nonce-\S+")


@dataclass
class Asked:
    """What was asked for and what was found; `shown` are routes that show a record's own people more than nothing."""

    requests: int = 0
    refused: int = 0
    shown: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    audited: set[str] = field(default_factory=set)
    deviations: list[str] = field(default_factory=list)


class Office:
    """The own routes behind the real guard, and who sits there."""

    def __init__(self, app: Starlette) -> None:
        self._inside = ASGITransport(app, raise_app_exceptions=False)
        self.actor: Actor | None = None

    def get(self, actor: Actor | None, address: str) -> Response:
        """What this person is answered."""
        self.actor = actor
        return asyncio.run(self._get(address))

    async def _get(self, address: str) -> Response:
        async with AsyncClient(transport=self._inside, base_url="http://127.0.0.1") as client:
            return await client.get(address)


@contextmanager
def the_office() -> Iterator[Office]:
    """All routes without a browser; whose cookie it is, we say."""
    handlers = dict.fromkeys((HTTPException, LinliError), incidents.on_route_error)
    app = Starlette(routes=list(routes.collected()), middleware=[Middleware(Guard)], exception_handlers=handlers)
    office = Office(app)

    async def seat(_self: Guard, _scope: object) -> object:
        return seat_for(office.actor, "en")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Guard, "_seat", seat)
        # Sheets of a made-up record may not be drawn; what strangers are answered is looked at, not that.
        patch.setattr(logging.getLogger("linli.incident"), "disabled", True)
        yield office


def with_a_record(database: Database, *, reached: str = "unit", every: int = 1) -> Asked:
    """Every address that names a record, by every role whose reach ends before it, and by nobody.

    Where a form is named, every `every`-th.
    """
    found = Asked()
    with the_office() as office:
        for route in routes.collected():
            if isinstance(route, Route) and "GET" in (route.methods or ()):
                for pattern in _addresses(route, every):
                    _ask(database, office, route.path, pattern, found, reached)
    found.silent -= found.shown
    return found


def _ask(database: Database, office: Office, path: str, pattern: str, found: Asked, reached: str) -> None:
    there, nowhere = (pattern.replace("#", str(row)) for row in (ROW, NOBODYS))
    found.requests += 1
    anybody = office.get(None, there)
    if anybody.status_code != 401 and path not in routes.public_paths():
        found.deviations.append(f"{there}: nobody is answered {anybody.status_code}")
    door = _door(database, office, there)
    if not door:
        return
    found.audited.add(path)
    asked = list(strangers(door[1], reached))
    if not asked:
        return
    own = [office.get(world.one_of_them(), address) for address in (there, nowhere)]
    shows = _said(own[0]) != _said(own[1])
    (found.shown if shows else found.silent).add(path)
    for stranger in asked:
        found.requests += 2
        answers = [office.get(stranger, address) for address in (there, nowhere)]
        found.refused += answers[0].status_code in (403, 404)
        further = REACHES.get(door[0], (set(), ""))[0]
        if _said(answers[0]) != _said(answers[1]) and min(stranger.roles) not in further:
            codes = [answer.status_code for answer in answers]
            found.deviations.append(f"{there}: {min(stranger.roles)} of {stranger.unit_id} is answered {codes}")


def _door(database: Database, office: Office, address: str) -> tuple[str, Permission] | None:
    """The service a route leads to and its permission, as the journal names them when it refuses."""
    with database.reading() as session:
        seen = session.scalar(select(func.max(JournalRow.seq))) or 0
    nobody = replace(world.stranger(Role.VIEWER), roles=frozenset())
    office.get(nobody, address)
    with database.reading() as session:
        refused = select(JournalRow.tbl).where(JournalRow.seq > seen, JournalRow.event == "refused")
        name = session.scalars(refused.order_by(JournalRow.seq).limit(1)).one_or_none()
    return (name, DOORS[name]) if name in DOORS else None


def _addresses(route: Route, every: int) -> Iterator[str]:
    """The addresses of a route, with # for the record; of forms every `every`-th."""
    if route.path in routes.public_paths():
        return
    path = re.sub(r"\{\w+:int\}", "#", route.path)
    for code in list(forms())[::every] if "{form}" in path else ("",):
        one = path.replace("{form}", code)
        yield one + "?" + "&".join(f"{name}=#" for name in QUESTION)
        yield one + "?" + "&".join(f"{name}=#" for name in QUESTION if name != "of")


def _said(answer: Response) -> tuple[int, str, bytes]:
    kind = answer.headers.get("content-type", "")
    text = kind.startswith("text/")
    return answer.status_code, kind, _CHANGING.sub(b"#", answer.content) if text else b""
