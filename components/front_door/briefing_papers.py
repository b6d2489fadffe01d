"""What leaves a briefing: Word, slides, and a page to print with its charts as drawings inside."""

import base64
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from components.case_labels import label_in
from components.front_door.attached import attached
from components.front_door.pages import language_asked
from components.front_door.routes import id_in_path, signed_in
from db import clock
from db.documents import chart_pictures, chart_words, slide_look, word
from db.documents import sheets as pages
from db.rules.briefings.chart import Drawn
from db.services.briefings import papers

# A picture as wide as the page has letters as large as its text.
WIDE, HIGH = 720, 400


def send(request: Request) -> Response:
    """A briefing as a file: ?as=docx or pptx, ?lang= its language."""
    actor, briefing_id, language = signed_in(request), id_in_path(request, "briefing_id"), language_asked(request)
    if request.query_params.get("as") == "pptx":
        made = papers.slides(actor, briefing_id=briefing_id, language=language)
        return attached(made.name, made.content, slide_look.MEDIA_TYPE)
    made = papers.word(actor, briefing_id=briefing_id, language=language)
    return attached(made.name, made.content, word.MEDIA_TYPE)


def page(request: Request) -> Response:
    """A briefing as a page to print."""
    actor, language = signed_in(request), language_asked(request)
    paper = papers.page(actor, briefing_id=id_in_path(request, "briefing_id"))
    html = pages.render(
        "briefing",
        language,
        label=label_in,
        identities=False,
        paper=paper,
        period=paper.period(language),
        edition=paper.edition(language),
        picture=_picture(language),
        spoken=lambda drawn: chart_words.spoken(drawn, language),
        by=actor.name,
        at=clock.now(),
    )
    return HTMLResponse(html)


def _picture(language: str) -> Callable[[Drawn], str]:
    """A chart as a data address: text that stays text, with the letters it needs inside."""

    def drawn_in(drawn: Drawn) -> str:
        content = chart_pictures.svg(drawn, language, width=WIDE, height=HIGH)
        return "data:image/svg+xml;base64," + base64.b64encode(content).decode()

    return drawn_in


ROUTES = [
    Route("/briefing-file/{briefing_id:int}", send, methods=["GET"]),
    Route("/print/briefing/{briefing_id:int}", page, methods=["GET"]),
]
