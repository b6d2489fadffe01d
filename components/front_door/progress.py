"""The page on which a resident looks a matter up with number and query code and rates it; no session needed."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from components.case_labels import label_in
from components.front_door import identity, pages
from db.languages import day_in, speaker
from db.rules.case_flow import State
from db.rules.problems import NotThere, Problems
from db.rules.progress import PUBLIC_WORDS
from db.rules.rates import TooMany
from db.services import accounts, intake


async def ask(request: Request) -> Response:
    """The empty form."""
    return await run_in_threadpool(_drawn, request)


async def tell(request: Request) -> Response:
    """Where the matter stands, or that number and code do not belong together; takes the resident's rating, too."""
    form = await request.form()
    number, code, rating = (str(form.get(name, "")) for name in ("number", "code", "rating"))
    pair = {"number": number, "code": code, "address": identity.address_of(request.scope)}
    try:
        if rating:
            found = await run_in_threadpool(intake.rate, satisfaction=rating, **pair)
        else:
            found = await run_in_threadpool(intake.progress, **pair)
    except (NotThere, Problems):
        return await run_in_threadpool(_drawn, request, number=number[:40], wrong=True, status=404)
    except TooMany:
        return await run_in_threadpool(_drawn, request, number=number[:40], too_many=True, status=429)
    return await run_in_threadpool(_drawn, request, found=found, number=number, code=code, thanks=bool(rating))


def _drawn(
    request: Request,
    *,
    number: str = "",
    code: str = "",
    thanks: bool = False,
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
            code=code,
            thanks=thanks,
            ratings={one: label_in("satisfaction", one, language) for one in intake.RATINGS},
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
