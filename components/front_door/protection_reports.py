"""A year's report on protecting personal data leaves the house as Word."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.front_door.attached import attached
from components.front_door.pages import language_asked
from components.front_door.routes import id_in_path, signed_in
from db.documents import word
from db.services import protection


def send_report(request: Request) -> Response:
    """The report of one year, to who keeps requests; journalled."""
    actor, year = signed_in(request), id_in_path(request, "year")
    made = protection.document(actor, year=year, language=language_asked(request))
    return attached(made.name, made.content, word.MEDIA_TYPE)


ROUTES = [Route("/protection-report/{year:int}", send_report, methods=["GET"])]
