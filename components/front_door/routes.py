"""Own routes, collected from modules, and what every one of them starts with.

A module of routes has

    ROUTES: list[BaseRoute]          required
    PUBLIC_PATHS: set[str]           optional: paths that answer without a session

and is named in `MODULES`. The guard refuses any path that is neither listed there nor a screen, so a
route needs no check of its own against strangers; one that serves something of the office begins with

    actor = signed_in(request)

and passes `actor` to a service like a page does. Refused becomes 403, NotThere 404, Problems 422, Changed
409, each with our own page. POST, PUT, PATCH and DELETE reach a route only from our own origin. Services
are not asynchronous: make the endpoint a plain `def` (it runs on a thread), or use asyncio.to_thread.
"""

import importlib
from functools import cache
from types import ModuleType

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from components.front_door import addresses
from db.rules.permissions import Actor
from db.services.accounts import Seat

MODULES = (
    "components.front_door.session_routes",
    "components.front_door.set_up",
    "components.front_door.documents",
    "components.front_door.case_files",
    "components.front_door.duty_papers",
    "components.front_door.duty_sheets",
    "components.front_door.score_papers",
    "components.front_door.rubric_sheets",
    "components.front_door.supervision_papers",
    "components.front_door.meeting_papers",
    "components.front_door.briefing_papers",
    "components.front_door.chart_files",
    "components.front_door.exports",
    "components.front_door.files",
    "components.front_door.layout_files",
    "components.front_door.sheets",
    "components.front_door.data_copies",
    "components.front_door.protection_reports",
    "components.front_door.progress",
)
# No row has a larger id; a database refuses to compare with one.
LARGEST_ID = 2**31 - 1
LONGEST_ID = len(str(LARGEST_ID))


@cache
def collected() -> tuple[BaseRoute, ...]:
    """Every own route, in the order of MODULES."""
    return tuple(route for module in _modules() for route in module.ROUTES)


@cache
def public_paths() -> frozenset[str]:
    """Own paths that answer without a session."""
    named: list[set[str]] = [getattr(module, "PUBLIC_PATHS", set()) for module in _modules()]
    return frozenset(addresses.OWN_PUBLIC.union(*named))


def is_own(scope: Scope) -> bool:
    """Whether one of our own routes answers this path."""
    return any(route.matches(scope)[0] is not Match.NONE for route in collected())


def seat_at(request: Request) -> Seat | None:
    """Who presents a good cookie with this request, as the guard just read it from the database."""
    seat: Seat | None = getattr(request.state, "seat", None)
    return seat


def signed_in(request: Request) -> Actor:
    """Who asks; raises 401 for nobody and 403 for somebody whose account needs something first."""
    seat = seat_at(request)
    if seat is None:
        raise HTTPException(401)
    if not seat.at_work:
        raise HTTPException(403)
    return seat.actor


def id_in_path(request: Request, name: str) -> int:
    """An id of the path; nothing is there under a larger one than a row can have."""
    return _existing(int(request.path_params[name]))


def id_typed(text: str) -> int:
    """An id of the question; nothing is there under any other word."""
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID):
        raise HTTPException(404)
    return _existing(int(text))


def _existing(row_id: int) -> int:
    if row_id > LARGEST_ID:
        raise HTTPException(404)
    return row_id


def _modules() -> list[ModuleType]:
    return [importlib.import_module(name) for name in MODULES]
