"""The page on which a resident looks up a matter with number and query code; no session, no personal data."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from components.case_labels import label_in
from components.front_door import identity, pages
from db.languages import day_in, speaker
from db.rules.case_flow import State
from db.rules.problems import NotThere
from db.rules.progress import PUBLIC_WORDS
from db.rules.rates import TooMany
from db.services import accounts, intake


async def ask(request: Request) -> Response:
    """The empty form."""
    return await run_in_threadpool(_drawn, request)


async def tell(request: Request) -> Response:
    """Where the matter stands, or that number and code do not belong together."""
    form = await request.form()
    number, code = str(form.get("number", "")), str(form.get("code", ""))
    address = identity.address_of(request.scope)
    try:
        found = await run_in_threadpool(intake.progress, number=number, code=code, address=address)
    except NotThere:
        return await run_in_threadpool(_drawn, request, number=number[:40], wrong=True, status=404)
    except TooMany:
        return await run_in_threadpool(_drawn, request, number=number[:40], too_many=True, status=429)
    return await run_in_threadpool(_drawn, request, found=found)


def _drawn(
    request: Request,
    *,
    number: str = "",
    wrong: bool = False,
    too_many: bool = False,
    found: intake.Progress | None = None,
    status: int = 200,
) -> HTMLResponse:
    language = pages.language_asked(request)
    html = (
        pages.environment()
        .get_template("query.html")
        .render(
            t=speaker(language),
            language=language,
            office=accounts.office_name(),
            number=number,
            wrong=wrong,
            too_many=too_many,
            found=found,
            stands=speaker(language)(PUBLIC_WORDS[State(found.state)]) if found else "",
            unit=(found.unit if language == "zh" else found.unit_en) if found else "",
            outcome=label_in("outcome", found.outcome, language) if found and found.outcome else "",
            day=lambda value: day_in(language, value),
        )
    )
    return HTMLResponse(html, status_code=status)


PUBLIC_PATHS = {"/query"}
ROUTES = [Route("/query", ask, methods=["GET"]), Route("/query", tell, methods=["POST"])]
