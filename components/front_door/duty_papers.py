"""What leaves a rota: its notice as Word or as a workbook, and one's own shifts as a calendar."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.asked import day_of, number_of
from components.front_door.attached import attached
from components.front_door.pages import language_asked
from components.front_door.routes import LARGEST_ID, signed_in
from db.documents import shifts_calendar, word, workbook
from db.services.duty import calendars, month_notices, notices


def send_notice(request: Request) -> Response:
    """The notice of a rota: ?as=docx or xlsx, ?from= its first day, ?layout=, ?numbers=1 with members' numbers."""
    actor, asked, rota_id = signed_in(request), request.query_params, request.path_params["rota_id"]
    from_on = day_of(asked.get("from"))
    if rota_id > LARGEST_ID or (asked.get("from") and from_on is None):
        raise HTTPException(404)
    which = {"rota_id": rota_id, "from_on": from_on, "layout": asked.get("layout", "")}
    numbers = asked.get("numbers") == "1"
    if asked.get("as") == "xlsx":
        made = notices.workbook(actor, **which, contacts=numbers, language=language_asked(request))
        return attached(made.name, made.content, workbook.MEDIA_TYPE)
    made = notices.document(actor, **which, contacts=numbers)
    return attached(made.name, made.content, word.MEDIA_TYPE)


def send_month(request: Request) -> Response:
    """What is published of several duties for one month: ?month=2026-12-01, ?duties=1,2, ?as=docx or xlsx."""
    actor, asked = signed_in(request), request.query_params
    month, duties = day_of(asked.get("month")), [number_of(one) for one in asked.get("duties", "").split(",")]
    found = {one for one in duties if one is not None and one <= LARGEST_ID}
    if month is None or len(found) != len(duties):
        raise HTTPException(404)
    if asked.get("as") == "xlsx":
        made = month_notices.workbook(actor, month=month, duty_ids=found, language=language_asked(request))
        return attached(made.name, made.content, workbook.MEDIA_TYPE)
    made = month_notices.document(actor, month=month, duty_ids=found)
    return attached(made.name, made.content, word.MEDIA_TYPE)


def send_calendar(request: Request) -> Response:
    """One's own published shifts, to be taken into a calendar."""
    made = calendars.my_calendar(signed_in(request), language=language_asked(request))
    return attached(made.name, made.content, shifts_calendar.MEDIA_TYPE)


ROUTES = [
    Route("/duty-notice/{rota_id:int}", send_notice, methods=["GET"]),
    Route("/duty-notice/month", send_month, methods=["GET"]),
    Route("/my-shifts.ics", send_calendar, methods=["GET"]),
]
