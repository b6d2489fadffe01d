"""The set-up form of a new office, reached through the link on the terminal."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from components.front_door import identity, pages
from db.rules.problems import NotThere, Problem, Problems
from db.services import accounts

FIELDS = ("office", "name", "username", "password", "repeated")


async def show(request: Request) -> Response:
    """The empty form, when the link is good."""
    token = request.query_params.get("token", "")
    if not await run_in_threadpool(accounts.set_up_ticket_is_good, token):
        return _link_is_over(request)
    return _form(request, token)


async def take(request: Request) -> Response:
    """Make the first administrator and sign them in."""
    form = await request.form()
    token = str(form.get("token", ""))
    typed = {field: str(form.get(field, "")) for field in FIELDS}
    try:
        session_token = await run_in_threadpool(
            accounts.set_up,
            token,
            **typed,
            language=pages.language_of(request),
            address=identity.address_of(request.scope),
            browser=request.headers.get("user-agent", ""),
        )
    except Problems as problems:
        return _form(request, token, typed, problems.problems)
    except NotThere:
        return _link_is_over(request)
    response = RedirectResponse("/", 303)
    identity.give_cookie(response, session_token)
    return response


def _form(
    request: Request, token: str, typed: dict[str, str] | None = None, problems: tuple[Problem, ...] = ()
) -> Response:
    return pages.draw(
        request,
        "set_up.html",
        status=422 if problems else 200,
        token=token,
        typed=typed or {},
        problems={field: [p for p in problems if p.field == field] for field in FIELDS},
    )


def _link_is_over(request: Request) -> Response:
    return pages.draw(request, "set_up_over.html", status=404)


ROUTES = [
    Route("/setup", show, methods=["GET"]),
    Route("/setup", take, methods=["POST"]),
]
