"""A meeting on the wall, page by page, and its minutes as Word."""

from collections.abc import Iterator
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from components.case_labels import label_in
from components.front_door.attached import attached
from components.front_door.pages import language_asked
from components.front_door.routes import id_in_path, signed_in
from db.documents import sheets, word
from db.engine import current
from db.languages import translate
from db.services.meetings import minutes_paper, paper_words, presenting
from db.services.meetings.paper_words import Section

# So many rows of a list are read from the back of a room; a note takes their place.
ROWS, ROWS_BESIDE_A_NOTE = 8, 5


def present(request: Request) -> Response:
    """One page for each topic, longer lists on several; nobody who brought a matter is named."""
    meeting_id, language = id_in_path(request, "meeting_id"), language_asked(request)
    seen = presenting.shown(signed_in(request), meeting_id=meeting_id)
    pages = list(_pages(seen.document, language))
    title = paper_words.title_of(seen.document, language)
    told: dict[str, Any] = {"title": title, "pages": pages, "frozen": bool(seen.edition), "meeting_id": meeting_id}
    return HTMLResponse(sheets.render("present", language, label=label_in, **told))


def send_minutes(request: Request) -> Response:
    """The minutes as Word: ?edition= one of them, ?lang= its language."""
    asked = request.query_params.get("edition", "")
    if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 5):
        raise HTTPException(404)
    made = minutes_paper.document(
        signed_in(request),
        meeting_id=id_in_path(request, "meeting_id"),
        edition=int(asked) if asked else None,
        language=language_asked(request),
    )
    return attached(made.name, made.content, word.MEDIA_TYPE)


def _pages(document: paper_words.Document, into: str) -> Iterator[dict[str, Any]]:
    """The cover, the topics, what was decided."""
    zone = current().settings.timezone
    facts = paper_words.facts(document, into, zone)
    facts += paper_words.came(document, into)
    title, office = paper_words.title_of(document, into), document["office"]
    yield {"cover": True, "title": title, "office": office, "facts": facts}
    for section in paper_words.topics(document, into):
        yield from _parts(section, into)
    decided = paper_words.decided(document, into)
    if decided.rows:
        yield from _parts(decided, into)


def _parts(section: Section, into: str) -> Iterator[dict[str, Any]]:
    """The pages of one topic; what was noted stands with its first rows."""
    first = ROWS_BESIDE_A_NOTE if section.note else ROWS
    begins = [0, *range(first, len(section.rows), ROWS)]
    parts = [section.rows[begin : begin + (ROWS if begin else first)] for begin in begins]
    wide = sum(section.widths)
    for place, rows in enumerate(parts):
        last = place == len(parts) - 1
        part = translate("{n} of {m}", into, n=place + 1, m=len(parts)) if len(parts) > 1 else ""
        yield {
            "cover": False,
            "title": section.title,
            "part": part,
            "figure": section.figure,
            "heads": section.heads,
            "widths": [round(100 * width / wide) for width in section.widths],
            "rows": rows,
            "more": section.more if last else "",
            "note": "" if place else section.note,
        }


ROUTES = [
    Route("/present/meeting/{meeting_id:int}", present, methods=["GET"]),
    Route("/minutes/{meeting_id:int}", send_minutes, methods=["GET"]),
]
