"""From a ticket to a cookie, and out again; and the answer a monitor reads."""

from sqlalchemy import text
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from components.front_door import addresses, identity
from components.front_door.routes import seat_at
from db.engine import reading
from db.services import accounts


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
    if found is None:
        return RedirectResponse("/", 303)
    token, target = found
    response = RedirectResponse(addresses.safe_target(target), 303)
    identity.give_cookie(response, token)
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
    Route("/session/end", end, methods=["POST"]),
    Route(addresses.ALIVE, alive, methods=["GET"]),
    Route("/healthz", healthz, methods=["GET"]),
]
