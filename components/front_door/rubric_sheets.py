"""A rubric as a page to print: what everybody is scored by, on paper."""

from itertools import groupby

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from components import rubric_told
from components.front_door.routes import signed_in
from components.rubric_labels import label_in
from db import clock
from db.documents import sheets as pages
from db.languages import LANGUAGES
from db.rules.scoring.drafting import lines_of
from db.services.scoring.rubrics import rubric_view


def send(request: Request) -> Response:
    """The items in use by section, the parts, grades and rewards of an edition."""
    actor, asked = signed_in(request), request.query_params.get("lang", "zh")
    into = asked if asked in LANGUAGES else "zh"
    seen = rubric_view(actor, rubric_id=request.path_params["rubric_id"])
    items = [one for one in rubric_told.items(seen, into) if one.active]
    html = pages.render(
        "rubric",
        into,
        label=label_in,
        title=rubric_told.title(seen, into),
        identities=False,
        facts=rubric_told.facts(seen, into)[1:],
        sections=[(name, list(rows)) for name, rows in groupby(items, key=lambda one: one.section)],
        rewards=lines_of(seen.document, "rewards"),
        by=actor.name,
        at=clock.now(),
    )
    return HTMLResponse(html)


ROUTES = [Route("/print/rubric/{rubric_id:int}", send, methods=["GET"])]
