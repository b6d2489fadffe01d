"""From a ticket to a cookie, by way of a code where there is a second factor, and out again; what a monitor reads."""

from sqlalchemy import text
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from components.front_door import addresses, identity, pages
from components.front_door.routes import seat_at
from db.engine import reading
from db.languages import speaker
from db.rules.problems import N_, Problems
from db.services import accounts
from db.services.accounts import Claim


async def claim(request: Request) -> Response:
    """Exchange a one-time ticket for a session; an older session of this browser ends."""
    form = await request.form()
    found = await run_in_threadpool(
        accounts.claim,
        str(form.get("ticket", "")),
        address=identity.address_of(request.scope),
        browser=request.headers.get("user-agent", ""),
        replaces=identity.token_in(request.scope),
    )
    if found is None or not found.asks_code:
        return _come_in(found)
    response = RedirectResponse(addresses.CODE, 303)
    identity.give_code_cookie(response, found.token)
    return response


async def ask_code(request: Request) -> Response:
    """The form for the code, for the browser that gave the password a moment ago."""
    waits = await run_in_threadpool(accounts.asks_code, request.cookies.get(identity.code_cookie_name(), ""))
    return pages.draw(request, "code.html", said="") if waits else RedirectResponse("/", 303)


async def take_code(request: Request) -> Response:
    """Exchange the browser's ticket and a code for a session; a wrong code is told and counted."""
    form = await request.form()
    t = speaker(pages.language_of(request))
    try:
        found = await run_in_threadpool(
            accounts.give_code,
            request.cookies.get(identity.code_cookie_name(), ""),
            code=str(form.get("code", "")),
            address=identity.address_of(request.scope),
            browser=request.headers.get("user-agent", ""),
            replaces=identity.token_in(request.scope),
        )
    except Problems as problems:
        return pages.draw(request, "code.html", status=422, said=t(problems.problems[0].message))
    except accounts.Waiting as waiting:
        said = t(N_("Too many tries. Please try again in {seconds} seconds."), seconds=waiting.seconds)
        return pages.draw(request, "code.html", status=429, said=said)
    response = _come_in(found)
    identity.take_code_cookie(response)
    return response


def _come_in(found: Claim | None) -> Response:
    """To the screen asked for with the session's cookie, or back to the form."""
    if found is None:
        return RedirectResponse("/", 303)
    response = RedirectResponse(addresses.safe_target(found.target), 303)
    identity.give_cookie(response, found.token)
    return response


async def end(request: Request) -> Response:
    """Sign out: the session is over everywhere, the browser forgets it."""
    seat = seat_at(request)
    if seat is None:
        raise HTTPException(401)
    form = await request.form()
    if not identity.is_form_token(seat.session_id, str(form.get("token", ""))):
        raise HTTPException(403)
    await run_in_threadpool(accounts.end, seat)
    response = RedirectResponse("/", 303)
    identity.take_cookie(response)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def alive(request: Request) -> Response:
    """Whether this browser's session is still good; asking does not keep it awake."""
    return JSONResponse({"alive": seat_at(request) is not None})


def healthz(_request: Request) -> Response:
    """Whether the server and its database answer."""
    with reading() as session:
        session.execute(text("SELECT 1"))
    return JSONResponse({"ok": True})


ROUTES = [
    Route("/session/claim", claim, methods=["POST"]),
    Route(addresses.CODE, ask_code, methods=["GET"]),
    Route(addresses.CODE, take_code, methods=["POST"]),
    Route("/session/end", end, methods=["POST"]),
    Route(addresses.ALIVE, alive, methods=["GET"]),
    Route("/healthz", healthz, methods=["GET"]),
]
